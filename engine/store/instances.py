"""Process instances with their state, activities and flows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Insert, Row, bindparam, select

from engine.errors import LostRace
from engine.model.case_rules import Circle, Grade
from engine.model.chain import Head
from engine.model.execution import ActivityChange, DecisionMade, FlowTaken, JsonObject
from engine.model.records import ActivityInstance, DecisionRecord, ProcessInstance
from engine.store import evaluations, variables
from engine.store.database import Work
from engine.store.sql import columns, insert, insert_new, insert_of, new_id, run
from engine.store.tables import (
    activity_instance,
    decision_evaluation,
    flow_taken,
    instance_group,
    participant,
    process_instance,
    user_task,
)
from engine.store.variables import NOTHING, Kept

_CIRCLE_OF: Mapping[str, Circle] = {"part": "tasks", "copy": "copies"}
_MOST_CHANGES = 1_000_000  #: of one step; a step's changes are numbered behind those of the one before
SUMMARY = columns(process_instance, "state", "variables", "changed", "large", "bindings")


@dataclass(frozen=True, slots=True)
class Bindings:
    """The versions that an instance was bound to when it started."""

    processes: Mapping[str, str] = field(default_factory=dict)  #: process key -> definition id
    decisions: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Decision id -> (deployment id, resource name)."""

    def to_json(self) -> JsonObject:
        """As the instance keeps them."""
        decisions = {key: list(place) for key, place in self.decisions.items()}
        return {"processes": dict(self.processes), "decisions": decisions}


@dataclass(frozen=True, slots=True)
class Case:
    """An instance with all that a step needs."""

    instance: ProcessInstance
    state: JsonObject
    variables: JsonObject  #: top-level variables
    bindings: Bindings
    head: Head
    kept: Kept = NOTHING  #: the top-level variables as the store has them


def add(work: Work, case: Case, groups: Iterable[str]) -> None:
    """Keep a new instance; the members of `groups` see it."""
    instance = case.instance
    row = {
        "id": instance.id,
        "definition_id": instance.definition_id,
        "key": instance.key,
        "business_key": instance.business_key,
        "started_at": instance.started_at,
        "started_by": instance.started_by,
        "properties": dict(instance.properties or {}),
        "bindings": case.bindings.to_json(),
        "revision": instance.revision,
        "grade": instance.grade,
        "shown_to": _listed(instance.shown_to),
        "variables": {},
        "changed": {},
        "large": {},
        **_changing(work, case),
    }
    insert(work, process_instance, [row])
    shown = "supervisors" in instance.shown_to
    rows = [{"instance_id": instance.id, "group_name": one, "seen": shown} for one in sorted(set(groups))]
    insert(work, instance_group, rows)


_ONE = select(process_instance).where(process_instance.c.id == bindparam("id"))
_ONE_LOCKED = _ONE.with_for_update()


def load(work: Work, instance_id: str, *, lock: bool = False) -> Case | None:
    """An instance; `lock` keeps other writers out until the commit."""
    row = work.connection.execute(_ONE_LOCKED if lock else _ONE, {"id": instance_id}).first()
    return to_case(work, row) if row else None


_SAVE = process_instance.update().where(
    process_instance.c.id == bindparam("of"), process_instance.c.revision == bindparam("before")
)
_SAVE_HEAD = process_instance.update().where(process_instance.c.id == bindparam("of"))


def save(work: Work, case: Case) -> None:
    """Keep what a step changed, one revision up; LostRace when somebody else was faster."""
    revision = case.instance.revision
    values = {"of": case.instance.id, "before": revision, "revision": revision + 1, **_changing(work, case)}
    if work.connection.execute(_SAVE, values).rowcount != 1:
        raise LostRace


def save_head(work: Work, instance_id: str, head: Head) -> None:
    """Keep the end of the record."""
    values = {"of": instance_id, "history_seq": head.seq, "history_hash": head.hash}
    work.connection.execute(_SAVE_HEAD, values)


def with_business_key(work: Work, business_key: str) -> tuple[str, ...]:
    """Ids of the live instances with this case number."""
    rows = work.connection.execute(
        select(process_instance.c.id).where(
            process_instance.c.business_key == business_key, process_instance.c.ended_at.is_(None)
        )
    )
    return tuple(rows.scalars())


