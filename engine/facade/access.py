"""Who belongs to a case, who is given access, and who must keep out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from engine.commands import membership, recusing
from engine.commands.once import again
from engine.facade.part import Part
from engine.model.access import Asked, CasePeople
from engine.queries import access


class Access(Part):
    """Team, access and recusal."""

    def case_people(self, instance_id: str, *, by: str) -> CasePeople:
        """Team, access and recusals of a case, and what this user may do about them."""
        return access.case_people(self._reader, instance_id, by=by)

    def add_to_team(self, instance_id: str, people: Sequence[str], reason: str, *, by: str) -> None:
        """Make people members of a case's team."""
        again(lambda: membership.add_to_team(self._context, instance_id, people, reason, by=by))

    def give_access(
        self, instance_id: str, to: str, reason: str, *, by: str, until: date | None = None
    ) -> None:
        """Let a person see a case, to the end of the day `until`, or until it is revoked."""
        again(lambda: membership.give_access(self._context, instance_id, to, reason, until, by=by))

    def end_membership(self, member_id: str, reason: str, *, by: str) -> None:
        """Take somebody out of the team, or revoke the access that he was given."""
        again(lambda: membership.end(self._context, member_id, reason, by=by))

    def enter_role(self, instance_id: str, user: str, role: str, reason: str, *, by: str) -> None:
        """Say that a person has a role in a case; what it excludes is in force at once."""
        again(lambda: recusing.enter_role(self._context, instance_id, user, role, reason, by=by))

    def ask_recusal(self, instance_id: str, user: str, reason: str, *, by: str) -> str:
        """Ask that a person, or oneself, keep out of a case; gives the id of what is to be decided."""
        return again(lambda: recusing.ask(self._context, instance_id, user, reason, by=by))

    def order_recusal(self, instance_id: str, user: str, reason: str, *, by: str) -> str:
        """Order a person to keep out of a case; in force at once."""
        return again(lambda: recusing.order(self._context, instance_id, user, reason, by=by))

    def decide_recusal(self, recusal_id: str, approve: bool, reason: str, *, by: str) -> None:
        """Approve or refuse a recusal that was asked for; who decides need not see the case."""
        again(lambda: recusing.decide(self._context, recusal_id, approve, reason, by=by))

    def lift_recusal(self, recusal_id: str, reason: str, *, by: str) -> None:
        """End a recusal, or what a role excludes, by a decision."""
        again(lambda: recusing.lift(self._context, recusal_id, reason, by=by))

    def recusals_to_decide(self, by: str) -> tuple[Asked, ...]:
        """Recusals that wait for this user's decision, oldest first, with the case numbers only."""
        return access.recusals(self._reader, by)

    def leads(self, by: str) -> bool:
        """Whether this user decides recusals of any process."""
        return access.leads(self._reader, by)
