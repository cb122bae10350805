"""In Chromium: scripts in all texts open no dialog, and no page breaks the content policy."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from engine import Engine
from tests.web.attacks.conftest import CONFIG
from tests.web.attacks.marked import crawl, open_marked, used
from tests.web.attacks.world import PASSWORD, Caller
from tests.web.browser.conftest import Live, serving
from web import create_app

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
IDS = re.compile(r"[0-9a-f]{16}(-\d+)?(~\d+)?|=[^&]*")
WATCH = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) =>
  window.violations.push(`${event.violatedDirective} ${event.blockedURI}`));
"""


@pytest.fixture(scope="module")
def marked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    root = tmp_path_factory.mktemp("marked")
    engine: Engine = open_marked(f"sqlite:///{root}/wenze.db", root / "office")
    used(engine)
    with serving(engine) as live:
        yield live
    engine.close()


@pytest.fixture
def faults() -> list[str]:
    """What went wrong in the browser."""
    return []


@pytest.fixture
def context(browser: Browser, marked: Live, faults: list[str]) -> Iterator[BrowserContext]:
    opened = browser.new_context(base_url=marked.url, viewport={"width": 1440, "height": 900})
    opened.add_init_script(WATCH)
    opened.on("dialog", lambda dialog: (faults.append(f"dialog {dialog.message}"), dialog.dismiss()))
    opened.on(
        "console",
        lambda said: faults.append(said.text) if "Content Security Policy" in said.text else None,
    )
    opened.on("weberror", lambda error: faults.append(str(error.error)))
    yield opened
    opened.close()


def kinds_of_pages(engine: Engine, login: str) -> list[str]:
    """One path of each kind that this person's links lead to."""
    client = Caller(create_app(engine, CONFIG), login).client
    start = ("/inbox", "/inbox/claimable", "/inbox/done", "/cases?status=", "/notices", "/inbox/copies")
    found: dict[str, str] = {}
    for path, _text in crawl(client, *start, most=60):
        found.setdefault(IDS.sub("*", path), path)
    return [path for path in found.values() if not path.endswith((".json", "/download"))]


def sign_in(page: Page, login: str) -> None:
    page.goto("/sign-in")
    page.locator("[name=login]").fill(login)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main button, form button").last.click()
    page.wait_for_url("**/inbox*")


@pytest.mark.parametrize("login", ["supervisor", "assignee", "former", "editor"])
def test_no_page_runs_what_was_written(
    marked: Live, context: BrowserContext, faults: list[str], login: str, tmp_path: Path
) -> None:
    page = context.new_page()
    sign_in(page, login)
    pages = kinds_of_pages(marked.engine, login)
    assert len(pages) > 6
    for path in pages:
        page.goto(path)
        page.wait_for_load_state("networkidle")
        for opened in page.locator("details").all()[:12]:
            opened.evaluate("one => { one.open = true; }")
        assert page.evaluate("window.violations") == [], path
        assert page.evaluate("document.querySelectorAll('img[src=x], svg[onload]').length") == 0, path
        assert faults == [], path


def test_the_editor_shows_names_as_text(marked: Live, context: BrowserContext, faults: list[str]) -> None:
    page = context.new_page()
    sign_in(page, "editor")
    page.goto("/processes/review/edit")
    page.wait_for_selector(".djs-container .djs-element")
    for element in ("register", "examine", "agreed", "Lane_1", "f4"):
        page.locator(f"[data-element-id='{element}']").first.click(force=True)
        page.wait_for_timeout(200)
    assert page.evaluate("document.querySelectorAll('img[src=x], svg[onload]').length") == 0
    assert page.evaluate("window.violations") == []
    assert faults == []
