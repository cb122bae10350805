"""The page of the organisation and its commands, on a real engine."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from html import unescape
from io import BytesIO
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from engine import Engine
from tests.web.conftest import TOKEN
from tests.web.office import PASSWORD, open_office
from web import create_app
from web.cli import main

UNITS = "单位编号,单位名称,上级单位编号\nj,某局,\nz,治安大队,j\n"
POSITIONS = "岗位编号,岗位名称,所在单位编号,单位负责人\nzdz,大队长,z,是\n"
PERSONS = "人员编号,姓名或称谓,账号\np1,大队长一,desk\n"
HOLDINGS = "任职人员编号,任职岗位编号,起,止\np1,zdz,2020-01-01,2024-12-31\n"


@pytest.fixture
def office(sqlite_url: str, tmp_path: Path) -> Iterator[Engine]:
    engine = open_office(sqlite_url, tmp_path)
    yield engine
    engine.close()


class Browser:
    def __init__(self, engine: Engine, login: str) -> None:
        app = create_app(engine, {"SECRET_KEY": "x" * 32, "TESTING": True})
        self.client: FlaskClient = app.test_client()
        self.post("/sign-in", login=login, password=PASSWORD)

    def get(self, path: str) -> str:
        return self.client.get(path, follow_redirects=True).get_data(as_text=True)

    def post(self, path: str, **form: object) -> tuple[int, str]:
        token = TOKEN.search(self.get("/inbox"))
        assert token
        answer = self.client.post(path, data={"csrf_token": token.group(1), **form})
        return answer.status_code, answer.get_data(as_text=True)

    def upload(self, text: str, **more: str) -> tuple[int, str]:
        return self.post("/organisation/preview", file=(BytesIO(text.encode()), "表.csv"), **more)

    def apply(self, page: str) -> int:
        fields = dict(re.findall(r'name="(name|revision|content|whole)" value="([^"]*)"', page))
        return self.post("/organisation/apply", **{key: unescape(text) for key, text in fields.items()})[0]


def test_a_file_is_looked_at_before_it_is_brought_in(office: Engine) -> None:
    browser = Browser(office, "admin")
    assert "当日没有单位" in browser.get("/organisation")
    for text in (UNITS, POSITIONS, PERSONS, HOLDINGS):
        status, page = browser.upload(text)
        assert status == 200
        assert "这些会变动" in page
        assert browser.apply(page) == 302
    assert [one.name for one in office.organisation().units] == ["某局", "治安大队"]
    assert "空缺" in browser.get("/organisation")
    assert "大队长一" in browser.get("/organisation?on=2024-12-31")
    assert "没有变动" in browser.upload(UNITS)[1]
    assert "治安大队" in browser.get("/organisation/export?sheet=单位")


def test_a_file_with_mistakes_tells_them_all(office: Engine) -> None:
    status, page = Browser(office, "admin").upload("单位编号,单位名称,起\nx,,\n,某,昨天\n")
    assert status == 422
    assert "有3处要改" in page
    assert "起 第3行：“昨天”不是日期" in page
    assert office.organisation().units == ()


def test_what_changed_meanwhile_has_to_be_looked_at_again(office: Engine) -> None:
    browser = Browser(office, "admin")
    _, page = browser.upload(UNITS)
    office.import_organisation("a.csv", PERSONS.encode(), by="")
    assert browser.apply(page) == 302
    assert "请重新预览" in browser.get("/organisation")
    assert office.organisation().units == ()
    assert browser.post("/organisation/apply", name="x", revision="1", content="!!")[0] == 422


def test_text_in_a_file_is_text_on_the_page(office: Engine) -> None:
    browser = Browser(office, "admin")
    _, page = browser.upload("单位编号,单位名称\nx,<script>alert(1)</script>\n")
    assert "&lt;script&gt;alert(1)" in page
    browser.apply(page)
    assert "<script>alert(1)" not in browser.get("/organisation")


def test_the_commands_do_the_same(tmp_path: Path) -> None:
    file, data = tmp_path / "units.csv", ["--data", str(tmp_path / "data")]
    file.write_text(UNITS, "utf-8")
    run = CliRunner()
    told = run.invoke(main, ["org", "import", str(file), "--dry-run", *data])
    assert "新增  单位  单位编号：j，单位名称：某局" in told.output
    assert "没有写入" in told.output
    assert "已写入" in run.invoke(main, ["org", "import", str(file), *data]).output
    assert "  治安大队（z）" in run.invoke(main, ["org", "show", *data]).output
    out = tmp_path / "all.xlsx"
    assert run.invoke(main, ["org", "export", str(out), *data]).exit_code == 0
    assert "没有变动" in run.invoke(main, ["org", "import", str(out), *data]).output
    file.write_text("单位编号,单位名称\nx,\n", "utf-8")
    told = run.invoke(main, ["org", "import", str(file), *data])
    assert told.exit_code == 1
    assert "第2行" in told.output


def test_the_demo_organisation_fits_the_demo_accounts(sqlite_url: str) -> None:
    demo = Path(__file__).parents[2] / "bpmn" / "demo"
    engine = Engine.open(sqlite_url, resources=demo.parent)
    engine.load_office(demo / "office.json", password=PASSWORD)
    for file in sorted((demo / "organisation").glob("*.csv")):
        engine.import_organisation(file.name, file.read_bytes(), by="")
    now = engine.organisation(datetime.now(UTC).date())
    working = {one.id for one in engine.users() if not one.duty}  # administrators hold no position
    assert {one.account for one in now.persons} == working
    assert all(now.standing(one) for one in working)
    engine.close()
