"""Team, access and recusals of a case, as far as the asking person may know of them."""

from __future__ import annotations

from collections.abc import Collection

from engine import policy
from engine.model.access import Asked, CasePeople, Standing, Tie
from engine.model.case_rules import CaseRules
from engine.model.records import ProcessInstance, User
from engine.queries import cases
from engine.queries.reader import Reader, person
from engine.store import access, definitions
from engine.store.database import Work

NO_RULES = CaseRules("")
_EVERYTHING = frozenset({"team", "access", "role", "ask", "order"})


def case_people(reader: Reader, instance_id: str, *, by: str) -> CasePeople:
    """What the case page shows of them; NotFound for who may not see the case."""
    with reader.database.reading() as work:
        user = person(work, by)
        instance = cases.visible(work, instance_id, by).instance
        rules = _rules(reader, work, instance)
        standing = access.standing(work, instance, user, rules.leaders)
        ties = _known(rules, access.ties(work, instance_id), user)
        members = tuple(one for one in access.members(work, instance_id) if access.live(one, reader.clock()))
        leads = standing.leads or by == policy.SYSTEM
        return CasePeople(
            members=members,
            ties=ties,
            grade=rules.graded(instance.grade),
            roles=tuple(one for one in rules.roles if one.by_hand),
            titles={one.id: one.title for one in rules.roles},
            may=_EVERYTHING if by == policy.SYSTEM else _may(user, standing, rules),
            decidable=frozenset(one.id for one in ties if not policy.decide_recusal(user, leads, one)),
            liftable=frozenset(one.id for one in ties if not policy.lift_recusal(user, leads, one)),
        )


def _rules(reader: Reader, work: Work, instance: ProcessInstance) -> CaseRules:
    return reader.library.case_rules(work, instance.definition_id) or NO_RULES


def _known(rules: CaseRules, ties: Collection[Tie], user: User) -> tuple[Tie, ...]:
    """Who has a secret role is told to nobody but who entered it."""
    secret = {one.id for one in rules.roles if one.secret}
    return tuple(one for one in ties if one.role not in secret or (user.id and one.asked_by == user.id))


def _may(user: User, standing: Standing, rules: CaseRules) -> frozenset[str]:
    refused = {
        "team": policy.change_team(standing),
        "access": policy.give_access(standing),
        "role": policy.enter_role(standing) if any(one.by_hand for one in rules.roles) else "没有",
        "ask": "" if rules.leaders else "没有",
        "order": policy.order_recusal(user, standing, ""),
    }
    return frozenset(name for name, reason in refused.items() if not reason)


def recusals(reader: Reader, by: str) -> tuple[Asked, ...]:
    """What waits for this person's decision; he needn't see the cases, but must not be kept out of them."""
    with reader.database.reading() as work:
        user = person(work, by)
        led = _led(reader, work, user)
        found = access.asked(work, led) if led else ()
        return tuple(
            one
            for one in found
            if not policy.decide_recusal(user, True, one.tie)
            and user.id not in access.barred(work, one.tie.instance_id)
        )


def leads(reader: Reader, by: str) -> bool:
    """Whether this person decides recusals of any process."""
    with reader.database.reading() as work:
        user = person(work, by)
        return bool(user.groups) and bool(_led(reader, work, user))


def _led(reader: Reader, work: Work, user: User) -> set[str]:
    """Keys of the processes that a person leads."""
    return {
        one.key
        for one in definitions.latest_definitions(work)
        if user.groups.intersection((reader.library.case_rules(work, one.id) or NO_RULES).leaders)
    }