def add_participants(work: Work, instance_id: str, users: Iterable[str]) -> None:
    """From now on these users have had to do with the instance."""
    _take_part(work, instance_id, users, "part", "tasks")


def add_readers(work: Work, instance_id: str, users: Iterable[str]) -> None:
    """From now on these users see the instance, and no more than that."""
    _take_part(work, instance_id, users, "copy", "copies")


def _take_part(work: Work, instance_id: str, users: Iterable[str], role: str, circle: Circle) -> None:
    rows = [{"of": instance_id, "who": user} for user in sorted(set(users))]
    run(work, _taking_part(work.connection.dialect.name, role, circle), rows)


@cache
def _taking_part(dialect: str, role: str, circle: Circle) -> Insert:
    """Seen, if the case's grade shows it to this circle."""
    shown = select(_shows(circle)).where(process_instance.c.id == bindparam("of")).scalar_subquery()
    row: dict[str, Any] = {
        "instance_id": bindparam("of"),
        "user_id": bindparam("who"),
        "role": role,
        "seen": shown,
        "until": None,
    }
    return insert_of(participant, dialect).values(row).on_conflict_do_nothing()


def _shows(circle: Circle) -> ColumnElement[bool]:
    return process_instance.c.shown_to.contains(circle)


def regrade(work: Work, instance_id: str, grade: Grade) -> None:
    """Let a case be seen by whom its new grade shows it to, beside its team and who was given access."""
    case, part, group = process_instance, participant, instance_group
    new = {"grade": grade.name, "shown_to": _listed(grade.shown_to)}
    work.connection.execute(case.update().where(case.c.id == instance_id).values(new))
    for role, circle in _CIRCLE_OF.items():
        mine = (part.c.instance_id == instance_id, part.c.role == role)
        work.connection.execute(part.update().where(*mine).values(seen=circle in grade.shown_to))
    shown = "supervisors" in grade.shown_to
    work.connection.execute(group.update().where(group.c.instance_id == instance_id).values(seen=shown))


def _listed(circles: Iterable[Circle]) -> str:
    return ",".join(sorted(circles))


def visible_groups(work: Work, instance_id: str) -> frozenset[str]:
    """Groups whose members see the instance."""
    rows = work.connection.execute(
        select(instance_group.c.group_name).where(instance_group.c.instance_id == instance_id)
    )
    return frozenset(rows.scalars())


def record_changes(
    work: Work, case: Case, changes: Sequence[ActivityChange], now: datetime, actors: Mapping[str, str]
) -> None:
    """Keep entered and ended activities; `actors` is activity id -> user id of who completed it."""
    instance_id, before = case.instance.id, case.instance.revision * _MOST_CHANGES
    ends = {one.activity_id: one.change for one in changes if one.change != "entered"}
    first: dict[str, tuple[int, ActivityChange]] = {}
    for number, change in enumerate(changes, before):
        first.setdefault(change.activity_id, (number, change))
    rows = [
        {
            "instance_id": instance_id,
            "id": one.activity_id,
            "seq": seq,
            "definition_id": one.definition_id,
            "element_id": one.element_id,
            "kind": one.kind,
            "name": one.name,
            "parent_id": one.parent_id,
            "loop_index": one.loop_index,
            "status": ends.get(one.activity_id, "active"),
            "started_at": now,
            "ended_at": now if one.activity_id in ends else None,
            "actor": actors.get(one.activity_id),
        }
        for seq, one in first.values()
    ]
    run(work, _record_activity(work.connection.dialect.name), rows)


@cache
def _record_activity(dialect: str) -> Insert:
    """An activity that is there already only ends."""
    statement = insert_of(activity_instance, dialect)
    ending = {name: statement.excluded[name] for name in ("status", "ended_at", "actor")}
    return statement.on_conflict_do_update(index_elements=["id"], set_=ending)


def record_flows(work: Work, instance_id: str, flows: Iterable[FlowTaken]) -> None:
    """Keep which flows have been taken, in which scope."""
    keys = {(one.parent_id or "", one.definition_id, one.flow_id) for one in flows}
    rows = [
        {"instance_id": instance_id, "parent_id": parent, "definition_id": definition, "flow_id": flow}
        for parent, definition, flow in sorted(keys)
    ]
    insert_new(work, flow_taken, rows)


