"""`wenze doctor`: what is stuck is told with its reason, as lines or JSON, and repaired on request."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import update

from engine import Engine
from engine.store.tables import user_task
from tests.builders import Builder, event
from tests.integration.helpers import deploy, process
from tests.web.office import open_office
from tests.web.test_cli import run
from web import doctor
from web.server import Place


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A data folder with one case whose task was lost."""
    monkeypatch.delenv("WENZE_DATABASE_URL", raising=False)
    monkeypatch.setattr(doctor, "_files", list)
    place = Place(tmp_path / "data")
    place.prepare()
    engine: Engine = open_office(place.database_url, tmp_path)
    deploy(engine, process().user("one", groups="甲组").end())
    engine.start("p", {}, by="")
    with engine._context.database.unit_of_work() as work:
        work.connection.execute(update(user_task).values(status="cancelled"))
    engine.close()
    return str(place.data)


def test_what_is_stuck_is_told_and_repaired(folder: str) -> None:
    told = run("doctor", "--data", folder)
    assert told.exit_code == 1
    assert "流程停在“one”，却没有待办" in told.stderr
    assert "可用 --repair" in told.stderr
    healed = run("doctor", "--repair", "--data", folder)
    assert healed.exit_code == 0, healed.output
    assert "已修复" in healed.stdout
    assert "可以运行" in run("doctor", "--deep", "--data", folder).stdout


def test_the_same_as_json(folder: str) -> None:
    told = run("doctor", "--json", "--data", folder)
    assert told.exit_code == 1
    (found,) = json.loads(told.stdout)["findings"]
    assert (found["kind"], found["element"], found["severity"]) == ("task.missing", "one", "error")
    answer = json.loads(run("doctor", "--json", "--repair", "--data", folder).stdout)
    assert (answer["findings"], len(answer["repaired"])) == ([], 1)


def test_it_says_when_a_timer_starts_the_next_case(folder: str, tmp_path: Path) -> None:
    assert "自动发起" not in run("doctor", "--data", folder).stdout
    engine = Engine.open(Place(tmp_path / "data").database_url)
    deploy(
        engine,
        Builder("q", "巡检").start("s", event=event("timer", timer="date 2099-03-02T10:00:00+08:00")).end(),
    )
    engine.close()
    assert "下次自动发起    “巡检”2099-03-02 10:00" in run("doctor", "--data", folder).stdout
