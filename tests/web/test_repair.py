"""`wenze case`: what stands is listed, put right and tried again."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine import Engine
from tests.integration.helpers import deploy
from tests.web.office import open_office
from tests.web.test_cli import run
from tests.web.test_hostile import starting
from web.server import Place


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A data folder with one case that stands behind its only step."""
    monkeypatch.delenv("WENZE_DATABASE_URL", raising=False)
    place = Place(tmp_path / "data")
    place.prepare()
    engine = open_office(place.database_url, tmp_path)
    builder = (
        starting().exclusive("way").when("size > 5").end("large").at("way").when("size <= 5").end("small")
    )
    deploy(engine, builder)
    engine.start("stuck", {}, by="desk")
    (row,) = engine.inbox("desk", "claimable").items
    engine.claim(row.task.id, by="desk")
    engine.complete(row.task.id, {}, by="desk")
    engine.close()
    return str(place.data)


def opened(folder: str) -> Engine:
    return Place(Path(folder)).open_engine()


def test_a_case_that_stands_is_put_right_and_goes_on(folder: str) -> None:
    engine = opened(folder)
    (incident,) = engine.incidents("")
    listed = run("case", "incidents", "--data", folder).stdout
    assert incident.job_id in listed and "way" in listed
    case = incident.instance_id
    assert run("case", "correct", case, "size=9", "--reason", "漏填", "--data", folder).exit_code == 0
    assert "1步" in run("case", "retry", "--all", "--data", folder).stdout
    engine.run_due_jobs()
    assert engine.case(case, by="desk").instance.status == "completed"
    assert "没有出错" in run("case", "incidents", "--data", folder).stdout
    engine.close()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("correct", "nowhere", "size=9", "--reason", "漏填"), "没有案件“nowhere”"),
        (("correct", "nowhere", "size=九", "--reason", "漏填"), "“size”的值不是JSON"),
        (("correct", "nowhere", "九", "--reason", "漏填"), "应写成 名称=值"),
        (("retry",), "请写明作业，或用 --all"),
        (("retry", "1", "--all"), "请写明作业，或用 --all"),
    ],
)
def test_what_is_wrong_is_told(folder: str, arguments: tuple[str, ...], says: str) -> None:
    told = run("case", *arguments, "--data", folder)
    assert told.exit_code != 0
    assert says in told.output
