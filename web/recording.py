"""What requests leave in the record beside the verbs: from where they come, looks, refusals."""

from __future__ import annotations

from contextlib import ExitStack

from flask import Flask, g, request

from engine import EngineError, NotAllowed, NotFound, acting_from
from web.access import rule_for
from web.context import engine, person


def _arrive() -> None:
    """Let what this request asks for be done from its address."""
    g.arrived = ExitStack()
    g.arrived.enter_context(acting_from(request.remote_addr or ""))


def _leave(_error: BaseException | None) -> None:
    if "arrived" in g:
        g.pop("arrived").close()


def _note_look() -> None:
    """Record that somebody opens what belongs to a case; the table of access has let him see it."""
    rule = rule_for(request.endpoint or "", request.method, request.view_args or {})
    who = person()
    if request.method == "GET" and rule is not None and rule.about and who is not None:
        engine().note_look(rule.about, (request.view_args or {})[rule.argument], by=who.id)


def note_refusal(refusal: EngineError) -> None:
    """Record what the engine or the table of access refused a person, unless the record tells it already."""
    if not isinstance(refusal, NotAllowed | NotFound) or refusal.recorded:
        return
    if (who := person()) is not None:
        named = next(iter((request.view_args or {}).values()), "")
        verb = f"{request.method} {request.endpoint or request.path}"
        engine().note_refusal(verb, str(named), by=who.id, why=refusal.message)


def register_origin(app: Flask) -> None:
    """Give every request its origin; to be registered before all that records."""
    app.before_request(_arrive)
    app.teardown_request(_leave)


def register_looks(app: Flask) -> None:
    """Record looks; to be registered behind the table of access."""
    app.before_request(_note_look)
