"""The ledger of clocks and a case's clocks, over the real engine: who sees what, filters, pages, files."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from openpyxl import load_workbook

from engine import AuditAsked, Engine, User
from tests.integration.helpers import deploy, do, process, view
from tests.web.attacks.world import Caller
from web import clocks as page
from web import create_app
from web.cli import main

LIMITS = {
    "clock": "10WD",
    "clockBasis": "《规则》第三条",
    "clockUnverified": "true",
    "clockExtensions": "1",
    "clockExtensionMost": "P1M",
    "clockExtensionBasis": "《规则》第四条",
}
START = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


class Day:
    """A clock that is set."""

    now = START

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def day() -> Day:
    return Day()


@pytest.fixture
def office(tmp_path: Path, day: Day) -> Iterator[Engine]:
    """A process whose step `work` is paused, and extended, by steps beside it; b1 sees all its cases."""
    engine = Engine.open(f"sqlite:///{tmp_path / 'wenze.db'}", clock=day)
    for login, unit, group in (("a1", "一科", "甲组"), ("b1", "督办室", "乙组"), ("c1", "三科", "丙组")):
        engine.add_group(group)
        engine.add_user(User(login, f"{login}名", unit, frozenset({group})), "a long pass phrase 7")
    made = process(properties={"visibleTo": "乙组"}).parallel("split")
    made.user("work", groups="甲组", properties=LIMITS).parallel("join").end()
    made.at("split").user(
        "wait", groups="甲组", properties={"clockPauses": "work", "clockPausesFor": "鉴定意见"}
    ).user("got", groups="甲组", properties={"clockResumes": "work"}).user(
        "longer", groups="甲组", properties={"clockExtends": "work", "clockExtendsBy": "P1M"}
    ).to("join")
    deploy(engine, made, view("p", "标题"))
    yield engine
    engine.close()


def caller(engine: Engine, login: str) -> Caller:
    return Caller(create_app(engine, {"SECRET_KEY": "for tests only", "TESTING": True}), login)


def test_the_ledger_shows_what_one_may_see_and_how_clocks_stand(
    office: Engine, day: Day, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = (office.start("p", {"标题": f"第{n}件<b>"}, by="a1").id for n in (1, 2))
    do(office, "a1", "wait")
    day.now += timedelta(days=9)
    supervisor, other = caller(office, "b1"), caller(office, "c1")
    told = supervisor.send("GET", "/clocks").text
    assert "第1件&lt;b&gt;" in told
    assert "《规则》第三条" in told
    assert "待核" in told
    assert "第1件" not in other.send("GET", "/clocks?state=all").text
    assert other.send("GET", f"/cases/{first}").status_code == 404
    paused = supervisor.send("GET", "/clocks?state=paused").text
    assert "暂停9天" in paused
    assert "等鉴定意见" in paused
    case = next(
        one for one in (first, second) if any(row.clock.paused_at for row in office.case_clocks(one, "b1"))
    )
    do(office, "a1", "got")
    supervisor = caller(office, "b1")
    do(office, "a1", "longer")
    panel = supervisor.send("GET", f"/cases/{case}").text
    for text in ("延长1个月", "3月2日至3月11日暂停9天：鉴定意见", "a1名，longer", "批准延长期限"):
        assert text in panel
    day.now += timedelta(days=60)
    do(office, "a1", "work")
    supervisor = caller(office, "b1")
    assert "个工作日办结" in supervisor.send("GET", "/clocks?state=late").text
    assert "已超期" in supervisor.send("GET", "/clocks?state=over&process=p").text
    assert "没有“已超期”的期限" in supervisor.send("GET", "/clocks?state=over&unit=三科").text
    monkeypatch.setattr(page, "SIZE", 1)
    paged = supervisor.send("GET", "/clocks?state=all").text
    following = paged.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    assert "回到第一页" in supervisor.send("GET", following).text
    assert supervisor.send("GET", "/clocks?after=x&state=nonsense&unit=%00").status_code == 200


def test_the_ledger_is_taken_out_as_a_file_and_the_record_keeps_that(office: Engine) -> None:
    office.start("p", {"标题": "=1+1"}, by="a1")
    supervisor = caller(office, "b1")
    told = supervisor.send("GET", "/clocks/export.csv?state=all").data.decode("utf-8-sig")
    assert told.startswith("编号,事项,流程,期限,办理人,依据,长度")
    assert "'=1+1" in told
    assert "10个工作日" in told
    book = load_workbook(io.BytesIO(supervisor.send("GET", "/clocks/export.xlsx").data))
    rows = list(book.worksheets[0].values)
    assert rows[1][5] == "《规则》第三条（待核）"
    assert "=1+1" not in caller(office, "c1").send("GET", "/clocks/export.csv").data.decode()
    assert supervisor.send("GET", "/clocks/export.pdf").status_code == 404
    kept = office.audit(AuditAsked(kind="export.ledger"), by="", before=0, size=9)
    assert [one.entry.actor for one in kept] == ["c1", "b1", "b1"]


def test_the_calendar_is_loaded_from_the_command_line(tmp_path: Path) -> None:
    file = tmp_path / "days.json"
    file.write_text('{"calendar": [{"date": "2026-09-03", "working": false, "why": "检修"}]}', "utf-8")
    run = CliRunner()
    data = ["--data", str(tmp_path / "data")]
    assert run.invoke(main, ["db", "upgrade", *data]).exit_code == 0
    loaded = run.invoke(main, ["calendar", "load", str(file), *data])
    assert "共1天，重算了0个期限" in loaded.output
    assert "2026-09-03  放假  检修" in run.invoke(main, ["calendar", "show", *data]).output
    file.write_text('{"calendar": [{"date": "2026-09-33", "working": false, "why": ""}]}', "utf-8")
    refused = run.invoke(main, ["calendar", "load", str(file), *data])
    assert refused.exit_code != 0
    assert "不能为空" in refused.output
