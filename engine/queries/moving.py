"""Where a task may be sent back to."""

from __future__ import annotations

from engine import execution
from engine.errors import NotFound
from engine.model.moving import Target, earlier
from engine.queries import cases
from engine.queries.reader import Reader, person
from engine.store import passages, tasks


def send_back_targets(reader: Reader, task_id: str, *, by: str) -> tuple[Target, ...]:
    """The steps to which an open task may be sent back, the latest first; none for a task that is over."""
    with reader.database.reading() as work:
        person(work, by)
        task = tasks.get(work, task_id)
        if task is None:
            raise NotFound
        case = cases.visible(work, task.instance_id, by)
        if task.status != "open" or task.part:
            return ()
        passed = passages.passages(work, task.instance_id)
        places = [(one.definition_id, one.element_id) for one in passed]
        program = reader.library.program(work, case.instance.definition_id, case.bindings)
        inner = task.id.removeprefix(f"{task.instance_id}-")
        aims = execution.aims(program, case.state, inner, places, reader.clock())
        return earlier(passed, aims, passages.last_move(work, task.instance_id))
