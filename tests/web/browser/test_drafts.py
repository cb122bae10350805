"""The autosave and sending a form: whatever their order, nothing is refused and nothing is sent twice."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.web.browser.conftest import Live

pytestmark = pytest.mark.browser
SLOW_ANSWERS = """
  const real = window.fetch;
  window.fetch = async (...asked) => {
    const answer = await real(...asked);
    if (String(asked[0]).endsWith('/draft')) {
      const { dataset } = document.documentElement;
      dataset.drafted = Number(dataset.drafted ?? 0) + 1;
      await new Promise((done) => { setTimeout(done, 2500); });
    }
    return answer;
  };
"""


@pytest.fixture
def form(page: Page, live_server: Live, sign_in: Callable[[str], None]) -> Page:
    """A task's form, claimed, whose autosaves are answered late."""
    engine = live_server.engine
    engine.start("review", {"标题": "设施管理"}, by="desk")
    (offered,) = engine.inbox("desk", "claimable").items
    engine.claim(offered.task.id, by="desk")
    engine.complete(offered.task.id, {}, by="desk")
    page.add_init_script(SLOW_ANSWERS)
    sign_in("exam")
    page.goto("/inbox/claimable")
    page.get_by_role("button", name="认领").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("审查材料")
    page.get_by_label("不同意").check()
    return page


def drafted(page: Page, times: int) -> None:
    """Wait until the server has kept so many autosaves."""
    expect(page.locator("html")).to_have_attribute("data-drafted", str(times))


def test_a_form_is_sent_when_its_autosave_has_been_answered(form: Page, live_server: Live) -> None:
    form.get_by_label("理由").fill("材料不全")
    drafted(form, 1)  # kept by the server, but the page does not know yet
    form.get_by_role("button", name="提交").click()
    expect(form.locator(".note--flash, .errors").first).to_contain_text("已提交“审查材料”")
    (done,) = live_server.engine.inbox("exam", "done").items
    assert done.task.element_id == "examine"


def test_what_is_written_during_an_autosave_is_kept_after_it(form: Page, live_server: Live) -> None:
    form.get_by_label("理由").fill("材料不全")
    drafted(form, 1)
    form.get_by_label("理由").fill("材料不全，退回补正")
    drafted(form, 2)
    expect(form.locator("#saved")).to_contain_text("已自动暂存")
    (mine,) = live_server.engine.inbox("exam", "todo").items
    assert mine.task.draft == {"结论": "不同意", "理由": "材料不全，退回补正"}
