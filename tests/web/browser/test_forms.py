"""What people do with a form: pick by pinyin, drop files, write long text, meet another draft, come back."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from engine import Resource
from tests.builders import Builder
from tests.web.browser.axe import DESK, violations
from tests.web.browser.conftest import Live, eventually

pytestmark = pytest.mark.browser

UNITS = "单位编号,单位名称,上级单位编号\nj,某局,\nza,治安大队,j\nxz,刑侦大队,j\n"
POSITIONS = "岗位编号,岗位名称,所在单位编号\nzadd,治安大队大队长,za\nxzdd,刑侦大队大队长,xz\nsl,受理员,j\n"
PERSONS = "人员编号,姓名或称谓,账号\np1,单一,\np2,吕重,\np3,受理员,desk\n"
HOLDINGS = "任职人员编号,任职岗位编号,起\np1,zadd,2020-01-01\np2,xzdd,2020-01-01\np3,sl,2020-01-01\n"
FIELDS = {
    "承办": {"type": "string", "title": "承办人", "x-widget": "person", "x-among": '"某局"'},
    "组员": {"type": "array", "title": "组员", "x-widget": "person", "items": {"type": "string"}},
    "日期": {"type": "string", "title": "日期", "format": "date"},
    "金额": {"type": "number", "title": "金额", "x-widget": "amount"},
    "意见": {"type": "string", "title": "处理意见", "x-widget": "richtext", "maxLength": 500},
    "对象": {
        "type": "array",
        "title": "对象",
        "items": {
            "type": "object",
            "properties": {
                "职务": {
                    "type": "string",
                    "title": "职务",
                    "x-widget": "position",
                    "x-fill": {"单位": "unit"},
                },
                "单位": {"type": "string", "title": "单位", "x-widget": "unit"},
            },
        },
    },
    "附件": {"type": "array", "title": "附件", "x-widget": "files", "items": {"type": "string"}},
}
FORM = {
    "id": "all",
    "title": "办理表",
    "schema": {"type": "object", "required": ["承办"], "properties": FIELDS},
    "layout": [{"title": "一、办理", "fields": list(FIELDS)}],
}
DROP = """
(zone, names) => {
  const given = new DataTransfer();
  for (const name of names) {
    given.items.add(new File([name.endsWith('.pdf') ? '%PDF-1.7\\n%%EOF' : 'x'], name));
  }
  zone.dispatchEvent(new DragEvent('drop', { dataTransfer: given, bubbles: true, cancelable: true }));
}
"""
PASTE = """
(editor, html) => {
  const given = new DataTransfer();
  given.setData('text/html', html);
  editor.focus();
  const how = { clipboardData: given, bubbles: true, cancelable: true };
  editor.dispatchEvent(new ClipboardEvent('paste', how));
}
"""
WORD = "<p class=MsoNormal style='mso-x:1'>同意，<b>从重</b>处理。</p><h1>事实</h1><script>alert(1)</script>"


@pytest.fixture
def task_id(live_server: Live) -> str:
    """A claimed task whose form has one of every widget, in an office with an organisation."""
    engine = live_server.engine
    for name, text in (("1", UNITS), ("2", POSITIONS), ("3", PERSONS), ("4", HOLDINGS)):
        engine.import_organisation(f"{name}.csv", text.encode(), by="")
    made = Builder("forms", "办理", ("受理岗",)).start().user("work", groups="受理岗", form="all").end()
    files = [Resource("t/forms.bpmn", made.xml()), Resource("t/all.form.json", json.dumps(FORM).encode())]
    engine.deploy(files, name="forms", by="")
    engine.start("forms", {}, by="desk")
    (offered,) = engine.inbox("desk", "claimable").items
    engine.claim(offered.task.id, by="desk")
    return offered.task.id


def draft(live: Live, task_id: str) -> dict:
    return live.engine.task(task_id, by="desk").row.task.draft or {}


def test_a_form_is_filled_with_the_better_widgets(
    page: Page, live_server: Live, task_id: str, sign_in: Callable[[str], None]
) -> None:
    sign_in("desk")
    page.goto(f"/tasks/{task_id}")
    assert violations(page, DESK) == []
    page.get_by_label("承办人").press_sequentially("lz")
    expect(page.get_by_role("option")).to_have_text("吕重刑侦大队 刑侦大队大队长")
    page.keyboard.press("Enter")
    expect(page.get_by_label("承办人")).to_have_value("吕重")
    page.get_by_label("组员").press_sequentially("danyi")
    page.get_by_role("option").click()
    page.get_by_label("组员").press_sequentially("受理员")
    page.keyboard.press("Enter")
    expect(page.locator(".picks li")).to_have_count(2)
    page.get_by_label("职务").press_sequentially("zadd")
    expect(page.get_by_role("option").first).to_contain_text("治安大队大队长")
    page.keyboard.press("Enter")
    expect(page.get_by_label("单位")).to_have_value("治安大队")
    page.get_by_label("日期").fill("2026-10-1")
    expect(page.locator("[data-field=日期] .echo")).to_have_text("星期四，法定节假日，不是工作日")
    page.get_by_label("金额").fill("1.25万")
    expect(page.locator("[data-field=金额] .echo")).to_have_text("1.25万元，大写：壹万贰仟伍佰元整")
    page.get_by_label("处理意见").evaluate(PASTE, WORD)
    zone = page.locator(".drop")
    zone.evaluate(DROP, ["证据.pdf", "程序.exe", "空.pdf.txt"])
    expect(page.locator(".picked")).to_contain_text("证据.pdf")
    expect(page.locator(".picked")).to_contain_text("不能上传这种文件")
    expect(page.get_by_role("link", name="证据.pdf").first).to_be_visible()
    eventually(page, lambda: len(draft(live_server, task_id).get("附件") or []) >= 1)
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.locator(".note--flash, .errors").first).to_contain_text("已提交")
    (done,) = live_server.engine.inbox("desk", "done").items
    values = live_server.engine.task(done.task.id, by="desk").values
    assert (values["承办"], values["组员"], values["日期"]) == ("吕重", ["单一", "受理员"], "2026-10-01")
    assert (values["金额"], values["意见"]) == (12500, "同意，**从重**处理。\n一、事实")
    assert values["对象"] == [{"职务": "治安大队大队长", "单位": "治安大队"}]
    assert len(values["附件"]) == 2


def test_two_drafts_and_a_lost_session_lose_nothing(
    page: Page, live_server: Live, task_id: str, browser: Browser, sign_in: Callable[[str], None]
) -> None:
    engine = live_server.engine
    sign_in("desk")
    page.goto(f"/tasks/{task_id}")
    shown = engine.task(task_id, by="desk").row.task.revision
    engine.save_draft(task_id, {"承办": "单一"}, by="desk", revision=shown)
    page.get_by_label("承办人").fill("吕重")
    clash = page.locator("#draft-conflict")
    expect(clash).to_contain_text("您在另一个窗口")
    expect(clash).to_contain_text("单一")
    assert draft(live_server, task_id) == {"承办": "单一"}
    page.get_by_role("button", name="保留我写的").click()
    expect(page.locator("#saved")).to_contain_text("已自动暂存")
    expect(clash).to_be_empty()
    assert draft(live_server, task_id)["承办"] == "吕重"

    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    for one in engine.sessions("desk"):
        engine.end_session(one.id, by="desk")
    page.get_by_label("金额").fill("3000")
    page.get_by_label("金额").blur()
    expect(clash).to_contain_text("登录已过期")
    page.reload()  # leaving with what isn't saved is asked about, and lands at the sign-in page
    assert asked == ["beforeunload"]
    page.get_by_label("账号").fill("desk")
    page.get_by_label("密码").fill("a long pass phrase 7")
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_label("金额")).to_have_value("3,000")
    eventually(page, lambda: draft(live_server, task_id).get("金额") == 3000)
