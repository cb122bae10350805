"""Sending back and taking back on the pages, over the real engine."""

from __future__ import annotations

import re

from tests.web.test_real_engine import Visitor, app, desk, engine, exam, offered, opened, revision

__all__ = ["app", "desk", "engine", "exam", "opened"]


def claimed(exam: Visitor, task_id: str) -> str:
    """The page that asks where to send the claimed task back."""
    exam.post(f"/tasks/{task_id}/claim", {})
    assert f'href="/tasks/{task_id}/send-back"' in exam.get(f"/tasks/{task_id}")
    return exam.get(f"/tasks/{task_id}/send-back")


def first_task(desk: Visitor) -> str:
    return re.findall(r'href="/tasks/([^"]+)"', desk.get("/inbox"))[0]


def test_sent_back_with_a_reason_that_the_other_sees(desk: Visitor, exam: Visitor, opened: str) -> None:
    page = claimed(exam, opened)
    target = re.search(r'name="to"[^>]*value="(\w+)"\s+checked', page)
    assert target and "受理员" in page
    data = {"revision": revision(page), "to": target.group(1), "then": "return"}
    refused = exam.post(f"/tasks/{opened}/send-back", data | {"reason": " "})
    assert refused.status_code == 422 and "退回的理由" in refused.get_data(as_text=True)
    done = exam.post(f"/tasks/{opened}/send-back", data | {"reason": "缺少附件<1>"})
    assert done.status_code == 302 and opened not in exam.get("/inbox")
    again = first_task(desk)
    text = desk.get(f"/tasks/{again}")
    assert "审查员退回：缺少附件&lt;1&gt;" in text
    late = exam.post(f"/tasks/{opened}/send-back", data | {"reason": "缺少附件"})
    assert late.status_code == 409 and "已由审查员退回" in late.get_data(as_text=True)
    desk.post(f"/tasks/{again}", {"revision": revision(text), "_action": "submit"})
    assert "/tasks/" in exam.get("/inbox")


def test_nowhere_to_send_the_first_step_back_to(desk: Visitor) -> None:
    assert desk.post("/start/review", {"标题": "设施失修"}).status_code == 302
    assert "没有人办过可以退回的步骤" in claimed(desk, offered(desk))


def test_taken_back_until_somebody_has_it(desk: Visitor, exam: Visitor, opened: str) -> None:
    mine = re.findall(r'href="/tasks/([^"]+)"', desk.get("/inbox/done"))[0]
    assert f'action="/tasks/{mine}/take-back"' in desk.get(f"/tasks/{mine}")
    assert desk.post(f"/tasks/{mine}/take-back", {}).status_code == 302
    assert "/tasks/" not in exam.get("/inbox/claimable")
    again = first_task(desk)
    page = desk.get(f"/tasks/{again}")
    desk.post(f"/tasks/{again}", {"revision": revision(page), "_action": "submit"})
    exam.post(f"/tasks/{offered(exam)}/claim", {})
    assert desk.post(f"/tasks/{again}/take-back", {}).status_code == 302
    assert "没有取回" in desk.get(f"/tasks/{again}")
