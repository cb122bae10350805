"""Legal clocks in a step's transaction: those that begin, those that its approvals move, those that end."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from engine import calendars, feel
from engine.calendars import Days
from engine.commands import ticking
from engine.commands.context import ZONE, Context
from engine.errors import ExecutionError, FeelError
from engine.model.chain import Entry
from engine.model.clocks import MOVES, Approval, LegalClock, note
from engine.model.definition import Node, ProcessModel
from engine.model.execution import ActivityChange, JsonObject, Step
from engine.model.records import UserTask
from engine.store import calendar, clocks
from engine.store.database import Work
from engine.store.instances import Case

_BODY = "multiInstanceBody"  #: encloses the instances, each of which has a clock of its own


def follow(
    context: Context,
    work: Work,
    case: Case,
    step: Step,
    opened: Sequence[UserTask],
    verb: Sequence[Entry],
    now: datetime,
) -> list[Entry]:
    """Keep what a step means for the clocks of its case; gives what the record says of it.

    `verb` is what the record says of the verb that brought the step about.
    """
    found = _Following(context, work, case, step, now, _filled(verb))
    entries = found.move_and_end()
    new = [*found.of_stretches(), *map(found.of_task, (one for one in opened if one.clock))]
    clocks.add(work, new)
    return entries


def _filled(verb: Sequence[Entry]) -> Mapping[str, Entry]:
    return {one.activity_id: one for one in verb if one.activity_id and one.kind == "task.completed"}


def put_on_task(work: Work, clock: LegalClock) -> None:
    """Let the task of a clock say what it says; while it stands still the task isn't due."""
    if clock.is_task:
        still = clock.paused_at is not None
        due_at, warn_at = (None, None) if still else (clock.due_at, clock.warn_at)
        clocks.show_on_task(work, clock.id, due_at, warn_at, note(clock))


def declared(properties: JsonObject, process: JsonObject) -> JsonObject:
    """What the properties of an element, and of its process, say of a clock beside its length."""
    number = properties.get("clockExtensions", "").strip()
    pauses = properties.get("clockPausesMost", "").strip()
    limits: JsonObject = {"extensions": int(number) if number.isdecimal() else 0}
    if most := properties.get("clockExtensionMost", "").strip():
        limits["most"] = most
    if basis := properties.get("clockExtensionBasis", "").strip():
        limits["basis"] = basis
    if pauses.isdecimal():
        limits["pauses"] = int(pauses)
    told = properties.get("clockSupervisors") or process.get("clockSupervisors", "")
    return {
        "basis": properties.get("clockBasis", ""),
        "unverified": properties.get("clockUnverified", "") == "true",
        "warn": properties.get("clockWarn", "").strip(),
        "limits": limits,
        "until": listed(properties.get("clockUntil", "")),
        "supervisors": listed(told),
    }


def listed(text: str) -> tuple[str, ...]:
    """Names that commas part."""
    return tuple(part for each in text.replace("，", ",").split(",") if (part := each.strip()))


