"""Random verbs upon random processes, by the engine: nothing is lost, doubled or orphaned, all ends well."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine import Engine, EngineError, Resource, UserTask
from engine.model.definition import Assignment, Node, ProcessModel, Scope, Text
from engine.store import people as accounts
from tests.builders import Builder
from tests.builders_xml import to_xml
from tests.conftest import Clock
from tests.constructs.random_processes import well_formed
from tests.integration.helpers import deploy
from tests.integration.soundness import sound

WHO = "a1"
checks = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
seldom = settings(max_examples=15, deadline=None, database=None, suppress_health_check=checks)


def office_like(scope: Scope) -> Scope:
    """The same nodes, each user task for a group, each service a number of a series."""
    return replace(scope, nodes={name: _staffed(node) for name, node in scope.nodes.items()})


def _staffed(node: Node) -> Node:
    if node.kind == "userTask":
        node = replace(node, assignment=Assignment(candidate_groups=Text("甲组")))
    if node.topic:
        node = replace(node, topic="number", properties={"series": "{n}", "resultVariable": "k"})
    return replace(node, scope=office_like(node.scope)) if node.scope else node


class Desk:
    """One person who does everything in one case."""

    def __init__(self, engine: Engine, clock: Clock, model: ProcessModel) -> None:
        self.engine, self.clock, self.model = engine, clock, model
        deploy(engine, Resource("t/p.bpmn", to_xml(model)))
        self.instance = engine.start("p", {"n": 0}, by=WHO)

    @property
    def active(self) -> bool:
        return self.engine.case(self.instance.id, by="").instance.status == "active"

    def act(self, verb: Callable[[int], None], choice: int) -> bool:
        """Do it unless it is refused; whether it was done."""
        try:
            verb(choice)
        except EngineError:
            return False
        finally:
            sound(self.engine, self.instance.id)
        return True

    def tasks(self) -> tuple[UserTask, ...]:
        return self.engine.case(self.instance.id, by="").open_tasks

    def taken(self, choice: int) -> UserTask:
        task = self.tasks()[choice % len(self.tasks())]
        if task.assignee is None:
            self.engine.claim(task.id, by=WHO)
        return task

    def complete(self, choice: int) -> None:
        self.engine.complete(self.taken(choice).id, {"n": choice % 4}, by=WHO)

    def send_back(self, choice: int) -> None:
        task = self.taken(choice)
        targets = self.engine.send_back_targets(task.id, by=WHO)
        to = targets[choice % len(targets)].element_id if targets else "previous"
        then = "return" if choice % 2 else "replay"
        self.engine.send_back(task.id, to, "重来", by=WHO, then=then)  # type: ignore[arg-type]

    def take_back(self, choice: int) -> None:
        done = self.engine.inbox(WHO, "done").items
        if done:
            self.engine.take_back(done[choice % len(done)].task.id, by=WHO)

    def jump(self, choice: int) -> None:
        nodes = [one for one in self.model.scope.walk() if one.kind != "intermediateCatchEvent"]
        to, tasks = nodes[choice % len(nodes)].id, self.tasks()
        source = tasks[choice % len(tasks)].id if tasks and choice % 5 else None
        self.engine.jump(self.instance.id, to, "补录", by=WHO, activity_id=source)

    def wait(self, choice: int) -> None:
        self.clock.advance(minutes=25 * (choice % 4))
        self.engine.run_due_jobs()

    def finish(self) -> None:
        """Go on without the verbs."""
        for choice in [1, 2] * 150:
            if not self.active:
                return
            if not (self.tasks() and self.act(self.complete, choice)):
                assert self.engine.next_due() is not None, "nothing is open, and nothing can move"
                self.clock.advance(hours=2)
                self.engine.run_due_jobs()


@seldom
@given(well_formed, st.lists(st.tuples(st.integers(0, 7), st.integers(0, 400)), min_size=8, max_size=16))
def test_whatever_is_done_the_case_ends(
    people: Engine, clock: Clock, drawn: Builder, deeds: list[tuple[int, int]]
) -> None:
    with people._context.database.unit_of_work() as work:
        accounts.put_setting(work, "process_admins", "甲组")
    model = drawn.build()
    desk = Desk(people, clock, replace(model, scope=office_like(model.scope), starter_groups=("甲组",)))
    moves = (desk.send_back, desk.take_back, desk.jump, desk.send_back)
    verbs = (desk.complete, *moves, desk.wait, desk.complete, desk.complete)
    for verb, choice in deeds:
        if desk.active and (desk.tasks() or verb in (3, 5)):
            desk.act(verbs[verb], choice)
    desk.finish()
    view = people.case(desk.instance.id, by="")
    assert view.instance.status == "completed" and people.verify(desk.instance.id) == ()
    assert people.incidents("") == () and view.open_tasks == ()
