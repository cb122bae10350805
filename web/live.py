"""What an open page is told at once: numbers of its person's boxes, as a stream of events or when it asks.

A stream holds one of the server's threads, so that there are few of them: one for a person, `STREAMS` in a
process. A page that gets none asks now and then, which costs no more than an answer without a body.
"""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime

from flask import Blueprint, Response, current_app, request
from flask.typing import ResponseReturnValue

from engine import Engine, Live
from web.context import engine, me
from web.entering import token

bp = Blueprint("live", __name__)

CLOSING = threading.Event()  #: set when this process is to end, so that no stream holds it up
PAUSE = 2.0  #: seconds between two looks of a stream
RETRY = 3_000  #: milliseconds after which a browser asks for another stream


class Places:
    """Who has a stream in this process; at most one each."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._lock = threading.Lock()

    def take(self, user: str, most: int) -> bool:
        """Whether the person gets a place."""
        with self._lock:
            if user in self._taken or len(self._taken) >= most:
                return False
            self._taken.add(user)
            return True

    def leave(self, user: str) -> None:
        """Give the place back."""
        with self._lock:
            self._taken.discard(user)


def _since() -> datetime:
    """Since when tasks are new to the page, as it says; now if it says nothing that makes sense."""
    with suppress(ValueError):
        found = datetime.fromisoformat(request.args.get("since", ""))
        if found.tzinfo:
            return found
    return engine().now()


def _text(found: Live) -> str:
    return json.dumps(found.to_json())


@bp.get("/events/now")
def now() -> ResponseReturnValue:
    """The numbers, or 304 when they are those that the page knows."""
    text = _text(engine().live(me().id, _since()))
    answer = Response(text, mimetype="application/json")
    answer.set_etag(hashlib.sha256(text.encode()).hexdigest()[:16])
    return answer.make_conditional(request)


@bp.get("/events")
def events() -> ResponseReturnValue:
    """A stream of the numbers, each time that they change; 204 when there is no place for another."""
    user, places = me().id, current_app.extensions.setdefault("wenze.places", Places())
    if CLOSING.is_set() or not places.take(user, current_app.config["STREAMS"]):
        return "", 204
    until = time.monotonic() + current_app.config["STREAM_SECONDS"]
    answer = Response(_stream(engine(), token(), user, _since(), until), mimetype="text/event-stream")
    answer.headers["X-Accel-Buffering"] = "no"
    answer.call_on_close(lambda: places.leave(user))
    return answer


def _stream(served: Engine, held: str, user: str, since: datetime, until: float) -> Iterator[str]:
    """Events until the time is over, the session ends or the browser goes, which a write finds out."""
    yield f"retry: {RETRY}\n\n"
    before = ""
    while True:
        found = served.session(held, quiet=True)
        if found is None or found.needs or found.user.id != user:
            yield "event: end\ndata: {}\n\n"
            return
        text = _text(served.live(user, since))
        yield f"event: live\ndata: {text}\n\n" if text != before else ":\n\n"
        before = text
        if time.monotonic() >= until or CLOSING.wait(PAUSE):
            return
