"""What an open page is told: by a stream, or by asking; as long as the session lasts and no longer."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import quote

from flask import Flask

from tests.web.conftest import Person
from tests.web.fakes import FakeEngine
from tests.web.samples import task
from web import live


def test_asking_again_costs_no_body_until_something_changes(cb1: Person, fake: FakeEngine) -> None:
    since = quote((fake.now() - timedelta(hours=1)).isoformat())
    first = cb1.get(f"/events/now?since={since}")
    numbers = {name: count for name, count in first.json.items() if count}
    assert numbers == {"todo": 1}
    assert first.headers["Cache-Control"] == "no-store"
    again = cb1.get("/events/now", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    fake.offered["task-2"] = task()
    third = cb1.get("/events/now?since=nonsense", headers={"If-None-Match": first.headers["ETag"]})
    assert third.json["claimable"] == 1


def test_a_stream_tells_changes_and_ends_with_the_session(
    app: Flask, cb1: Person, fake: FakeEngine, monkeypatch
) -> None:
    monkeypatch.setattr(live, "PAUSE", 0)
    with app.app_context():
        events = live._stream(fake, "token of cb1", "cb1", fake.now(), float("inf"))
        assert next(events).startswith("retry:")
        assert '"todo": 1' in next(events)
        assert next(events) == ":\n\n"  # nothing new, but a browser that went is noticed
        fake.offered["task-2"] = task()
        assert '"claimable": 1' in next(events)
        fake.sign_out("token of cb1")
        assert next(events).startswith("event: end")
        assert next(events, None) is None


def test_streams_have_few_places(app: Flask, cb1: Person, sl1: Person) -> None:
    app.config.update(STREAMS=1, STREAM_SECONDS=0)
    held = cb1.client.get("/events")
    assert held.mimetype == "text/event-stream"
    assert sl1.get("/events").status_code == 204
    held.close()
    assert b"event: live" in sl1.get("/events").data
    assert app.test_client().get("/events").status_code == 302


def test_asking_by_itself_keeps_no_session(cb1: Person, fake: FakeEngine, monkeypatch) -> None:
    seen = []
    look = fake.session
    monkeypatch.setattr(fake, "session", lambda token, quiet=False: seen.append(quiet) or look(token))
    cb1.get("/events/now")
    cb1.get("/inbox")
    assert seen == [True, False]
