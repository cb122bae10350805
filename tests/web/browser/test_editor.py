"""The process editor in a browser: change a diagram, put it into force, start a case on it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from engine.parsing import parse_bpmn
from tests.constructs.test_builders import differences
from tests.web.browser.conftest import Live, eventually
from tests.web.office import PASSWORD

pytestmark = pytest.mark.browser
SignIn = Callable[[str], None]


#: what the sample diagram gets at these places: nothing that is drawn
UNSEEN = {
    '  <bpmn:process id="review"': """<bpmn:escalation id="E" escalationCode="E1"/>
<bpmn:escalationEventDefinition id="esc" escalationRef="E"/>
<bpmn:globalScriptTask id="gs" scriptLanguage="feel" camunda:resultVariable="x"><bpmn:script>1</bpmn:script>
</bpmn:globalScriptTask><bpmn:globalUserTask id="gu" name="核对" camunda:candidateGroups="审查岗"/>AT""",
    '    <bpmn:startEvent id="start"': """<bpmn:dataObject id="O"/>
<bpmn:dataObjectReference id="R" name="报告" dataObjectRef="O"/>AT""",
    "      <bpmn:outgoing>f2</bpmn:outgoing>": """AT<bpmn:ioSpecification id="io">
<bpmn:dataInput id="DI" name="材料"/><bpmn:inputSet id="is"/><bpmn:outputSet id="os"/></bpmn:ioSpecification>
<bpmn:dataInputAssociation id="dia"><bpmn:sourceRef>R</bpmn:sourceRef><bpmn:targetRef>DI</bpmn:targetRef>
<bpmn:assignment id="as"><bpmn:from>报告 + 1</bpmn:from><bpmn:to>材料</bpmn:to></bpmn:assignment>
</bpmn:dataInputAssociation><bpmn:multiInstanceLoopCharacteristics behavior="Complex">
<bpmn:loopCardinality>2</bpmn:loopCardinality><bpmn:complexBehaviorDefinition id="cb">
<bpmn:condition>loopCounter = 1</bpmn:condition><bpmn:event id="im">
<bpmn:eventDefinitionRef>esc</bpmn:eventDefinitionRef>
</bpmn:event></bpmn:complexBehaviorDefinition></bpmn:multiInstanceLoopCharacteristics>""",
}


def open_editor(page: Page) -> None:
    page.goto("/processes/review/edit")
    page.wait_for_selector("[data-ready]")


def element(page: Page, element_id: str):
    return page.locator(f"[data-part=canvas] .djs-element[data-element-id={element_id}]")


def status(page: Page):
    return page.locator("[data-part=status]")


def rename(page: Page, element_id: str, name: str) -> None:
    element(page, element_id).click()
    field = page.locator("[data-part=props]").get_by_label("名称", exact=True)
    field.fill(name)
    field.press("Tab")


def click_at(page: Page, x: float, y: float) -> None:
    """Click a point of the diagram, given in the diagram's own units."""
    left, top = point(page, x, y)
    page.mouse.move(left - 6, top - 6)
    page.mouse.move(left, top, steps=3)
    page.mouse.click(left, top)


def point(page: Page, x: float, y: float) -> tuple[float, float]:
    left, top = page.evaluate(
        """([x, y]) => {
          const canvas = window.wenzeEditor.modeler.get('canvas');
          const box = canvas.getContainer().getBoundingClientRect();
          const view = canvas.viewbox();
          return [box.left + (x - view.x) * view.scale, box.top + (y - view.y) * view.scale];
        }""",
        [x, y],
    )
    return left, top


def drafted(live_server: Live) -> str:
    """The diagram as it is kept, not yet in force."""
    kept = live_server.engine.diagram_draft("review")
    return "" if kept is None else kept.content.decode()


def work_off(engine, who: str, values: dict) -> str:
    """Claim and complete the one task that is offered to somebody; gives its name."""
    (row,) = engine.inbox(who, "claimable").items
    engine.claim(row.task.id, by=who)
    engine.complete(row.task.id, values, by=who)
    return row.task.name