def record_decisions(
    work: Work,
    instance_id: str,
    made: Sequence[DecisionMade],
    elements: Mapping[str, str],
    now: datetime,
    seq: int,
) -> None:
    """Keep evaluations in their order behind `seq`; `elements` is activity id -> element id."""
    rows = [
        {
            "id": new_id(),
            "instance_id": instance_id,
            "activity_id": one.activity_id,
            "element_id": elements.get(one.activity_id, ""),
            "at": now,
            "seq": seq + n,
            "evaluation": evaluations.to_json(one.evaluation),
        }
        for n, one in enumerate(made)
    ]
    insert(work, decision_evaluation, rows)


def activities(work: Work, instance_id: str) -> tuple[ActivityInstance, ...]:
    """All activities in the order in which they were entered; user tasks with assignee and due date."""
    a, t = activity_instance.c, user_task.c
    rows = work.connection.execute(
        select(activity_instance, t.assignee, t.due_at)
        .select_from(activity_instance.outerjoin(user_task, t.id == a.id))
        .where(a.instance_id == instance_id)
        .order_by(a.seq)
    )
    return tuple(_activity(row) for row in rows)


def flows(work: Work, instance_id: str) -> tuple[FlowTaken, ...]:
    """All flows taken."""
    rows = work.connection.execute(select(flow_taken).where(flow_taken.c.instance_id == instance_id))
    return tuple(FlowTaken(row.flow_id, row.definition_id, row.parent_id or None) for row in rows)


def decisions(work: Work, instance_id: str) -> tuple[DecisionRecord, ...]:
    """All evaluations, oldest first."""
    rows = work.connection.execute(
        select(decision_evaluation)
        .where(decision_evaluation.c.instance_id == instance_id)
        .order_by(decision_evaluation.c.at, decision_evaluation.c.seq)
    )
    return tuple(
        DecisionRecord(row.activity_id, row.element_id, row.at, evaluations.from_json(row.evaluation))
        for row in rows
    )


def to_instance(row: Any) -> ProcessInstance:
    """A row of process_instance as a value."""
    return ProcessInstance(
        id=row.id,
        definition_id=row.definition_id,
        key=row.key,
        business_key=row.business_key,
        title=row.title,
        status=row.status,
        started_at=row.started_at,
        started_by=row.started_by,
        ended_at=row.ended_at,
        revision=row.revision,
        end_reason=row.end_reason,
        properties=row.properties,
        suspended_at=row.suspended_at,
        grade=row.grade,
        shown_to=frozenset(row.shown_to.split(",") if row.shown_to else ()),
    )


def _changing(work: Work, case: Case) -> dict[str, Any]:
    return {
        "title": case.instance.title,
        "status": case.instance.status,
        "ended_at": case.instance.ended_at,
        "suspended_at": case.instance.suspended_at,
        "end_reason": case.instance.end_reason,
        "properties": dict(case.instance.properties or {}),
        "history_seq": case.head.seq,
        "history_hash": case.head.hash,
        **variables.columns(work, case.state, case.variables, case.kept),
    }


def to_case(work: Work, row: Any) -> Case:
    """A row of process_instance as all that a step needs."""
    decisions = {key: (place[0], place[1]) for key, place in row.bindings["decisions"].items()}
    state, seen, kept = variables.load(work, row)
    return Case(
        instance=to_instance(row),
        state=state,
        variables=seen,
        bindings=Bindings(row.bindings["processes"], decisions),
        head=Head(row.history_seq, row.history_hash),
        kept=kept,
    )


def _activity(row: Row[Any]) -> ActivityInstance:
    return ActivityInstance(
        id=row.id,
        instance_id=row.instance_id,
        definition_id=row.definition_id,
        element_id=row.element_id,
        kind=row.kind,
        name=row.name,
        parent_id=row.parent_id,
        loop_index=row.loop_index,
        status=row.status,
        started_at=row.started_at,
        ended_at=row.ended_at,
        actor=row.actor,
        assignee=row.assignee,
        due_at=row.due_at,
    )
