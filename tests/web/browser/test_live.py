"""A task comes while somebody looks at the inbox: numbers, title and a hint say so without a reload."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.web.browser.conftest import Live

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("way", ["stream", "asking"])
def test_a_task_comes_while_the_inbox_is_open(
    page: Page, live_server: Live, sign_in: Callable[[str], None], way: str
) -> None:
    if way == "asking":  # as for whom the server has no place
        page.route(re.compile(r"/events\?"), lambda route: route.fulfill(status=204))
        page.add_init_script(
            "const real = setTimeout; window.setTimeout = (act, pause) => real(act, Math.min(pause, 200))"
        )
    sign_in("desk")
    tab = page.get_by_role("link", name=re.compile("^待认领"))
    expect(tab).to_have_text("待认领")
    page.evaluate("window.stays = true")
    live_server.engine.start("review", {"标题": "一件新事"}, by="desk")
    expect(tab).to_have_text("待认领1")
    hint = page.get_by_role("link", name="有1件新任务")
    expect(hint).to_be_visible()
    row = live_server.engine.inbox("desk", "claimable").items[0]
    live_server.engine.claim(row.task.id, by="desk")
    expect(page).to_have_title(re.compile(r"^\(1\) 待办"))
    expect(hint).to_have_attribute("href", "/inbox")
    assert page.evaluate("window.stays")
    hint.click()
    expect(page.get_by_role("row").filter(has_text=row.task.name)).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("件新任务"))).to_be_hidden()
