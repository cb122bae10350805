"""A list is narrowed, kept as a filter for the group, and used by somebody else in it."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from engine import User
from tests.web.browser.conftest import Live
from tests.web.office import PASSWORD


def test_a_shared_filter_serves_another_person(
    page: Page, live_server: Live, sign_in: Callable[[str], None]
) -> None:
    engine = live_server.engine
    engine.add_user(User("desk2", "受理员二", "受理室", frozenset({"受理岗"})), PASSWORD)
    for title in ("围墙倒塌", "桥梁失修"):
        engine.start("review", {"标题": title}, by="desk")
    sign_in("desk")
    page.goto("/inbox/claimable")
    page.locator("#q").fill("围墙")
    page.get_by_text("条件", exact=True).click()
    page.locator("#priority").select_option(label="非急件")
    page.get_by_role("button", name="按这些条件筛选").click()
    expect(page.locator("tr.item")).to_have_count(1)
    expect(page.locator("mark.hit")).to_have_text("围墙")
    page.get_by_text("保存当前筛选").click()
    page.get_by_label("名称").fill("围墙的")
    page.get_by_label("红", exact=True).check()
    page.get_by_label("给谁用").select_option(label="与“受理岗”共用")
    page.get_by_role("button", name="保存筛选").click()
    expect(page.locator(".chip--red")).to_contain_text("围墙的")

    sign_in("desk2")
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/inbox/claimable")
    expect(page.locator("tr.item")).to_have_count(2)
    page.locator(".chip--red").click()
    expect(page.locator("tr.item")).to_have_count(1)
    page.get_by_role("link", name="查找 围墙").click()
    expect(page.locator("tr.item")).to_have_count(2)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
