"""`wenze migrate`: a dry run lists each case, then they go on in the new version."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine import Engine
from tests.integration.helpers import deploy, process
from tests.web.office import open_office
from tests.web.test_cli import run
from web.server import Place


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A data folder with a case of a version whose only step has another id in the next."""
    monkeypatch.delenv("WENZE_DATABASE_URL", raising=False)
    place = Place(tmp_path / "data")
    place.prepare()
    engine: Engine = open_office(place.database_url, tmp_path)
    deploy(engine, process().user("one", groups="甲组").end())
    engine.start("p", {}, by="")
    deploy(engine, process().user("two", groups="甲组").end())
    engine.close()
    return str(place.data)


def test_a_dry_run_then_the_move(folder: str) -> None:
    dry = ("migrate", "p", "--to", "2", "--dry-run", "--data", folder)
    told = run(*dry)
    assert told.exit_code == 1
    assert "“one”在新版中没有了" in told.stderr
    assert "可迁移0件，不能迁移1件" in told.stdout
    mapped = run(*dry, "--map", "one=two", "--json")
    assert mapped.exit_code == 0
    (row,) = json.loads(mapped.stdout)
    assert (row["from"], row["to"], row["moves"], row["problems"]) == ("p:1", "p:2", True, [])
    done = run("migrate", "p", "--to", "2", "--map", "one=two", "--reason", "改名", "--data", folder)
    assert done.exit_code == 0, done.output
    assert "已迁移1件" in done.stdout
    assert "没有要迁移的案件" in run(*dry).stdout


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("p", "--to", "2"), "请用 --reason 写明理由"),
        (("p", "--to", "7", "--from", "1", "--dry-run"), "没有第7版"),
        (("p", "--to", "2", "--dry-run", "--map", "one"), "应写成 旧=新"),
        (("p", "--to", "2", "--dry-run", "--map", "one=three"), "新版没有“three”"),
    ],
)
def test_what_is_wrong_is_told(folder: str, arguments: tuple[str, ...], says: str) -> None:
    told = run("migrate", *arguments, "--data", folder)
    assert told.exit_code != 0
    assert says in told.output
