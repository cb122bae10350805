"""What people click for each verb: the reason they give, and what the other person finds in his inbox."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.web.browser.axe import DESK, violations
from tests.web.browser.conftest import Live

pytestmark = pytest.mark.browser
SignIn = Callable[[str], None]


def begun(live: Live, title: str, by: str = "desk") -> str:
    """A case whose first task this person has; the task's id."""
    case = live.engine.start("review", {"标题": title}, by="desk")
    (task,) = live.engine.case(case.id, by="").open_tasks
    live.engine.claim(task.id, by=by)
    return task.id


def passed_on(live: Live, title: str) -> str:
    """A case whose second task the examiner has; the task's id."""
    first = begun(live, title)
    live.engine.complete(first, {}, by="desk")
    (task,) = (row.task for row in live.engine.inbox("exam", "claimable").items if row.title == title)
    live.engine.claim(task.id, by="exam")
    return task.id


def verb(page: Page, name: str) -> None:
    """Choose a verb of the task's menu."""
    page.locator(".verbs summary").click()
    page.locator(".verbs .menu__list").get_by_text(name).click()


def send(page: Page, text: str, button: str, *people: str) -> None:
    """Fill in the page of a verb and send it."""
    if people:
        page.get_by_label("人员").select_option(label=list(people))
    page.locator("#text").fill(text)
    with page.expect_navigation():
        page.get_by_role("button", name=button, exact=True).click()
    expect(page.locator(".note--ok")).to_be_visible()


def test_handing_on_and_asking(page: Page, live_server: Live, sign_in: SignIn) -> None:
    task = begun(live_server, "道路修缮")
    sign_in("desk")
    page.goto(f"/tasks/{task}")
    expect(page.locator("#next")).to_have_text("提交后送：审查岗 · 审查材料")
    verb(page, "加签…")
    send(page, "请看预算", "加签", "审查员（审查室）")
    verb(page, "传阅…")
    assert violations(page, DESK) == []
    send(page, "请阅", "传阅", "流程管理员（办公室）")
    verb(page, "委派…")
    send(page, "请代拟", "委派", "审查员（审查室）")
    page.goto(f"/tasks/{task}")
    verb(page, "催办…")
    send(page, "请抓紧", "催办")

    sign_in("exam")
    signed = page.get_by_role("row").filter(has_text="受理员请您签署")
    expect(signed).to_have_count(1)
    expect(page.get_by_role("row").filter(has_text="受理员委派")).to_have_count(1)
    signed.get_by_role("link").first.click()
    page.locator(".verbs").get_by_role("link", name="签署").click()
    page.get_by_label("结论").select_option("yes")
    send(page, "预算合理", "签署")
    page.goto(f"/tasks/{task}")
    page.locator(".verbs").get_by_role("link", name="答复交回").click()
    send(page, "已拟好", "交回委派")

    sign_in("admin")
    page.goto(f"/cases/{live_server.engine.task(task, by='desk').instance.id}")
    page.get_by_label("阅后意见").fill("无意见")
    with page.expect_navigation():
        page.get_by_role("button", name="已阅").click()
    expect(page.locator("#copies")).to_contain_text("已阅1人，共1人")
    sign_in("desk")
    page.goto("/notices")
    expect(page.locator("main")).to_contain_text("流程管理员已阅“道路修缮”：无意见")


def test_sent_back_on_the_diagram_by_keys_alone(page: Page, live_server: Live, sign_in: SignIn) -> None:
    task = passed_on(live_server, "路灯更换")
    sign_in("exam")
    page.goto(f"/tasks/{task}")
    page.locator(".verbs").get_by_role("link", name="退回…").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    step = page.get_by_role("button", name="登记", exact=True)
    step.focus()
    page.keyboard.press("Enter")
    expect(step).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("radio", name="登记")).to_be_checked()
    page.locator("#reason").focus()
    page.keyboard.type("缺附件，")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("常用语")
    page.get_by_role("button", name="退回", exact=True).focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    sign_in("desk")
    expect(page.get_by_role("row").filter(has_text="审查员退回")).to_have_count(1)
    page.keyboard.press("j")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.locator("#task-body")).to_contain_text("缺附件")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".note--flash")).to_contain_text("已提交")
    engine = live_server.engine
    found = (*engine.inbox("exam", "claimable").items, *engine.inbox("exam", "todo").items)
    assert [row.task.name for row in found] == ["审查材料"]


def test_steering_a_case(page: Page, live_server: Live, sign_in: SignIn) -> None:
    task = begun(live_server, "桥梁检测")
    case = live_server.engine.task(task, by="desk").instance.id
    live_server.engine.copy_to(case, ["admin"], by="desk")
    sign_in("admin")
    page.goto(f"/cases/{case}/jump")
    page.locator(".djs-shape.wz-pick[data-element-id=examine]").click()
    expect(page.get_by_label("转到")).to_have_value("examine")
    expect(page.locator("#plan")).to_contain_text("审查材料送：审查岗")
    assert violations(page, DESK) == []
    send(page, "登记已在别处办过", "跳转")
    sign_in("desk")
    page.goto(f"/cases/{case}")
    for name, button in (("挂起事项…", "挂起事项"), ("恢复事项…", "恢复事项"), ("撤回事项…", "撤回事项")):
        page.locator(".casehead summary").click()
        page.locator(".casehead .menu__list").get_by_text(name).click()
        send(page, "情况有变", button)
    sign_in("exam")
    page.goto("/inbox/claimable")
    expect(page.get_by_role("row").filter(has_text="桥梁检测")).to_have_count(0)


def test_a_common_opinion_with_one_click(page: Page, live_server: Live, sign_in: SignIn) -> None:
    live_server.engine.keep_common_opinions(["请按程序办理。", "情况属实。"], by="exam")
    task = passed_on(live_server, "绿化养护")
    sign_in("exam")
    page.goto(f"/tasks/{task}/send-back")
    page.locator("#reason").fill("材料不全。")
    page.get_by_role("button", name="请按程序办理。").first.click()
    expect(page.locator("#reason")).to_have_value("材料不全。请按程序办理。")
    expect(page.locator("#reason")).to_be_focused()
    page.locator(".phrasebar summary").first.press("Enter")
    page.locator(".phrasebar .menu__list button").nth(1).press("Enter")
    expect(page.locator("#reason")).to_have_value("材料不全。请按程序办理。情况属实。")
