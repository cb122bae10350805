"""Sessions, one's own password and second factor, and the office's rules for them."""

from __future__ import annotations

from engine.commands import accounts, office, passwords, second_factor, sessions
from engine.facade.part import Part
from engine.model.signing_in import Caller, Enrolment, Session, SignInRules


class SigningIn(Part):
    """Sessions, one's own password and second factor, and the office's rules for them."""

    def begin_session(self, user_id: str, caller: Caller, *, method: str = "password") -> str:
        """Begin a session of who has proved to be this user; gives its token, which is kept nowhere here."""
        return sessions.begin(self._context, user_id, caller, method)

    def session(self, token: str, *, quiet: bool = False) -> Session | None:
        """The session of this token, or None when it is over; it may lack something still: `needs`.

        `quiet`: what a page asks by itself doesn't keep the session from ending for want of use.
        """
        return sessions.current(self._context, token, quiet=quiet)

    def sign_out(self, token: str) -> None:
        """End the session of this token."""
        sessions.sign_out(self._context, token)

    def sessions(self, by: str) -> tuple[Session, ...]:
        """One's own sessions, the one used last first."""
        return sessions.of(self._context, by)

    def end_session(self, session_id: str, *, by: str) -> None:
        """End one of one's own sessions; Conflict when it is over, or another's."""
        sessions.end(self._context, session_id, by=by)

    def end_other_sessions(self, token: str) -> int:
        """End all of one's sessions but this one; gives how many."""
        return sessions.end_others(self._context, token)

    def change_password(self, token: str, old: str, new: str) -> str:
        """Replace one's own password; all one's sessions end, and a new one's token is given."""
        return passwords.change(self._context, token, old, new)

    def give_code(self, token: str, code: str) -> str:
        """Go on with a session that lacks the second factor's code; gives its new token, else NotAllowed."""
        return second_factor.give_code(self._context, token, code)

    def enrol(self, token: str) -> Enrolment:
        """Begin a second factor: the secret for one's app, which counts once it is confirmed."""
        return second_factor.enrol(self._context, token, office.get(self._context).product or "wenze")

    def confirm_factor(self, token: str, code: str) -> tuple[str, tuple[str, ...]]:
        """Let one's second factor count; gives the session's new token and the recovery codes, shown once."""
        return second_factor.confirm(self._context, token, code)

    def drop_factor(self, token: str, password: str) -> str:
        """Remove one's second factor, unless the office asks for one; gives the session's new token."""
        return second_factor.drop(self._context, token, password)

    def factor(self, by: str) -> tuple[bool, int]:
        """Whether one has a second factor, and how many recovery codes are left."""
        return second_factor.state(self._context, by)

    def sign_in_rules(self) -> SignInRules:
        """What the office asks of whoever signs in."""
        return accounts.rules(self._context)

    def set_sign_in_rules(self, rules: SignInRules, *, by: str) -> None:
        """Set it, for sessions that begin from now on; the security administrator's."""
        accounts.set_rules(self._context, rules, by=by)
