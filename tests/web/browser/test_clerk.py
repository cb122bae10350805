"""The demo office in a browser: a clerk takes a step of a published case, errs, mends it, sees it move."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from engine import Engine
from tests.acceptance.clerks import OFFICE, run
from tests.web.browser.conftest import Live, serving
from tests.web.office import PASSWORD
from web.server import BUNDLES

pytestmark = pytest.mark.browser
SignIn = Callable[[str], None]
CASE = "擅自对村镇银行储户赋红码"


@pytest.fixture
def live_server(sqlite_url: str) -> Iterator[Live]:
    """The demo office instead of the small one."""
    engine = Engine.open(sqlite_url, resources=BUNDLES)
    engine.load_office(OFFICE, password=PASSWORD)
    run(engine)
    with serving(engine) as live:
        yield live
    engine.close()


def row(page: Page) -> Locator:
    return page.get_by_role("row").filter(has_text=CASE)


def element(page: Page, element_id: str) -> Locator:
    return page.locator(f".bpmn .djs-element[data-element-id={element_id}]")


def open_case(page: Page) -> None:
    page.goto("/cases")
    page.get_by_role("link", name=CASE).click()
    page.get_by_role("link", name="启动", exact=True).click()


def test_a_step_is_claimed_filled_wrongly_then_rightly_and_the_diagram_moves(
    page: Page, live_server: Live, sign_in: SignIn
) -> None:
    sign_in("xsdj2")
    page.goto("/inbox/claimable")
    with page.expect_navigation():
        row(page).get_by_role("button", name="认领").click()
    page.goto("/inbox")
    row(page).get_by_role("link", name="查重与并案").click()

    page.get_by_role("button", name="提交查重结果").click()
    summary = page.locator(".errors")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("有1处要改")
    summary.get_by_role("link").click()
    expect(page.get_by_label("无重复")).to_be_focused()

    page.get_by_label("并案处理").check()
    expect(page.get_by_label("原案案号")).to_be_visible()
    page.get_by_label("无重复").check()
    expect(page.get_by_label("原案案号")).to_be_hidden()
    page.get_by_role("button", name="提交查重结果").click()
    page.wait_for_url("**/inbox*")
    run(live_server.engine)

    page.goto("/inbox/done")
    expect(row(page)).to_contain_text("查重与并案")
    sign_in("ajgl")
    open_case(page)
    expect(element(page, "check_duplicates")).to_have_class(re.compile(r"\bwz-done\b"))
    expect(element(page, "assign_clue")).to_have_class(re.compile(r"\bwz-active\b"))


def test_a_step_is_done_with_the_keyboard_alone(page: Page, live_server: Live) -> None:
    page.goto("/sign-in")
    reach(page, page.get_by_label("账号"))
    page.keyboard.type("xsdj2")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/inbox*")

    press(page, page.locator(".tabs").get_by_role("link", name="待认领"))
    press(page, row(page).get_by_role("button", name="认领"))
    if "/tasks/" not in page.url:
        press(page, page.locator(".tabs").get_by_role("link", name="待办"))
        press(page, row(page).get_by_role("link", name="查重与并案"))
    reach(page, page.get_by_label("无重复"))
    page.keyboard.press("Space")
    press(page, page.get_by_role("button", name="提交查重结果"))
    page.wait_for_url("**/inbox*")

    (done,) = live_server.engine.inbox("xsdj2", "done").items
    assert (done.task.element_id, done.title) == ("check_duplicates", CASE)


def reach(page: Page, target: Locator) -> None:
    """Press Tab until this has the focus."""
    expect(target).to_be_visible()
    for _ in range(150):
        if target.evaluate("(one) => one === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never reaches {target}")


def press(page: Page, target: Locator) -> None:
    """Go there by Tab and press Enter."""
    reach(page, target)
    with page.expect_navigation():
        page.keyboard.press("Enter")