def test_a_renamed_and_an_added_step_are_in_force_for_the_next_case(
    page: Page, sign_in: SignIn, live_server: Live
) -> None:
    before = live_server.engine.start("review", {"标题": "旧版的事项"}, by="desk")
    sign_in("admin")
    page.goto("/processes")
    page.get_by_role("link", name="审查", exact=True).click()
    page.get_by_role("link", name="编辑", exact=True).click()
    page.wait_for_selector("[data-ready]")
    expect(page.locator("[data-part=force]")).to_be_disabled()

    rename(page, "register", "登记并编号")
    page.get_by_role("button", name="任务", exact=True).click()
    click_at(page, 442, 160)  # on the flow to the next step: the new one goes in between
    page.keyboard.type("核对身份")
    page.keyboard.press("Enter")

    expect(status(page)).to_contain_text("已保存")
    expect(page.locator("[data-part=force]")).to_be_enabled()
    page.locator("[data-part=force]").click()
    expect(page.get_by_text("已发起的仍按原来的版本办到底")).to_be_visible()
    page.get_by_role("button", name="施行第2版").click()
    expect(page.get_by_text("第2版已施行")).to_be_visible()
    made = live_server.engine.versions("review")
    assert [(one.version, one.deployed_by) for one in made] == [(2, "admin"), (1, "")]

    sign_in("desk")
    page.goto("/start/review")
    page.get_by_label("标题").fill("新版的事项")
    with page.expect_navigation():
        page.get_by_role("button", name="受理", exact=True).click()
    case = live_server.engine.cases("desk", search="新版的事项").items[0].instance
    page.goto(f"/cases/{case.id}")
    expect(page.locator(".djs-element.wz-active[data-element-id=register]")).to_be_visible()
    expect(page.locator(".djs-element[data-element-id=register] text")).to_have_text("登记并编号")
    live_server.engine.cancel(before.id, "只看新版", by="desk")
    assert work_off(live_server.engine, "desk", {}) == "登记并编号"
    assert work_off(live_server.engine, "desk", {}) == "核对身份"
    assert work_off(live_server.engine, "exam", {"结论": "同意"}) == "审查材料"
    assert live_server.engine.case(case.id, by="desk").instance.status == "completed"


def test_a_case_that_runs_stays_on_its_version(page: Page, sign_in: SignIn, live_server: Live) -> None:
    engine = live_server.engine
    case = engine.start("review", {"标题": "旧版的事项"}, by="desk")
    changed = engine.definition_xml("review:1").replace('name="登记"'.encode(), 'name="改名"'.encode())
    engine.save_diagram_draft("review", changed, by="admin", revision=0)
    engine.put_into_force("review", by="admin")
    sign_in("desk")
    page.goto(f"/cases/{case.id}")
    expect(page.locator(".djs-element[data-element-id=register] text")).to_have_text("登记")


def test_a_wrong_condition_is_told_while_it_is_typed_and_keeps_the_diagram_out_of_force(
    page: Page, sign_in: SignIn, live_server: Live
) -> None:
    sign_in("admin")
    open_editor(page)
    click_at(page, 715, 340)
    condition = page.get_by_label("满足什么条件走这里")
    expect(condition).to_have_value('结论 = "同意"')
    condition.fill("结论 = ")
    expect(page.get_by_text("表达式没有写完")).to_be_visible()
    condition.press("Tab")
    expect(page.locator("[data-part=problems] .sev--e")).to_be_visible()
    expect(page.locator("[data-part=force]")).to_be_disabled()
    expect(page.get_by_text("有错误时不能施行")).to_be_visible()
    page.goto("/processes/review/force")
    expect(page.get_by_text("不能施行：有1处错误")).to_be_visible()
    expect(page.get_by_role("button", name="施行第2版")).to_be_disabled()
    assert [one.version for one in live_server.engine.versions("review")] == [1]


