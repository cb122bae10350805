"""A live server over a real engine with a small office, and Chromium to look at it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from werkzeug.serving import make_server

from engine import Engine
from tests.web.office import PASSWORD, open_office
from web import create_app

CHROMIUM = "/usr/bin/chromium"
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
DIST = Path(__file__).parents[3] / "web" / "static" / "dist"

expect.set_options(timeout=15_000)


@dataclass(frozen=True, slots=True)
class Live:
    """A running server and the engine behind it."""

    url: str
    engine: Engine


@contextmanager
def serving(engine: Engine) -> Iterator[Live]:
    """The app over this engine on a free port."""
    assert (DIST / "editor.js").is_file(), "web/static/dist is missing: pip install -e . builds it"
    app = create_app(engine, {"SECRET_KEY": "for tests only", "TESTING": True})
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield Live(f"http://127.0.0.1:{server.server_port}", engine)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def eventually(page: Page, condition: Callable[[], bool], seconds: float = 15) -> None:
    """Wait until this holds of what the page brings about behind it; AssertionError if it never does."""
    for _ in range(int(seconds * 20)):
        if condition():
            return
        page.wait_for_timeout(50)
    assert condition()


@pytest.fixture
def live_server(sqlite_url: str, tmp_path: Path) -> Iterator[Live]:
    """A small office with one deployed process that its people may work on."""
    engine = open_office(sqlite_url, tmp_path)
    with serving(engine) as live:
        yield live
    engine.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser, live_server: Live) -> Iterator[Page]:
    """A page of a fresh browser profile; scripts that fail or break the content policy fail the test."""
    context = browser.new_context(
        base_url=live_server.url, viewport={"width": 1440, "height": 900}, locale="zh-CN"
    )
    opened = context.new_page()
    faults: list[str] = []
    opened.on("pageerror", lambda error: faults.append(str(error)))
    opened.on(
        "console",
        lambda said: faults.append(said.text) if "Content Security Policy" in said.text else None,
    )
    yield opened
    context.close()
    assert faults == []


@pytest.fixture
def sign_in(page: Page) -> Callable[[str], None]:
    """Signs in as somebody else: `sign_in("admin")`."""

    def signed_in(login: str) -> None:
        page.goto("about:blank")  # an answer still on its way would bring the old session back
        page.context.clear_cookies()
        page.goto("/sign-in")
        page.get_by_label("账号").fill(login)
        page.get_by_label("密码").fill(PASSWORD)
        page.get_by_role("button", name="登录").click()
        page.wait_for_url("**/inbox*")

    return signed_in
