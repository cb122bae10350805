"""A published case through the pages: every step by its own person, from inbox to the decided measures."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from engine import Engine
from tests.acceptance.clerks import OFFICE, run, script
from tests.web.browser.conftest import Live, serving
from tests.web.browser.hands import Hands
from tests.web.office import PASSWORD
from web.server import BUNDLES

pytestmark = pytest.mark.browser
CASE = script("C07")
TITLE = CASE["start"]["variables"]["线索标题"]


@pytest.fixture
def office(sqlite_url: str) -> Iterator[Live]:
    """The demo office."""
    engine = Engine.open(sqlite_url, resources=BUNDLES)
    engine.load_office(OFFICE, password=PASSWORD)
    with serving(engine) as live:
        yield live
    engine.close()


@pytest.fixture
def hands(browser: Browser, office: Live) -> Iterator[Hands]:
    """Its people."""
    people = Hands(browser, office.url, PASSWORD, lambda: run(office.engine))
    yield people
    people.close()
    assert people.faults == []


def step_names() -> dict[str, str]:
    """What the diagrams call their steps, by element id."""
    found = {}
    for path in (BUNDLES / "accountability").glob("*.bpmn"):
        for element in ElementTree.parse(path).iter():
            if element.get("id") and element.get("name"):
                found[element.attrib["id"]] = element.attrib["name"]
    return found


def table(page: Page, title: str) -> Locator:
    return page.get_by_role("region", name=title, exact=True).get_by_role("row")


def test_a_published_case_goes_from_inbox_to_inbox_to_the_published_measures(hands: Hands) -> None:
    names = step_names()
    for step in CASE["steps"]:
        hands.do({**step, "name": names[step["do"]]}, TITLE)

    page = hands.page("ajgl")
    page.goto("/cases?status=")
    page.get_by_role("link", name=TITLE, exact=True).click()
    rows = [row.locator("th, td").all_inner_texts() for row in table(page, "处理决定").all()]
    measures = {row[0]: row[rows[0].index("措施")].split("、") for row in rows[1:]}
    published = {one["position"]: one["measures"] for one in CASE["published"]["persons"]}
    assert {name: measures[name] for name in published} == published
    expect(page.get_by_role("region", name="时间线")).to_contain_text(names[CASE["steps"][-1]["do"]])
