"""axe-core on every page that the app has: forms of the real office are looked at in `test_whole_case.py`."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.web.attacks.conftest import CONFIG, Site
from tests.web.attacks.test_access import may
from tests.web.attacks.world import NOBODY, PASSWORD, PEOPLE, Caller, Route, build, routes
from tests.web.browser.axe import DESK, PHONE, violations
from tests.web.browser.conftest import Live, serving
from web import create_app

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Live, Site]]:
    """The office of the attacks, which has one of everything that an address may name."""
    root = tmp_path_factory.mktemp("accessible")
    world = build(f"sqlite:///{root}/wenze.db", root / "office")
    with serving(world.engine) as live:
        yield live, Site(world, create_app(world.engine, CONFIG))
    world.engine.close()


def pages(site: Site) -> dict[str, list[Route]]:
    """For each person the pages that are looked at as him: each route once, by the first who may."""
    found: dict[str, list[Route]] = {}
    callers: dict[str, Caller] = {}
    for route in routes(site.app, site.world):
        if route.method != "GET" or route.endpoint in ("static", "provider.begin", "provider.back"):
            continue
        may_look = [one for one in (NOBODY, *PEOPLE) if one != "leaver" and may(site, route, one)]
        if not may_look:  # an address of something else, for nobody in this scene
            continue
        person = may_look[0]
        if person not in callers:
            callers[person] = site.caller(person)
        answer = callers[person].send("GET", route.path)
        if answer.status_code == 200 and answer.mimetype == "text/html":
            found.setdefault(person, []).append(route)
    return found


def sign_in(page: Page, login: str) -> None:
    page.goto("/sign-in")
    page.locator("#login").fill(login)
    page.locator("#password").fill(PASSWORD)
    page.locator("#password").press("Enter")
    page.wait_for_url(lambda url: "/sign-in" not in url)


def test_every_page_is_accessible(browser: Browser, office: tuple[Live, Site]) -> None:
    live, site = office
    faults: list[str] = []
    for person, looked_at in pages(site).items():
        context = browser.new_context(base_url=live.url, viewport=DESK, locale="zh-CN")
        page = context.new_page()
        if person != NOBODY:
            sign_in(page, person)
        for route in looked_at:
            page.goto(route.path)
            faults += violations(page, DESK, PHONE)
        context.close()
    assert not faults, "\n".join(faults)
