"""The same over HTTP: the whole application, called by WSGI in this process."""

from __future__ import annotations

import re
from functools import partial
from typing import Any

from flask.testing import FlaskClient

from engine import Engine
from tests.bench.cases import DATA, open_tasks
from tests.bench.measure import Spent, median, meter_of, row, title
from web import create_app

COMPLETIONS = 30
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
_REVISION = re.compile(r'name="revision" value="([^"]+)"')


def requests(engine: Engine) -> None:
    """A task's page and its completion, asked for as a browser does; the claim aside."""
    client = create_app(engine, {"SECRET_KEY": "bench"}).test_client()
    _post(client, "/sign-in", _page(client, "/sign-in"), login="a1", password="correct-horse-1")
    engine.start("loop", {**DATA, "last": False}, by="a1")
    meter, pages, posts = meter_of(engine), list[Spent](), list[Spent]()
    for _ in range(COMPLETIONS):
        task = open_tasks(engine)[0]
        engine.claim(task, by="a1")
        page = _page(client, f"/tasks/{task}")
        pages.append(meter.time(partial(_page, client, f"/tasks/{task}")))
        posts.append(meter.time(partial(_post, client, f"/tasks/{task}", page)))
        if open_tasks(engine) == [task]:
            raise RuntimeError("the page did not complete the task")
    title("Over HTTP: python, server, both; by the clock")
    for what, spent in (("a task's page", pages), ("completion (POST, answered by a redirect)", posts)):
        found = median(spent)
        row(what, found.python, found.server, found.cpu, found.wall)
    engine.cancel(engine.cases("a1").items[0].instance.id, "量毕", by="a1")


def _page(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    if answer.status_code != 200:
        raise RuntimeError(f"{path}: {answer.status_code}")
    return answer.get_data(as_text=True)


def _post(client: FlaskClient, path: str, page: str, **fields: Any) -> None:
    hidden = {"csrf_token": _TOKEN, "revision": _REVISION}
    found = {name: match[1] for name, pattern in hidden.items() if (match := pattern.search(page))}
    answer = client.post(path, data={**found, **fields})
    if answer.status_code != 302:
        raise RuntimeError(f"{path}: {answer.status_code}")
