"""By keys to the ledger of clocks, narrowed to what stands still, and on to the case's clocks."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.web.browser.conftest import Live

pytestmark = pytest.mark.browser


def test_the_ledger_leads_to_a_cases_clocks(
    page: Page, live_server: Live, sign_in: Callable[[str], None]
) -> None:
    engine = live_server.engine
    case = engine.start("review", {"标题": "一件新事"}, by="desk").id
    first = engine.case(case, by="").open_tasks[0]
    engine.claim(first.id, by="desk")
    engine.complete(first.id, {}, by="desk")
    sign_in("desk")
    page.keyboard.press("g")
    page.keyboard.press("l")
    expect(page.get_by_role("heading", name="时限台账")).to_be_visible()
    row = page.get_by_role("row").filter(has_text="审查材料")
    expect(row).to_contain_text("审查规程第三条")
    expect(row).to_contain_text("个工作日")
    engine.suspend(case, "等鉴定", by="desk")
    page.get_by_role("link", name=re.compile("^暂停中")).click()
    expect(row).to_contain_text("已挂起")
    with page.expect_download() as taken:
        page.get_by_role("link", name="导出XLSX").click()
    assert taken.value.suggested_filename == "时限台账.xlsx"
    engine.resume(case, "好", by="desk")
    row.get_by_role("link", name="一件新事").click()
    panel = page.get_by_role("region", name="时限")
    expect(panel).to_contain_text("在计1个")
    expect(panel).to_contain_text("案件挂起")
