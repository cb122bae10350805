"""What pickers of a form ask while somebody types: persons, positions and units; and what day a date is."""

from __future__ import annotations

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from engine import FormDefinition, NotAllowed, NotFound
from web.context import engine, me
from web.days import day as read_day
from web.days import echo, written

bp = Blueprint("picking", __name__)

LONGEST = 200  #: characters of a field's path


@bp.get("/tasks/<task_id>/pick")
def for_task(task_id: str) -> ResponseReturnValue:
    """Whom a field of the task's form may name."""
    found = engine().task_form(task_id, by=me().id)
    if found.task.assignee != me().id:
        raise NotAllowed
    return _answer(found.form)


@bp.get("/start/<key>/pick")
def for_start(key: str) -> ResponseReturnValue:
    """Whom a field of the form that begins a case may name."""
    return _answer(engine().start_form(key, by=me().id))


def _answer(form: FormDefinition | None) -> ResponseReturnValue:
    path, query = request.args.get("field", "")[:LONGEST], request.args.get("q", "").strip()
    found = engine().pick(form, path, query, by=me().id)
    return {"choices": [{"name": one.name, "note": one.note, "facts": dict(one.facts)} for one in found]}


@bp.get("/days/<text>")
def day(text: str) -> ResponseReturnValue:
    """What day it is that somebody has written."""
    found = read_day(text)
    if found is None:
        raise NotFound
    own = {one.day: one.working for one in engine().calendar()}
    return {"day": found.isoformat(), "written": written(found), "echo": echo(found, own)}
