"""Taking out a dossier: on the page by who supervises, on the command line, and checking one there."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from engine import Engine, check_dossier, new_key, public_pem
from tests.web.attacks.conftest import plain
from tests.web.office import open_office
from tests.web.test_cli import run
from tests.web.test_real_engine import Visitor
from web import create_app
from web.server import OFFICE_KEY_FILE, Place

KEY = new_key()


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("WENZE_DATABASE_URL", "WENZE_OFFICE_KEY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def engine(sqlite_url: str, tmp_path: Path) -> Iterator[Engine]:
    opened = open_office(sqlite_url, tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def case(engine: Engine) -> str:
    return engine.start("review", {"标题": "路灯不亮"}, by="desk").id


def served(engine: Engine, key: str = KEY) -> Flask:
    config = {"SECRET_KEY": "test", "TESTING": True, "PROPAGATE_EXCEPTIONS": False}
    return create_app(engine, {**config, "OFFICE_KEY": lambda: key})


def test_it_is_handed_out_with_a_reason(engine: Engine, case: str) -> None:
    exam = Visitor(served(engine), "exam")
    assert f"/cases/{case}/dossier" in exam.get(f"/cases/{case}")
    assert "公钥指纹" in exam.get(f"/cases/{case}/dossier")
    refused = exam.post(f"/cases/{case}/dossier", {"reason": " "})
    assert (refused.status_code, "请写明导出的理由" in refused.get_data(as_text=True)) == (422, True)
    answer = exam.post(f"/cases/{case}/dossier", {"reason": "归档"})
    assert (answer.status_code, answer.mimetype) == (200, "application/zip")
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    found = check_dossier(io.BytesIO(answer.data), public_pem(KEY).encode())
    answer.close()
    assert (found.problems, found.trusted) == ((), True)
    assert "导出卷宗" in exam.get(f"/cases/{case}")
    kinds = [event.kind for event in engine.case(case, by="").history]
    assert kinds.count("instance.exported") == 1


def test_without_a_key_nothing_is_recorded(engine: Engine, case: str) -> None:
    exam = Visitor(served(engine, ""), "exam")
    exam.get(f"/cases/{case}")
    assert exam.post(f"/cases/{case}/dossier", {"reason": "归档"}).status_code == 422
    assert "instance.exported" not in [event.kind for event in engine.case(case, by="").history]


def test_who_does_not_see_the_case_sees_no_dossier(engine: Engine, case: str) -> None:
    admin = Visitor(served(engine), "admin")
    hidden, nothing = (admin.get(f"/cases/{one}/dossier", 404) for one in (case, "nothing"))
    assert plain(hidden.encode()) == plain(nothing.encode())
    assert admin.post(f"/cases/{case}/dossier", {"reason": "x"}).status_code == 404


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder with one case."""
    place = Place(tmp_path / "data")
    place.prepare()
    engine = open_office(place.database_url, tmp_path)
    engine.start("review", {"标题": "路灯不亮"}, by="desk")
    engine.close()
    return place.data


def export(folder: Path, out: Path, case: str = "审〔2026〕1号") -> Result:
    return run("dossier", "export", case, "--out", str(out), "--reason", "归档", "--data", str(folder))


def test_the_command_line_writes_and_checks_one(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "one.zip"
    told = export(folder, out)
    assert told.exit_code == 0, told.output
    assert out.stat().st_mode & 0o077 == 0
    again = export(folder, out)
    assert again.exit_code == 1
    assert "已经存在" in again.stderr
    told = run("dossier", "verify", str(out))
    assert told.exit_code == 0, told.output
    assert "卷宗与签章时一致" in told.stdout
    assert "提醒" in told.stdout  # the key came with the file itself
    pem = tmp_path / "office.pub"
    pem.write_text("".join(run("dossier", "key", "--data", str(folder)).stdout.splitlines(True)[:-1]))
    assert "提醒" not in run("dossier", "verify", str(out), "--key", str(pem)).stdout
    assert (folder / OFFICE_KEY_FILE).stat().st_mode & 0o077 == 0


def test_a_false_one_is_refused_with_what_is_false(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "one.zip"
    export(folder, out)
    out.write_bytes(out.read_bytes().replace("路灯不亮".encode(), "路灯亮了".encode(), 1))
    told = run("dossier", "verify", str(out))
    assert told.exit_code == 1
    assert "不是原样的卷宗" in told.stderr
    (tmp_path / "other.zip").write_bytes(b"no archive")
    assert run("dossier", "verify", str(tmp_path / "other.zip")).exit_code == 1


def test_an_unknown_case_is_told(folder: Path, tmp_path: Path) -> None:
    told = export(folder, tmp_path / "x", "没有")
    assert told.exit_code == 1
    assert "没有“没有”这一件" in told.stderr
    assert not (tmp_path / "x").exists()
