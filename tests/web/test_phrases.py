"""The page of common opinions, over the real engine."""

from __future__ import annotations

import re

from engine import Engine
from tests.web.test_real_engine import Visitor, app, desk, engine, exam, offered

__all__ = ["app", "desk", "engine", "exam"]


def texts(engine: Engine) -> tuple[str, ...]:
    return engine.common_opinions("desk")


def test_added_changed_moved_and_deleted(engine: Engine, desk: Visitor, exam: Visitor) -> None:
    for text in ("同意。", "情况<属实>。"):
        assert desk.post("/opinions", {"act": "add", "text": text}).status_code == 302
    assert "情况&lt;属实&gt;。" in desk.get("/opinions")
    assert desk.post("/opinions", {"act": "up", "old": "情况<属实>。"}).status_code == 302
    assert texts(engine) == ("情况<属实>。", "同意。")
    again = desk.post("/opinions", {"act": "save", "old": "情况<属实>。", "text": "同意。"})
    assert again.status_code == 422 and "“同意。”已经有了" in again.get_data(as_text=True)
    desk.post("/opinions", {"act": "save", "old": "情况<属实>。", "text": "情况属实。"})
    desk.post("/opinions", {"act": "delete", "old": "同意。"})
    assert texts(engine) == ("情况属实。",) and engine.common_opinions("exam") == ()
    assert desk.post("/opinions", {"act": "delete", "old": "同意。"}).status_code == 422
    engine.start("review", {"标题": "设施失修"}, by="desk")
    task = offered(desk)
    assert re.search(r'<ul id="phrases" hidden[^>]*><li>情况属实。</li>', desk.get(f"/tasks/{task}"))
    assert 'id="phrases"' not in desk.get("/inbox")
