"""Migration in bulk and the doctor's page, over the real engine."""

from __future__ import annotations

import re

from sqlalchemy import text

from engine import Engine, Resource
from tests.web.office import SAMPLE
from tests.web.test_real_engine import Visitor, app, desk, engine, exam

__all__ = ["app", "desk", "engine", "exam"]


def next_version(engine: Engine) -> None:
    """The same process with another id for its first step."""
    files = {file.name: file.read_bytes() for file in sorted(SAMPLE.iterdir())}
    files["review.bpmn"] = files["review.bpmn"].replace(b"register", b"enter")
    engine.deploy([Resource(f"sample/{name}", one) for name, one in files.items()], name="v2", by="")


def test_cases_move_to_the_next_version_with_a_mapping(engine: Engine, app, desk: Visitor) -> None:
    cases = [engine.start("review", {"标题": f"设施{number}"}, by="desk") for number in range(23)]
    next_version(engine)
    admin = Visitor(app, "admin")
    assert "/processes/review/migration" in admin.get("/processes/review")
    page = admin.get("/processes/review/migration")
    assert "可迁移0件，不能迁移23件" in page and 'name="map-register"' in page
    assert cases[0].business_key not in page and "无权查看" in page
    page = admin.get("/processes/review/migration?from=1&to=2&map-register=enter")
    assert "可迁移23件" in page
    data = {"from": "1", "to": "2", "map-register": "enter"}
    refused = admin.post("/processes/review/migration", data | {"reason": ""})
    assert refused.status_code == 422 and "迁移的理由" in refused.get_data(as_text=True)
    first = admin.post("/processes/review/migration", data | {"reason": "改版"}).get_data(as_text=True)
    assert "已迁移20件，没有迁移0件，还剩3件" in first
    again = {name: re.search(f'name="{name}" value="([^"]*)"', first).group(1) for name in ("after", "moved")}
    last = admin.post("/processes/review/migration", data | again | {"reason": "改版"}).get_data(as_text=True)
    assert "已迁移23件，没有迁移0件，还剩0件" in last
    assert {engine.case(one.id, by="").instance.definition_id for one in cases} == {"review:2"}
    assert desk.get("/processes/review/migration", 403)


def test_what_is_stuck_is_told_without_a_word_of_the_case_and_repaired(engine: Engine, app) -> None:
    case = engine.start("review", {"标题": "设施失修"}, by="desk")
    admin = Visitor(app, "admin")
    assert "运行正常" in admin.get("/maintenance")
    with engine._context.database.unit_of_work() as work:
        work.connection.execute(text("UPDATE user_task SET status = 'cancelled'"))
    page = admin.get("/maintenance")
    assert "有步骤而没有任务" in page
    assert case.business_key not in page and "设施失修" not in page
    names = ("kind", "instance", "element", "subject")
    asked = {name: re.search(f'name="{name}" value="([^"]*)"', page).group(1) for name in names}
    assert admin.post("/maintenance/repair", asked).status_code == 302
    assert "已修复" in admin.get("/maintenance")
    assert [one.name for one in engine.case(case.id, by="").open_tasks] == ["登记"]
    assert admin.post("/maintenance/repair", asked).status_code == 302
    assert "已经变动" in admin.get("/maintenance")
