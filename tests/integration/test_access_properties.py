"""After any sequence of verbs and recusals, who must keep out finds nothing of the case by any query."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import copy
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine import Box, Conflict, Engine, InvalidInput, NotAllowed, NotFound, ProcessInstance, User
from engine.commands import identity
from engine.store import people as accounts
from tests.conftest import MEMBERS, PASSWORD, Clock
from tests.integration.access import RULES, case, staff, traces
from tests.integration.helpers import process

PEOPLE = ("a1", "a2", "ab", "b1", "boss", "lead1", "lead2")
Verb = Callable[[Engine, ProcessInstance, str, str, str], object]


def _task(engine: Engine, one: ProcessInstance, person: str) -> str:
    boxes: tuple[Box, ...] = ("todo", "claimable", "done")
    for box in boxes:
        for row in engine.inbox(person, box).items:
            if row.task.instance_id == one.id:
                return row.task.id
    raise NotFound


def _tie(engine: Engine, one: ProcessInstance, status: str) -> str:
    return next((each.id for each in engine.case_people(one.id, by="").ties if each.status == status), "none")


VERBS: dict[str, Verb] = {
    "claim": lambda e, c, who, to, t: e.claim(t, by=who),
    "release": lambda e, c, who, to, t: e.release(t, by=who),
    "complete": lambda e, c, who, to, t: e.complete(t, {}, by=who),
    "names subject": lambda e, c, who, to, t: e.complete(t, {"对象": [to]}, by=who),
    "closes": lambda e, c, who, to, t: e.complete(t, {"密级": "限知"}, by=who),
    "transfer": lambda e, c, who, to, t: e.transfer(t, to, "请办", by=who),
    "delegate": lambda e, c, who, to, t: e.delegate(t, to, "请办", by=who),
    "resolve": lambda e, c, who, to, t: e.resolve(t, "办好", by=who),
    "sign before": lambda e, c, who, to, t: e.add_signers(t, [to], "before", "请签", by=who),
    "sign after": lambda e, c, who, to, t: e.add_signers(t, [to], "after", "请签", by=who),
    "sign": lambda e, c, who, to, t: e.sign(t, True, by=who),
    "copy": lambda e, c, who, to, t: e.copy_to(c.id, [to], by=who),
    "urge": lambda e, c, who, to, t: e.urge(t, by=who),
    "send back": lambda e, c, who, to, t: e.send_back(t, "previous", "补", by=who),
    "take back": lambda e, c, who, to, t: e.take_back(t, "补", by=who),
    "team": lambda e, c, who, to, t: e.add_to_team(c.id, [to], "办案", by=who),
    "access": lambda e, c, who, to, t: e.give_access(c.id, to, "阅", by=who),
    "attach": lambda e, c, who, to, t: e.attach("a.txt", b"x", "text/plain", by=who, instance_id=c.id),
    "witness": lambda e, c, who, to, t: e.enter_role(c.id, to, "witness", "笔录", by=who),
    "ask": lambda e, c, who, to, t: e.ask_recusal(c.id, to, "亲属", by=who),
    "order": lambda e, c, who, to, t: e.order_recusal(c.id, to, "亲属", by=who),
    "approve": lambda e, c, who, to, t: e.decide_recusal(_tie(e, c, "asked"), True, "属实", by=who),
    "lift": lambda e, c, who, to, t: e.lift_recusal(_tie(e, c, "active"), "查清", by=who),
}
STEPS = st.lists(
    st.tuples(st.sampled_from(sorted(VERBS)), st.sampled_from(PEOPLE), st.sampled_from(PEOPLE)),
    min_size=3,
    max_size=14,
)


@contextmanager
def office(template: Path) -> Iterator[Engine]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "wenze.db"
        copy(template, path)
        engine = Engine.open(f"sqlite:///{path}", clock=Clock())
        hashed = identity.hasher.hash(PASSWORD)
        with engine._context.database.unit_of_work() as work:
            accounts.add_groups(work, ("甲组", "乙组", "主管", "流程管理员"))
            for login, groups in MEMBERS.items():
                accounts.add(work, User(login, f"{login}的岗位", "某单位", groups), hashed)
        try:
            yield staff(engine)
        finally:
            engine.close()


def _kept_out(engine: Engine, one: ProcessInstance) -> set[str]:
    ties = engine.case_people(one.id, by="").ties
    return {each.user for each in ties if each.status == "active" and each.bars == "all"}


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=STEPS)
def test_who_must_keep_out_finds_nothing(sqlite_template: Path, steps: list[tuple[str, str, str]]) -> None:
    with office(sqlite_template) as engine:
        diagram = process().user("one", groups="甲组").user("two", groups="甲组,乙组")
        diagram = diagram.user("three", groups="乙组", properties={"sameAs": "one"}).end()
        one = case(engine, diagram)
        for verb, who, to in steps:
            _try(engine, one, verb, who, to)
            for person in sorted(_kept_out(engine, one)):
                found = {name for name, there in traces(engine, one, person).items() if there}
                assert not found, (person, found)
                held = engine.case(one.id, by="").open_tasks
                assert person not in {each.assignee for each in held} | {each.owner for each in held}
        assert engine.verify(one.id) == ()


def _try(engine: Engine, one: ProcessInstance, verb: str, who: str, to: str) -> Any:
    try:
        return VERBS[verb](engine, one, who, to, _task(engine, one, who))
    except (Conflict, InvalidInput, NotAllowed, NotFound):
        return None


def test_the_rules_of_the_test_exclude() -> None:
    assert {one["id"] for one in RULES["roles"] if one.get("excludes") == ["see", "tasks"]} >= {"witness"}