def test_the_palette_places_a_shape_by_keyboard_and_undo_takes_it_back(page: Page, sign_in: SignIn) -> None:
    sign_in("admin")
    open_editor(page)
    element(page, "register").click()
    before = page.locator(".djs-shape").count()
    page.get_by_role("button", name="任务", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.locator(".djs-shape")).not_to_have_count(before)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="撤销").click()
    expect(page.locator(".djs-shape")).to_have_count(before)
    expect(page.get_by_role("button", name="重做")).to_be_enabled()


def test_a_draft_saved_elsewhere_is_told_and_not_overwritten(
    page: Page, sign_in: SignIn, live_server: Live
) -> None:
    sign_in("admin")
    open_editor(page)
    theirs = live_server.engine.definition_xml("review:1").replace("登记".encode(), "先登记".encode())
    live_server.engine.save_diagram_draft("review", theirs, by="admin", revision=0)
    rename(page, "register", "后登记")
    expect(status(page)).to_contain_text("没有保存")
    expect(page.locator("[data-part=force]")).to_be_disabled()
    kept = live_server.engine.diagram_draft("review")
    assert kept is not None and kept.content == theirs
    with page.expect_download() as mine:
        page.get_by_role("button", name="下载我的").click()
    assert "后登记" in mine.value.path().read_text(encoding="utf-8")
    page.get_by_role("button", name="用我的覆盖").click()
    expect(status(page)).to_contain_text("已保存")
    eventually(page, lambda: "后登记" in drafted(live_server))


def test_what_was_drawn_outlives_the_sign_in(page: Page, sign_in: SignIn, live_server: Live) -> None:
    sign_in("admin")
    open_editor(page)
    page.wait_for_load_state("networkidle")  # a late answer would bring the session back
    page.context.clear_cookies()
    rename(page, "register", "登录失效后改的")
    expect(status(page)).to_contain_text("登录已失效")
    other = page.context.new_page()
    other.goto("/sign-in")
    other.get_by_label("账号").fill("admin")
    other.get_by_label("密码").fill(PASSWORD)
    other.get_by_role("button", name="登录").click()
    other.wait_for_url("**/inbox*")
    other.close()
    page.get_by_role("button", name="重新保存").click()
    expect(status(page)).to_contain_text("已保存")
    eventually(page, lambda: "登录失效后改的" in drafted(live_server))


def test_a_link_is_followed_after_saving(page: Page, sign_in: SignIn, live_server: Live) -> None:
    sign_in("admin")
    open_editor(page)
    rename(page, "register", "走之前改的")
    page.get_by_role("link", name="审查", exact=True).click()
    page.wait_for_url("**/processes/review")
    eventually(page, lambda: "走之前改的" in drafted(live_server))


def test_the_clock_is_written_into_the_diagram(page: Page, sign_in: SignIn, live_server: Live) -> None:
    sign_in("admin")
    open_editor(page)
    element(page, "examine").click()
    group = page.locator("[data-group='期限与依据']")
    expect(group.get_by_label("期限", exact=True)).to_have_value("15")
    group.get_by_label("期限", exact=True).fill("2")
    group.get_by_label("期限的单位").select_option(label="个月")
    expect(status(page)).to_contain_text("已保存")
    eventually(page, lambda: 'name="clock" value="P2M"' in drafted(live_server))
    assert 'name="separateFrom" value="register"' in drafted(live_server)


def test_a_step_done_again_and_again_is_written_as_a_loop(
    page: Page, sign_in: SignIn, live_server: Live
) -> None:
    sign_in("admin")
    open_editor(page)
    element(page, "examine").click()
    page.locator("[data-group='办理次数'] summary").click()
    page.get_by_label("办理", exact=True).select_option(label="反复办理")
    most = page.get_by_label("最多办几次")
    most.fill("3")
    most.press("Tab")
    eventually(page, lambda: 'loopMaximum="3"' in drafted(live_server))
    condition = page.get_by_label("满足什么条件再办一次")
    condition.fill('结论 = "不同意"')
    condition.press("Tab")
    eventually(page, lambda: "不同意" in drafted(live_server).partition("<bpmn:loopCondition")[2][:200])
    live_server.engine.put_into_force("review", by="admin")


