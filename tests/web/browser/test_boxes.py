"""Sorting and choosing columns by hand; a verb for many rows of which one fails."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.web.browser.conftest import Live

pytestmark = pytest.mark.browser


@pytest.fixture
def box(page: Page, live_server: Live, sign_in: Callable[[str], None]) -> Page:
    """Three offered tasks."""
    for title in ("甲", "乙", "丙"):
        live_server.engine.start("review", {"标题": f"设施{title}"}, by="desk")
    sign_in("desk")
    page.goto("/inbox/claimable")
    return page


def test_heads_sort_and_columns_are_chosen(box: Page) -> None:
    box.get_by_role("columnheader", name="编号").get_by_role("link").click()
    expect(box.get_by_role("columnheader", name="编号")).to_have_attribute("aria-sort", "ascending")
    expect(box.locator(".item .c-case").first).to_contain_text("设施甲")
    box.get_by_role("columnheader", name="编号").get_by_role("link").click()
    expect(box.locator(".item .c-case").first).to_contain_text("设施丙")
    menu = box.locator(".columns")
    menu.locator("summary").click()
    menu.get_by_label("来自").uncheck()
    menu.get_by_label("缓急").check()
    menu.get_by_label("紧凑").check()
    menu.get_by_role("button", name="按此显示").click()
    expect(box.get_by_role("columnheader", name="缓急")).to_be_visible()
    expect(box.get_by_role("columnheader", name="来自")).to_have_count(0)
    expect(box.locator("html")).to_have_attribute("data-density", "compact")
    expect(box.get_by_role("columnheader", name="编号")).to_have_attribute("aria-sort", "descending")


def test_many_are_claimed_though_one_is_gone(box: Page, live_server: Live) -> None:
    engine = live_server.engine
    box.get_by_label("选择本页全部").check()
    expect(box.locator("#bulk")).to_contain_text("已选3件")
    gone = engine.inbox("desk", "claimable").items[0]
    engine.claim(gone.task.id, by="desk")
    box.locator("#bulk").get_by_role("button", name="认领").click()
    expect(box.locator(".note")).to_contain_text("2件已认领，1件没有办成")
    expect(box.locator(".outcome--refused")).to_contain_text("已在您的待办中")
    assert len(engine.inbox("desk", "todo").items) == 3
    box.goto("/inbox")
    box.locator(".pick").first.check()
    expect(box.get_by_role("button", name="批量办结")).to_be_disabled()
    expect(box.locator("#bulk-why")).to_contain_text("须逐件填写")
    box.get_by_role("button", name="取消选择").click()
    expect(box.locator("#bulk")).to_be_hidden()
