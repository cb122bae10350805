"""A meeting is written down in the browser: it counts along, takes back what doesn't apply, and decides."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.builders import Builder
from tests.integration.helpers import deploy, form
from tests.integration.test_collective import MEETING
from tests.web.browser.conftest import Live

pytestmark = pytest.mark.browser

LIMITS = {
    "collective": "会议",
    "collectiveQuorum": "2/3",
    "collectiveMembers": '=["desk", "exam", "admin"]',
}


def test_a_meeting_counts_along(page: Page, live_server: Live, sign_in: Callable[[str], None]) -> None:
    engine = live_server.engine
    made = Builder("m", "集体研究", starter_groups=("受理岗",)).start()
    deploy(engine, made.user("meet", groups="受理岗", form="m", properties=LIMITS).end(), form("m", MEETING))
    case = engine.start("m", {}, by="desk").id
    held = engine.case(case, by="").open_tasks[0].id
    engine.claim(held, by="desk")
    sign_in("desk")
    page.goto(f"{live_server.url}/tasks/{held}")
    tally = page.locator(".tally")
    expect(tally).to_be_hidden()

    def there(name: str, presence: str, vote: str = "", opinion: str = "") -> None:
        row = page.get_by_role("group", name=name, exact=True)
        row.get_by_role("radio", name=presence, exact=True).check()
        if vote:
            row.get_by_label("表决").select_option(vote)
        if opinion:
            row.get_by_label("意见").fill(opinion)

    there("受理员", "出席", "赞成")
    expect(tally).to_contain_text("还有2人没有填出席情况")
    there("审查员", "出席", "反对")
    there("流程管理员", "出席", "赞成")
    expect(tally).to_contain_text("提交后按“通过”办理")
    there("流程管理员", "缺席")
    expect(page.get_by_role("group", name="流程管理员", exact=True).get_by_label("表决")).to_be_hidden()
    expect(tally).to_contain_text("应到3人，到会2人；赞成1人，反对1人，弃权0人。")
    expect(tally).to_contain_text("提交后按“未通过”办理")
    page.get_by_label("议题").fill("是否修缮")
    page.get_by_label("时间").fill("2026-03-02T09:00")
    page.get_by_label("地点").fill("一号会议室")
    page.get_by_label("主持").select_option("受理员")
    page.get_by_label("记录").fill("书记员")
    submit = page.locator('[name=_action][value=submit]:visible, button:visible:has-text("提交")').first
    submit.click()
    expect(page.get_by_text("审查员反对，请记录他的不同意见。").first).to_be_visible()
    there("审查员", "出席", "反对", "图纸不全")
    submit.click()
    page.wait_for_url("**/inbox**")
    found = engine.case(case, by="").variables["collective"]
    assert (found["outcome"], found["dissent"]) == (
        "rejected",
        [{"name": "审查员", "vote": "反对", "opinion": "图纸不全"}],
    )
