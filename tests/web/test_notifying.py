"""Settings of notifications, and the administrator's page of webhooks, over the real engine."""

from __future__ import annotations

from datetime import time

from flask import Flask

from engine import Choices, Engine
from tests.web.test_administrators import app, engine  # noqa: F401
from tests.web.test_real_engine import Visitor


def test_what_one_is_mailed_is_chosen_and_checked(app: Flask, engine: Engine) -> None:  # noqa: F811
    desk = Visitor(app, "desk")
    assert "没有留邮箱" in desk.get("/account")
    assert "还没有接上邮件服务器" in desk.get("/account/notices")
    given = {"email": "desk@example.cn", "topics": ["arrived", "copied", "nonsense"], "when": "digest"}
    assert "请选择汇总的钟点" in desk.post("/account/notices", given).text
    given |= {"digest": ["9", "15"], "quiet": "on", "quiet_from": "22:00", "quiet_to": "25:00"}
    assert "免打扰的时间应像" in desk.post("/account/notices", given).text
    given["quiet_to"] = "22:00"
    assert "起止时间不能相同" in desk.post("/account/notices", given).text
    wrong = desk.post("/account/notices", given | {"quiet_to": "07:00", "email": "desk@<b>"})
    assert (wrong.status_code, "邮箱地址有误" in wrong.text, "desk@&lt;b&gt;" in wrong.text) == (
        422,
        True,
        True,
    )
    assert desk.post("/account/notices", given | {"quiet_to": "07:00"}).status_code == 302
    chosen = Choices(frozenset({"arrived", "copied"}), (9, 15), (time(22), time(7)))
    assert engine.notice_choices("desk") == chosen
    assert "邮件发到desk@example.cn。" in desk.get("/account")
    shown = desk.get("/account/notices")
    assert 'value="15" checked' in shown
    assert 'name="topics" value="due" checked' not in shown
    assert engine.notice_choices("exam") == Choices()


def test_the_system_administrator_keeps_webhooks(app: Flask, engine: Engine) -> None:  # noqa: F811
    system = Visitor(app, "sys")
    assert "还没有推送" in system.get("/admin/webhooks")
    refused = system.post("/admin/webhooks", {"url": "http://example.cn"})
    assert (refused.status_code, "网址须以 https:// 开头" in refused.text) == (422, True)
    made = system.post("/admin/webhooks", {"url": "https://localhost:1/<i>", "kinds": ["arrived"]}).text
    assert "whsec_" in made
    page = system.get("/admin/webhooks")
    assert "whsec_" not in page, "it is shown once"
    assert "https://localhost:1/&lt;i&gt;" in page
    (hook,) = engine.webhooks("sys")
    system.post(f"/admin/webhooks/{hook.id}/test", {})
    assert "测试没有成功：主机在内部网络，没有准许调用。" in system.get("/admin/webhooks")
    system.post(f"/admin/webhooks/{hook.id}/off", {})
    assert "由管理员停用" in system.get("/admin/webhooks")
    assert system.post("/admin/webhooks/none/off", {}).status_code == 404
    for other in ("sec", "aud", "desk"):
        assert Visitor(app, other).client.get("/admin/webhooks").status_code == 403
    record = Visitor(app, "aud").get("/admin/audit")
    assert all(word in record for word in ("新增推送", "测试推送", "停用推送"))
