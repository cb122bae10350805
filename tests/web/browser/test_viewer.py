"""Diagrams of cases, and the live checks of forms, in a browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.web.browser.conftest import Live, eventually

pytestmark = pytest.mark.browser
SignIn = Callable[[str], None]

IN_SIGHT = """(element) => {
  const inner = element.getBoundingClientRect();
  const outer = element.closest('.wz-scroll').getBoundingClientRect();
  return inner.left >= outer.left && inner.right <= outer.right;
}"""


def examined_case(live: Live) -> tuple[str, str]:
    """A case whose second step is with the examiner: case id and task id."""
    engine = live.engine
    case = engine.start("review", {"标题": "一件事项"}, by="desk")
    (first,) = engine.inbox("desk", "claimable").items
    engine.claim(first.task.id, by="desk")
    engine.complete(first.task.id, {}, by="desk")
    (second,) = engine.inbox("exam", "claimable").items
    engine.claim(second.task.id, by="exam")
    return case.id, second.task.id


def drawn(page: Page, element_id: str) -> Locator:
    return page.locator(f".djs-element[data-element-id={element_id}]").first


def test_the_diagram_shows_what_is_done_where_it_stands_and_for_how_long(
    page: Page, sign_in: SignIn, live_server: Live
) -> None:
    case, _task = examined_case(live_server)
    sign_in("exam")
    page.goto(f"/cases/{case}")
    for done in ("start", "register"):
        expect(page.locator(f".wz-done[data-element-id={done}]")).to_be_visible()
    expect(page.locator(".wz-active[data-element-id=examine]")).to_be_visible()
    expect(page.locator(".wz-taken[data-element-id=f2]")).to_have_count(1)
    expect(page.locator(".wz-taken[data-element-id=f3]")).to_have_count(0)
    expect(page.locator(".wz-badge")).to_contain_text("审查员")
    expect(page.locator(".wz-badge")).to_contain_text("个工作日")
    expect(page.locator(".bjs-powered-by")).to_be_visible()
    expect(page.get_by_role("region", name="审查流程图，可左右滚动")).to_be_visible()


REMINDER = (
    (
        "</bpmn:process>",
        '<bpmn:boundaryEvent id="late" name="晚了" attachedToRef="examine" cancelActivity="false">'
        "<bpmn:timerEventDefinition><bpmn:timeDuration>P9D</bpmn:timeDuration></bpmn:timerEventDefinition>"
        '</bpmn:boundaryEvent><bpmn:endEvent id="told" name="已提醒" />'
        '<bpmn:sequenceFlow id="late-told" sourceRef="late" targetRef="told" /></bpmn:process>',
    ),
    (
        "</bpmndi:BPMNPlane>",
        '<bpmndi:BPMNShape id="late_di" bpmnElement="late">'
        '<dc:Bounds x="490" y="362" width="36" height="36" />'
        '</bpmndi:BPMNShape><bpmndi:BPMNShape id="told_di" bpmnElement="told">'
        '<dc:Bounds x="860" y="395" width="36" height="36" /></bpmndi:BPMNShape>'
        '<bpmndi:BPMNEdge id="late-told_di" bpmnElement="late-told"><di:waypoint x="508" y="398" />'
        '<di:waypoint x="508" y="413" /><di:waypoint x="860" y="413" /></bpmndi:BPMNEdge></bpmndi:BPMNPlane>',
    ),
)


def test_a_badge_leaves_a_reminder_on_the_border_in_sight(
    page: Page, sign_in: SignIn, live_server: Live
) -> None:
    engine = live_server.engine
    text = engine.definition_xml("review:1").decode()
    for old, new in REMINDER:
        text = text.replace(old, new)
    engine.save_diagram_draft("review", text.encode(), by="admin", revision=0)
    engine.put_into_force("review", by="admin")
    case, _task = examined_case(live_server)
    sign_in("exam")
    page.goto(f"/cases/{case}")
    expect(drawn(page, "late")).to_be_visible()
    badge = page.locator(".wz-badge").bounding_box()
    timer = page.locator("[data-element-id=late] > .djs-visual").first.bounding_box()
    assert badge and timer
    beside = badge["x"] + badge["width"] <= timer["x"] or timer["x"] + timer["width"] <= badge["x"]
    apart = badge["y"] + badge["height"] <= timer["y"] or timer["y"] + timer["height"] <= badge["y"]
    assert beside or apart


def test_zooming_and_seeing_all_of_it(page: Page, sign_in: SignIn, live_server: Live) -> None:
    case, _task = examined_case(live_server)
    sign_in("exam")
    page.goto(f"/cases/{case}")
    expect(drawn(page, "examine")).to_be_visible()

    def width() -> float:
        return page.locator(".wz-paper").evaluate("(paper) => paper.getBoundingClientRect().width")

    at_first = width()
    page.get_by_role("button", name="放大").click()
    assert width() > at_first * 1.1
    page.get_by_role("button", name="看全图").click()
    assert width() <= page.locator(".wz-scroll").evaluate("(area) => area.clientWidth")


def test_on_a_phone_the_current_step_is_in_sight(page: Page, sign_in: SignIn, live_server: Live) -> None:
    case, _task = examined_case(live_server)
    sign_in("exam")
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"/cases/{case}")
    expect(drawn(page, "examine")).to_be_visible()
    eventually(page, lambda: drawn(page, "examine").evaluate(IN_SIGHT))
    assert not drawn(page, "start").evaluate(IN_SIGHT)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_the_task_page_cuts_out_the_step(page: Page, sign_in: SignIn, live_server: Live) -> None:
    _case, task = examined_case(live_server)
    sign_in("exam")
    page.goto(f"/tasks/{task}")
    expect(page.locator("[data-diagram-mini] .wz-active[data-element-id=examine]")).to_be_visible()
    eventually(page, lambda: drawn(page, "examine").evaluate(IN_SIGHT))
    expect(page.locator("[data-diagram-mini] .zoom")).to_have_count(0)


def test_a_field_appears_when_its_condition_holds_and_is_sent_only_then(
    page: Page, sign_in: SignIn, live_server: Live
) -> None:
    case, task = examined_case(live_server)
    sign_in("exam")
    page.goto(f"/tasks/{task}")
    reason = page.locator("[data-field='理由']")
    expect(reason).to_be_hidden()
    page.get_by_label("不同意").check()
    expect(reason).to_be_visible()
    page.get_by_label("理由").fill("材料不齐")
    page.get_by_label("同意", exact=True).check()
    expect(reason).to_be_hidden()
    expect(page.locator("#saved")).to_contain_text("已自动暂存")
    engine = live_server.engine
    eventually(page, lambda: engine.task(task, by="exam").row.task.draft == {"结论": "同意"})
    page.get_by_role("button", name="提交", exact=True).click()
    page.wait_for_url("**/inbox*")
    assert engine.case(case, by="exam").instance.status == "completed"


def test_slash_goes_to_the_search_field(page: Page, sign_in: SignIn) -> None:
    sign_in("exam")
    page.locator("h1").click()
    page.keyboard.press("/")
    expect(page.locator("#find")).to_be_focused()
    page.keyboard.type("/")
    expect(page.locator("#find")).to_have_value("/")