def test_a_step_that_many_countersign_says_how_they_agree(
    page: Page, sign_in: SignIn, live_server: Live
) -> None:
    sign_in("admin")
    open_editor(page)
    element(page, "examine").click()
    page.locator("[data-group='办理次数'] summary").click()
    page.get_by_label("办理", exact=True).select_option(label="多项同时办理")
    for label, text in (
        ("次数（没有列表时）", "3"),
        ("会签：几人同意才通过", ">50%"),
        ("会签：怎样算同意", '结论 = "同意"'),
    ):
        field = page.get_by_label(label)
        field.fill(text)
        field.press("Tab")
    page.get_by_label("会签：否决").select_option(label="一人否决即否决")
    eventually(page, lambda: 'name="countersignRejections" value="one"' in drafted(live_server))
    assert 'name="countersign" value="&#62;50%"' in drafted(live_server).replace("&gt;", "&#62;")
    assert 'name="countersignVote" value="=结论 = ' in drafted(live_server)
    live_server.engine.put_into_force("review", by="admin")
    page.get_by_label("办理", exact=True).select_option(label="办一次")
    eventually(page, lambda: "countersign" not in drafted(live_server))


def test_event_subprocesses_and_their_events_are_kept_and_can_be_changed(
    page: Page, sign_in: SignIn, live_server: Live
) -> None:
    sign_in("admin")
    page.goto("/processes/review/edit")
    page.wait_for_selector("[data-ready]")
    page.evaluate(
        """() => {
          const modeler = window.wenzeEditor.modeler;
          const [modeling, factory] = [modeler.get('modeling'), modeler.get('elementFactory')];
          const inside = modeler.get('elementRegistry').get('examine').parent;
          const size = { isExpanded: true, width: 300, height: 140 };
          const sub = factory.createShape({ type: 'bpmn:SubProcess', id: 'beside', ...size });
          sub.businessObject.triggeredByEvent = true;
          const box = modeling.createShape(sub, { x: 420, y: 420 }, inside);
          const kind = (name) => ({ eventDefinitionType: `bpmn:${name}EventDefinition` });
          const attributes = { id: 'when', isInterrupting: false, ...kind('Conditional') };
          const start = factory.createShape({ type: 'bpmn:StartEvent', ...attributes });
          const from = modeling.createShape(start, { x: 330, y: 420 }, box);
          const end = factory.createShape({ type: 'bpmn:EndEvent', id: 'off', ...kind('Escalation') });
          modeling.connect(from, modeling.createShape(end, { x: 480, y: 420 }, box));
        }"""
    )
    element(page, "when").click()
    condition = page.get_by_label("满足什么条件时发生")
    condition.fill('标题 = "急件"')
    condition.press("Tab")
    element(page, "off").click()
    code = page.get_by_label("升级代码")
    code.fill("urgent")
    code.press("Tab")
    eventually(page, lambda: 'escalationCode="urgent"' in drafted(live_server))
    text = drafted(live_server)
    assert 'triggeredByEvent="true"' in text and "标题 = " in text.partition("<bpmn:condition ")[2][:120]
    element(page, "when").click()
    page.locator("[data-group='发生时怎样'] summary").click()
    page.get_by_label("中断所在流程的其他环节").check()
    eventually(page, lambda: 'isInterrupting="false"' not in drafted(live_server))
    live_server.engine.put_into_force("review", by="admin")


