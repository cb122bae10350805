"""The same over HTTP: the application called by WSGI in this process, and a server asked by a socket."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.cookiejar import CookieJar
from typing import Any, Protocol
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, Request, build_opener

from flask.testing import FlaskClient

from engine import Engine
from tests.bench.cases import DATA, open_tasks
from tests.bench.measure import Meter, Spent, median, meter_of, row, title
from web import create_app

COMPLETIONS = 30
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
_HIDDEN = {
    "csrf_token": _TOKEN,
    "revision": re.compile(r'name="revision" value="([^"]+)"'),
    "_once": re.compile(r'name="_once" value="([^"]+)"'),
}
_SERVE = "from web.cli import main; main()"
_PATIENCE = 60  #: seconds until the server must answer


class Browser(Protocol):
    """Asks for pages with a session."""

    def get(self, path: str) -> tuple[int, str]:
        """Status and text."""

    def post(self, path: str, fields: dict[str, str]) -> int:
        """Status, redirects not followed."""


class Inside:
    """Calls the application by WSGI."""

    def __init__(self, client: FlaskClient) -> None:
        self._client = client

    def get(self, path: str) -> tuple[int, str]:
        """Status and text."""
        answer = self._client.get(path)
        return answer.status_code, answer.get_data(as_text=True)

    def post(self, path: str, fields: dict[str, str]) -> int:
        """Status, redirects not followed."""
        return self._client.post(path, data=fields).status_code


class _Stay(HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        """Follow no redirect."""


class Socket:
    """Asks a server by HTTP/1.1, one connection for each request."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._opener = build_opener(HTTPCookieProcessor(CookieJar()), _Stay())

    def get(self, path: str) -> tuple[int, str]:
        """Status and text."""
        return self._ask(path, None)

    def post(self, path: str, fields: dict[str, str]) -> int:
        """Status, redirects not followed."""
        return self._ask(path, urlencode(fields).encode())[0]

    def _ask(self, path: str, body: bytes | None) -> tuple[int, str]:
        try:
            with self._opener.open(Request(self._address + path, body)) as answer:
                return answer.status, answer.read().decode()
        except HTTPError as other:
            return other.code, other.read().decode()


def requests(engine: Engine, url: str) -> None:
    """A task's page and its completion, asked for as a browser does; the claim aside."""
    title("Over HTTP: python, server, both; by the clock")
    client = create_app(engine, {"SECRET_KEY": "bench"}).test_client()
    _measure(engine, Inside(client), meter_of(engine), "by WSGI in this process")
    with served(url) as (address, process):
        meter = meter_of(engine)
        meter.web = process
        _measure(engine, Socket(address), meter, "by a socket, gunicorn")


def _measure(engine: Engine, browser: Browser, meter: Meter, how: str) -> None:
    _post(browser, "/sign-in", _page(browser, "/sign-in"), login="a1", password="correct-horse-1")
    engine.start("loop", {**DATA, "last": False}, by="a1")
    pages, posts = list[Spent](), list[Spent]()
    for _ in range(COMPLETIONS):
        task = open_tasks(engine)[0]
        engine.claim(task, by="a1")
        page = _page(browser, f"/tasks/{task}")
        pages.append(meter.time(partial(_page, browser, f"/tasks/{task}")))
        posts.append(meter.time(partial(_post, browser, f"/tasks/{task}", page)))
        if open_tasks(engine) == [task]:
            raise RuntimeError("the page did not complete the task")
    for what, spent in (("a task's page", pages), ("completion (POST)", posts)):
        found = median(spent)
        row(f"{what}, {how}", found.python, found.server, found.cpu, found.wall)
    engine.cancel(engine.cases("a1").items[0].instance.id, "量毕", by="a1")


def _page(browser: Browser, path: str) -> str:
    status, text = browser.get(path)
    if status != 200:
        raise RuntimeError(f"{path}: {status}")
    return text


def _post(browser: Browser, path: str, page: str, **fields: str) -> None:
    hidden = {name: match[1] for name, pattern in _HIDDEN.items() if (match := pattern.search(page))}
    status = browser.post(path, {**hidden, **fields})
    if status != 302:
        raise RuntimeError(f"{path}: {status}")


@contextmanager
def served(url: str) -> Iterator[tuple[str, int]]:
    """`wenze serve` on this database: its address, and its first process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as data:
        command = [sys.executable, "-c", _SERVE, "serve", "--no-jobs", "--port", str(port), "--data", data]
        env = {**os.environ, "WENZE_DATABASE_URL": url}
        running = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL)
        try:
            _wait_for(f"http://127.0.0.1:{port}")
            yield f"http://127.0.0.1:{port}", running.pid
        finally:
            running.send_signal(signal.SIGTERM)
            running.wait()


def _wait_for(address: str) -> None:
    end = time.monotonic() + _PATIENCE
    while True:
        try:
            if Socket(address).get("/health")[0] == 200:
                return
        except URLError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)