@dataclass(slots=True)
class _Following:
    context: Context
    work: Work
    case: Case
    step: Step
    now: datetime
    filled: Mapping[str, Entry]  #: activity -> how it was completed by a person
    _days: Days | None = None

    @property
    def days(self) -> Days:
        """The office's own days, read when they are needed."""
        if self._days is None:
            self._days = calendar.days(self.work)
        return self._days

    def _changes(self) -> Iterator[tuple[ActivityChange, ProcessModel, Node]]:
        for one in self.step.trace:
            if isinstance(one, ActivityChange) and one.kind != _BODY:
                process = self.context.library.process(self.work, one.definition_id)
                node = process.node(one.element_id)
                if node is not None:
                    yield one, process, node

    # -- moved and ended ------------------------------------------------------------------------------------

    def move_and_end(self) -> list[Entry]:
        """What the step's approvals do to clocks, and which clocks end with its activities."""
        over = [
            (change, node, process) for change, process, node in self._changes() if change.change != "entered"
        ]
        if (
            not any(self._concerns(node, process) for _, node, process in over)
            and self.step.status == "active"
        ):
            return []
        before = {one.id: one for one in clocks.live(self.work, self.case.instance.id)}
        after, entries = dict(before), list[Entry]()
        for change, node, _ in over:
            if change.change == "completed" and any(name in node.properties for name in MOVES):
                entries += self._approved(change, node, after)
        for change, _, _ in over:
            self._end(change, after)
        if self.step.status != "active":
            done = self.step.status == "completed"
            self._close([one for one in after.values() if one.ended_at is None], after, done=done)
        changed = [one for one in after.values() if one != before[one.id]]
        clocks.save(self.work, changed)
        for one in changed:
            put_on_task(self.work, one)
        return entries

    def _concerns(self, node: Node, process: ProcessModel) -> bool:
        if node.kind == "callActivity" or "clock" in node.properties:
            return True
        if any(name in node.properties for name in MOVES):
            return True
        return any(node.id in listed(one.properties.get("clockUntil", "")) for one in process.scope.walk())

    def _end(self, change: ActivityChange, after: dict[str, LegalClock]) -> None:
        done = change.change == "completed"
        mine = [
            one for one in after.values() if one.ended_at is None and one.activity_id == change.activity_id
        ]
        self._close(mine, after, done=done)
        named = [
            one
            for one in after.values()
            if one.ended_at is None
            and done
            and _process(one.definition_id) == _process(change.definition_id)
            and change.element_id in one.until
        ]
        if named:
            scopes = clocks.around(self.work, change.activity_id)
            self._close([one for one in named if one.scope_id in scopes], after, done=True)

    def _close(self, ending: Sequence[LegalClock], after: dict[str, LegalClock], *, done: bool) -> None:
        for one in ending:
            after[one.id] = ticking.ended(one, self.now, "done" if done else "cancelled", self.days)

    def _approved(self, change: ActivityChange, node: Node, after: dict[str, LegalClock]) -> Iterator[Entry]:
        verbs: dict[str, Callable[[LegalClock, Approval, Node, JsonObject], LegalClock | None]] = {
            "clockResumes": self._resumed,
            "clockPauses": self._paused,
            "clockExtends": self._extended,
        }
        given = self._given(change)
        basis = node.properties.get("clockPausesBasis", "")
        done = self.filled.get(change.activity_id)
        approval = Approval(done.actor if done else "", node.name or node.id, change.activity_id, basis)
        for name, move in verbs.items():
            if name not in node.properties or not self._holds(node.properties.get(f"{name}When", ""), given):
                continue
            for element in listed(node.properties[name]):
                meant = self._meant(element, change, after)
                for one in meant:
                    moved = move(one, approval, node, given)
                    if moved is not None:
                        after[one.id] = moved
                        yield self._entry(name, one, moved, approval)
                if not meant:
                    data = {"element": element, "step": approval.step, "verb": name}
                    yield Entry(self.now, approval.by, "clock.unmoved", data, change.activity_id)

    def _given(self, change: ActivityChange) -> JsonObject:
        """What a step's conditions see: the case's variables, and what was filled in."""
        done = self.filled.get(change.activity_id)
        return {**self.step.variables, **(done.data.get("values") or {} if done else {})}

    def _meant(self, element: str, change: ActivityChange, after: dict[str, LegalClock]) -> list[LegalClock]:
        """The live clocks of an element that are the nearest around the approving step."""
        mine = [one for one in after.values() if one.element_id == element and one.ended_at is None]
        if len(mine) < 2:
            return mine
        chain = clocks.around(self.work, change.activity_id)
        ranks = {one.id: min(_rank(chain, one.activity_id), _rank(chain, one.scope_id)) for one in mine}
        best = min(ranks.values())
        return [one for one in mine if ranks[one.id] == best and best < len(chain)]

    def _holds(self, condition: str, given: JsonObject) -> bool:
        condition = condition.strip().removeprefix("=")
        return not condition or self._value(condition, given) is True

    def _value(self, expression: str, given: JsonObject) -> object:
        try:
            return feel.evaluate(expression, given, now=self.now)
        except FeelError as error:
            raise ExecutionError(f"期限的条件“{expression}”算不出来：{error.message}") from error

    def _paused(self, one: LegalClock, by: Approval, node: Node, given: JsonObject) -> LegalClock | None:
        if one.paused_at is not None:
            return None
        why = node.properties.get("clockPausesFor", "").strip()
        if why.startswith("="):
            why = str(self._value(why[1:], given) or "")
        return ticking.paused(one, self.now, why or by.step, by)

    def _resumed(self, one: LegalClock, by: Approval, _node: Node, _given: JsonObject) -> LegalClock | None:
        return ticking.resumed(one, self.now, self.days, by) if one.paused_at is not None else None

    def _extended(self, one: LegalClock, by: Approval, node: Node, given: JsonObject) -> LegalClock | None:
        length = node.properties.get("clockExtendsBy", "").strip()
        try:
            calendars.parse(length)
        except ValueError:
            length = str(self._value(length.removeprefix("="), given) or "")
        return ticking.extended(one, length, self.now, self.days, by)

    def _entry(self, verb: str, before: LegalClock, after: LegalClock, by: Approval) -> Entry:
        data: JsonObject = {"clock": after.id, "name": after.name, "step": by.step, "basis": by.basis}
        if verb == "clockPauses":
            return self._told("clock.paused", {**data, "why": after.waits_for}, by)
        data |= {"from": before.due_at.isoformat(), "due": after.due_at.isoformat()}
        if verb == "clockResumes":
            return self._told("clock.resumed", {**data, "since": after.moves[-1]["from"]}, by)
        told = {"length": after.moves[-1]["length"], "basis": after.moves[-1]["basis"]}
        return self._told("clock.extended", {**data, **told}, by)

    def _told(self, kind: str, data: JsonObject, by: Approval) -> Entry:
        return Entry(self.now, by.by, kind, data, by.activity_id)

    # -- begun ----------------------------------------------------------------------------------------------

    def of_task(self, task: UserTask) -> LegalClock:
        """The clock of a task that has come."""
        process = self.context.library.process(self.work, task.definition_id)
        parents = {
            one.activity_id: one.parent_id for one in self.step.trace if isinstance(one, ActivityChange)
        }
        begun = LegalClock(
            id=task.id,
            instance_id=task.instance_id,
            definition_id=task.definition_id,
            element_id=task.element_id,
            activity_id=task.id,
            scope_id=parents.get(task.id) or "",
            name=task.name,
            length=task.clock,
            started_at=task.created_at,
            due_at=task.due_at or self.now,
            warn_at=task.warn_at or self.now,
            **declared(dict(task.properties), dict(process.properties)),
        )
        return ticking.begun(begun, self.now, self.days)

    def of_stretches(self) -> Iterator[LegalClock]:
        """The clocks of what is not a task: activities entered, events that came, processes begun."""
        called = {
            one.activity_id
            for one in self.step.trace
            if isinstance(one, ActivityChange) and one.change == "entered" and one.kind == "callActivity"
        }
        for change, process, node in self._changes():
            if (
                change.change == "entered"
                and node.id in process.scope.nodes
                and "clock" in process.properties
            ):
                parent = change.parent_id or ""
                if parent in called or (not parent and self.case.instance.started_at == self.now):
                    yield self._stretch(process, dict(process.properties), process.key, parent, change)
            begins = "completed" if node.kind.endswith("Event") else "entered"
            if change.change != begins or "clock" not in node.properties or node.assignment is not None:
                continue
            yield self._stretch(process, dict(node.properties), node.id, None, change, node)

    def _stretch(
        self,
        process: ProcessModel,
        properties: JsonObject,
        element: str,
        parent: str | None,
        change: ActivityChange,
        node: Node | None = None,
    ) -> LegalClock:
        around = change.parent_id or ""
        ends_with = around if node is None or node.kind.endswith("Event") else change.activity_id
        of_process = f"{parent or self.case.instance.id}/{process.key}"
        length = properties["clock"].strip()
        if length.startswith("="):
            length = str(self._value(length[1:], self.step.variables) or "")
        try:
            due_at = calendars.due(self.now, length, zone=ZONE, days=self.days)
        except ValueError as error:
            raise ExecutionError(f"“{element}”的期限“{length}”无法识别。") from error
        begun = LegalClock(
            id=of_process if node is None else change.activity_id,
            instance_id=self.case.instance.id,
            definition_id=change.definition_id,
            element_id=element,
            activity_id=ends_with,
            scope_id=around,
            name=(node.name if node else process.name) or element,
            length=length,
            started_at=self.now,
            due_at=due_at,
            warn_at=due_at,
            **declared(properties, dict(process.properties)),
        )
        return ticking.begun(begun, self.now, self.days)


def _process(definition_id: str) -> str:
    """The key of a version: a case may have been migrated since a clock began."""
    return definition_id.rpartition(":")[0]


def _rank(chain: tuple[str, ...], activity_id: str) -> int:
    return chain.index(activity_id) if activity_id in chain else len(chain)


def rest_over(work: Work, instance_id: str, since: datetime, now: datetime) -> None:
    """Let the clocks of a case that was suspended go on."""
    days = calendar.days(work)
    clocks.save(work, [ticking.rested(one, since, now, days) for one in clocks.live(work, instance_id)])