def test_an_expression_keeps_its_sign_and_properties_their_order(
    page: Page, sign_in: SignIn, live_server: Live
) -> None:
    sign_in("admin")
    open_editor(page)
    element(page, "examine").click()
    page.locator("[data-group='表单'] summary").click()
    about = page.get_by_label("区分（选填）")
    about.fill("标题")
    about.press("Tab")
    group = page.locator("[data-group='期限与依据']")
    group.get_by_label("期限的单位").select_option(label="日（自然日）")
    expect(status(page)).to_contain_text("已保存")
    eventually(page, lambda: 'name="clock" value="P15D"' in drafted(live_server))
    text = drafted(live_server)
    assert 'name="about" value="=标题"' in text
    assert text.index('name="clock" value="P15D"') < text.index('name="separateFrom"') < text.index("about")
    element(page, "examine").click()  # away
    element(page, "examine").click()
    expect(page.get_by_label("区分（选填）")).to_have_value("标题")


def test_what_the_editor_does_not_show_is_written_as_it_was_read(
    page: Page, sign_in: SignIn, live_server: Live
) -> None:
    kept = live_server.engine.definition_xml(live_server.engine.versions("review")[0].id).decode()
    for at, more in UNSEEN.items():
        assert at in kept
        kept = kept.replace(at, more.replace("AT", at), 1)
    live_server.engine.save_diagram_draft("review", kept.encode(), by="admin")
    sign_in("admin")
    open_editor(page)
    rename(page, "register", "登记来件")
    expect(status(page)).to_contain_text("已保存")
    eventually(page, lambda: "登记来件" in drafted(live_server))
    before, after = (
        parse_bpmn(text.encode(), "review.bpmn").processes
        for text in (kept.replace('name="登记"', 'name="登记来件"', 1), drafted(live_server))
    )
    assert differences(before, after) == []
    live_server.engine.discard_diagram_draft("review", by="admin")


def test_room_is_made_for_a_step_and_tools_start_without_a_selection(page: Page, sign_in: SignIn) -> None:
    sign_in("admin")
    open_editor(page)
    page.get_by_role("button", name="连线", exact=True).click()
    page.keyboard.press("Escape")
    where = "window.wenzeEditor.modeler.get('elementRegistry').get('examine').x"
    before = page.evaluate(where)
    page.get_by_role("button", name="空位", exact=True).click()
    left, top = point(page, 420, 160)
    page.mouse.move(left - 9, top - 9)
    page.mouse.move(left, top, steps=3)
    page.mouse.down()
    page.mouse.move(left + 90, top + 1, steps=5)
    page.mouse.up()
    page.keyboard.press("Escape")
    assert page.evaluate(where) > before + 50


def test_a_phone_shows_the_diagram_without_tools(page: Page, sign_in: SignIn) -> None:
    sign_in("admin")
    page.set_viewport_size({"width": 390, "height": 844})
    open_editor(page)
    expect(page.get_by_text("手机上只能查看")).to_be_visible()
    expect(page.locator("[data-part=palette]")).to_be_hidden()
    expect(page.locator("[data-part=canvas] .djs-element[data-element-id=register]")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_signal_is_named_in_the_panel_and_outlives_the_editor(
    page: Page, sign_in: SignIn, live_server: Live
) -> None:
    sign_in("admin")
    open_editor(page)
    page.evaluate(
        """() => {
          const { modeler } = window.wenzeEditor;
          const end = modeler.get('elementRegistry').find((each) => each.type === 'bpmn:EndEvent');
          const what = { type: 'bpmn:EndEvent', eventDefinitionType: 'bpmn:SignalEventDefinition' };
          modeler.get('selection').select(modeler.get('bpmnReplace').replaceElement(end, what));
        }"""
    )
    field = page.locator("[data-group='信号']").get_by_label("信号名称")
    field.fill("开闸")
    field.press("Tab")
    eventually(page, lambda: 'name="开闸"' in drafted(live_server))
    kept = drafted(live_server)
    assert "<bpmn:signal " in kept
    assert "signalRef=" in kept
    open_editor(page)  # again, from the draft
    rename(page, "examine", "再审查")
    eventually(page, lambda: "再审查" in drafted(live_server))
    assert "<bpmn:signal " in drafted(live_server)
    assert "signalRef=" in drafted(live_server)
    live_server.engine.put_into_force("review", by="admin")
