"""What makes the day easier: the keyboard alone, the table of keys, light pages."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.web.browser.axe import DESK, PHONE, violations
from tests.web.browser.conftest import Live
from tests.web.office import PASSWORD

pytestmark = pytest.mark.browser
SignIn = Callable[[str], None]
LIGHT = 100 * 1024  #: bytes that the scripts and styles of a page may weigh on their way, its diagram aside
WEIGHT = "performance.getEntriesByType('resource').reduce((sum, one) => sum + one.transferSize, 0)"


def keys(page: Page, *pressed: str) -> None:
    for key in pressed:
        page.keyboard.press(key)


def led(page: Page, *pressed: str) -> None:
    """Press the keys, the last of which leads to another page."""
    keys(page, *pressed[:-1])
    with page.expect_navigation():
        page.keyboard.press(pressed[-1])


def signed_in_by_keys(page: Page, login: str) -> None:
    page.goto("about:blank")  # which asks for nothing any more
    page.context.clear_cookies()
    page.goto("/sign-in")
    expect(page.get_by_label("账号")).to_be_focused()
    page.keyboard.type(login)
    keys(page, "Tab")
    page.keyboard.type(PASSWORD)
    led(page, "Enter")


def test_a_day_without_the_mouse(page: Page, live_server: Live) -> None:
    live_server.engine.start("review", {"标题": "道路修缮"}, by="desk")
    live_server.engine.start("review", {"标题": "路灯更换"}, by="desk")
    signed_in_by_keys(page, "desk")
    led(page, "g", "c")
    expect(page.locator("h1").first).to_be_visible()
    led(page, "g", "d")
    page.goto("/inbox/claimable")
    led(page, "j", "j", "k", "c")
    expect(page.locator("h1").first).to_have_text("登记")
    keys(page, "Control+Enter")
    expect(page.locator(".note--flash")).to_contain_text("已提交")

    signed_in_by_keys(page, "exam")
    page.goto("/inbox/claimable")
    led(page, "j", "c")
    expect(page.locator("h1").first).to_have_text("审查材料")
    led(page, "g", "d")
    led(page, "k", "Enter")
    expect(page.locator("h1").first).to_have_text("审查材料")
    page.get_by_label("不同意").focus()
    keys(page, "Space")
    page.get_by_label("理由").focus()
    page.keyboard.type("g d j k ?")  # letters are letters while somebody types
    led(page, "Control+s")
    expect(page.get_by_label("理由")).to_have_value("g d j k ?")
    keys(page, "Control+Enter")
    expect(page.locator(".note--flash")).to_contain_text("已提交")
    assert [one.task.element_id for one in live_server.engine.inbox("exam", "done").items] == ["examine"]


def test_the_table_of_keys(page: Page, sign_in: SignIn) -> None:
    sign_in("desk")
    table = page.get_by_role("dialog", name="键盘快捷键")
    expect(table).to_be_hidden()
    keys(page, "?")
    expect(table).to_be_visible()
    assert violations(page, PHONE, DESK) == []
    table.get_by_label("使用不带Ctrl的快捷键").uncheck()
    keys(page, "Escape", "g", "c", "?")
    expect(table).to_be_hidden()
    assert page.url.endswith("/inbox"), "switched off"
    page.locator("summary.tool").click()
    page.get_by_role("button", name="键盘快捷键").click()
    expect(table.get_by_label("使用不带Ctrl的快捷键")).not_to_be_checked()


def test_pages_are_light(page: Page, live_server: Live, sign_in: SignIn) -> None:
    sign_in("desk")
    for path in ("/inbox", "/cases", "/start/review"):
        fresh = page.context.browser.new_context(base_url=live_server.url)  # whose cache is empty
        fresh.add_cookies(page.context.cookies())
        opened = fresh.new_page()
        opened.goto(path, wait_until="networkidle")
        assert 0 < opened.evaluate(WEIGHT) < LIGHT, path
        fresh.close()
