"""The command line: its folder, its questions, its refusals; `demo` runs in a process of its own."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
import time
import urllib.request
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from engine import Engine
from tests.web.office import SAMPLE
from web.cli import main, read_resources
from web.server import DATABASE, KEY_FILE, Place, port_is_free
from web.terminal import table, width

PASSWORD = "a good password 1"


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("WENZE_DATABASE_URL", "WENZE_SECRET_KEY", "WENZE_DEMO_PASSWORD"):
        monkeypatch.delenv(name, raising=False)


def run(*arguments: str, **options: object) -> Result:
    return CliRunner().invoke(main, arguments, **options)


def test_secret_key_is_made_once_for_its_owner_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = Place(tmp_path / "data")
    key = place.secret_key()
    assert len(key) >= 60
    assert place.secret_key() == key
    assert stat.S_IMODE((tmp_path / "data" / KEY_FILE).stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700
    monkeypatch.setenv("WENZE_SECRET_KEY", "from outside")
    assert place.secret_key() == "from outside"


def test_database_is_in_the_folder_unless_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert Place(tmp_path).database_url == f"sqlite:///{tmp_path / DATABASE}"
    monkeypatch.setenv("WENZE_DATABASE_URL", "postgresql://x/y")
    assert Place(tmp_path).database_url == "postgresql://x/y"


def test_table_is_aligned_by_the_width_of_its_letters() -> None:
    lines = table(("账号", "岗位"), [("a", "审理员"), ("long", "督办员")])
    assert width("审a") == 3
    starts = [width(line[: line.index(word)]) for line, word in zip(lines, "岗审督", strict=True)]
    assert starts == [6, 6, 6]


def test_resources_of_a_folder_are_named_by_it(tmp_path: Path) -> None:
    folder = tmp_path / "field" / "documents"
    folder.mkdir(parents=True)
    for name in ("field/a.bpmn", "field/documents/b.docx", "field/notes.txt", "c.dmn"):
        (tmp_path / name).write_bytes(b"x")
    names = [one.name for one in read_resources([tmp_path / "field", tmp_path / "c.dmn"])]
    assert names == ["field/a.bpmn", "field/documents/b.docx", "c.dmn"]


def test_deploy_makes_a_version_once_and_tells_problems(tmp_path: Path) -> None:
    data = ("--data", str(tmp_path / "data"))
    checked = run("deploy", "--check", str(SAMPLE), *data)
    assert checked.exit_code == 0, checked.output
    assert "第1版" not in checked.output
    first = run("deploy", str(SAMPLE), *data)
    assert first.exit_code == 0, first.output
    assert "review 第1版  审查" in first.output
    assert "没有变动" in run("deploy", str(SAMPLE), *data).output
    broken = tmp_path / "broken.bpmn"
    broken.write_text("<definitions", "utf-8")
    refused = run("deploy", str(broken), *data)
    assert refused.exit_code == 1
    assert "错误" in refused.output
    assert "broken.bpmn" in refused.output


def test_user_add_and_password(tmp_path: Path) -> None:
    data = ("--data", str(tmp_path / "data"))
    options = ("--display", "审理员", "--group", "审理室", "--password", PASSWORD)
    assert run("user", "add", "sly", *options, *data).exit_code == 0
    again = run("user", "add", "sly", *options, *data)
    assert again.exit_code == 1
    assert "已存在" in again.output
    weak = run("user", "password", "sly", "--password", "weak", *data)
    assert weak.exit_code == 1
    assert "密码须为10至128个字符" in weak.output
    assert (
        run("user", "password", "sly", *data, input="b good password 2\nb good password 2\n").exit_code == 0
    )
    engine = Engine.open(Place(tmp_path / "data").database_url)
    assert engine.sign_in("sly", "b good password 2").groups == {"审理室"}
    engine.close()


def test_db_upgrade_and_doctor(tmp_path: Path) -> None:
    data = ("--data", str(tmp_path / "data"))
    assert run("db", "upgrade", *data).exit_code == 0
    told = run("doctor", *data)
    assert "SQLite" in told.output
    assert "流程      0个" in told.output


def test_doctor_tells_a_database_that_cannot_be_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WENZE_DATABASE_URL", "sqlite:////nowhere/at/all.db")
    told = run("doctor", "--data", str(tmp_path))
    assert told.exit_code == 1
    assert "数据库打不开" in told.output


def test_reset_asks_and_deletes_only_the_demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[object] = []
    monkeypatch.setattr("web.cli.Server", lambda serving: started.append(serving) or _Idle())
    monkeypatch.setattr("web.cli.port_is_free", lambda *_where: True)
    for name in (DATABASE, f"{DATABASE}-wal", "keep.txt"):
        (tmp_path / name).write_text("x", "utf-8")
    refused = run("demo", "--reset", "--data", str(tmp_path), "--no-browser", input="n\n")
    assert refused.exit_code == 1
    assert (tmp_path / DATABASE).exists()
    assert started == []
    agreed = run("demo", "--reset", "--data", str(tmp_path), "--no-browser", input="y\n")
    assert agreed.exit_code == 0, agreed.output
    assert sorted(path.name for path in tmp_path.iterdir()) == ["demo-login", "keep.txt"]
    assert len(started) == 1


class _Idle:
    def run(self) -> None:
        """Serve nothing."""


def test_reset_leaves_a_database_of_others_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WENZE_DATABASE_URL", "postgresql://x/y")
    told = run("demo", "--reset", "--data", str(tmp_path))
    assert told.exit_code == 1
    assert "请自行清空" in told.output


def test_taken_port_is_told(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert not port_is_free("127.0.0.1", port)
        told = run("demo", "--port", str(port), "--data", str(tmp_path), "--no-browser")
    assert told.exit_code == 1
    assert f"端口 {port} 已被占用" in told.output
    assert port_is_free("127.0.0.1", port)


@pytest.fixture
def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def test_demo_serves_and_goes_on_at_the_second_start(tmp_path: Path, free_port: int) -> None:
    first = _demo(tmp_path, free_port)
    second = _demo(tmp_path, free_port)
    found = [re.search(r"密码都是\s+(\S+)", told).group(1) for told in (first, second)]
    assert found[0] == found[1]
    assert f"http://127.0.0.1:{free_port}" in first
    assert "角色" in first
    assert stat.S_IMODE((tmp_path / "demo-login").stat().st_mode) == 0o600


def _demo(data: Path, port: int) -> str:
    """Start the demo, ask it for its health, stop it; gives what it printed."""
    code = "from web.cli import main; main()"
    arguments = ["demo", "--no-browser", "--data", str(data), "--port", str(port)]
    command = [sys.executable, "-c", code, *arguments]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True
    )
    try:
        _await_health(process, port)
    finally:
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to the master and to its worker
        told, _ = process.communicate(timeout=60)
    assert process.returncode == 0, told.decode()
    assert "SIGKILL" not in told.decode()
    return told.decode()


def _await_health(process: subprocess.Popen[bytes], port: int) -> None:
    address = f"http://127.0.0.1:{port}/health"
    for _ in range(600):
        assert process.poll() is None, process.communicate()[0].decode()
        try:
            with urllib.request.urlopen(address, timeout=60) as answer:
                assert answer.status == 200
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the demo didn't answer")


def test_refusals_are_told_in_chinese_without_traceback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("x", "utf-8")
    told = run("user", "list", "--data", str(tmp_path / "file" / "data"))
    assert (told.exit_code, "不能读写" in told.output) == (1, True)
    monkeypatch.setenv("WENZE_DATABASE_URL", "postgresql://localhost:1/none")
    for command in (("db", "upgrade"), ("user", "list"), ("worker",), ("serve", "--port", "1")):
        told = run(*command, "--data", str(tmp_path))
        assert told.exit_code == 1, command
        assert "数据库打不开" in told.output or "端口" in told.output
        assert not told.exception or isinstance(told.exception, SystemExit)
    assert "出错：" in run("user", "add").output


def test_a_folder_without_files_to_deploy_is_told(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("x", "utf-8")
    told = run("deploy", str(tmp_path / "notes.txt"), "--data", str(tmp_path / "data"))
    assert told.exit_code == 1
    assert "没有可部署的文件" in told.output


def test_an_office_is_set_up_from_the_command_line(tmp_path: Path) -> None:
    data = ("--data", str(tmp_path / "data"))
    told = run("deploy", str(SAMPLE), *data)
    assert "没有人能发起“审查”" in told.output
    assert "没有指定由哪个组在网页上修改流程" in told.output
    office = tmp_path / "office.json"
    users = [
        {"id": "desk", "display": "受理员", "groups": ["受理岗"]},
        {"id": "admin", "display": "管理员", "groups": ["流程管理"]},
    ]
    content = {
        "product": "办案",
        "processAdmins": "流程管理",
        "groups": ["受理岗", "流程管理"],
        "users": users,
    }
    office.write_text(json.dumps(content), "utf-8")
    told = run("office", str(office), *data, input=f"{PASSWORD}\n{PASSWORD}\n")
    assert told.exit_code == 0, told.output
    assert "没有人能发起" not in told.output
    assert "组“审查岗”里没有账号" in told.output
    assert run("group", "add", "审查岗", *data).exit_code == 0
    assert run("user", "change", "desk", "--group", "受理岗", "--group", "审查岗", *data).exit_code == 0
    assert "两步却只有同一个人" in run("doctor", *data).output
    added = ("user", "add", "exam", "--display", "审查员", "--group", "审查岗", "--password", PASSWORD)
    assert run(*added, *data).exit_code == 0
    assert "提醒" not in run("doctor", *data).output
    assert "审查岗    desk" in run("group", "list", *data).output
    assert run("user", "change", "desk", "--close", *data).exit_code == 0
    assert "已停用" in run("user", "list", *data).output
    assert "没有账号“ghost”" in run("user", "change", "ghost", *data).output


def test_the_record_is_verified_from_the_command_line(tmp_path: Path) -> None:
    data = ("--data", str(tmp_path / "data"))
    run("deploy", str(SAMPLE), *data)
    run("user", "add", "desk", "--display", "受理员", "--group", "受理岗", "--password", PASSWORD, *data)
    place = Place(tmp_path / "data")
    engine = place.open_engine()
    engine.start("review", {"标题": "设施失修"}, by="desk")
    engine.close()
    assert "核对了1件，记录完整" in run("audit", "verify", *data).output
    with closing(sqlite3.connect(place.data / DATABASE)) as connection, connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f'DROP TRIGGER "{name}"')
        connection.execute("UPDATE history_event SET actor = 'other' WHERE seq = 1")
    told = run("audit", "verify", *data)
    assert told.exit_code == 1
    assert "第1条记录与校验值不符" in told.output
    told = run("audit", "verify", "--json", *data)
    assert told.exit_code == 1
    assert [(one["place"], one["number"]) for one in json.loads(told.output)["breaches"]] == [("case", 1)]


def test_the_record_is_sealed_and_its_code_on_paper_checked(tmp_path: Path) -> None:
    data = ("--data", str(tmp_path / "data"))
    run("deploy", str(SAMPLE), *data)
    run("user", "add", "desk", "--display", "受理员", "--group", "受理岗", "--password", PASSWORD, *data)
    with closing(Place(tmp_path / "data").open_engine()) as engine:
        engine.start("review", {"标题": "设施失修"}, by="desk")
    assert "没有新的记录" not in run("audit", "anchor", *data).output
    assert "没有新的记录" in run("audit", "anchor", *data).output
    (line,) = [one for one in run("audit", "codes", *data).output.splitlines() if one[:2] == "20"]
    day, _, number, code, cases = line.split()
    assert (number, cases) == ("1", "1")
    whole = run("audit", "verify", "--code", f"{code}@{day}", *data)
    assert whole.exit_code == 0 and "记录完整" in whole.output and "1个锚点" in whole.output
    slip = run("audit", "verify", "--code", f"{code[:-1]}{'0' if code[-1] != '0' else '1'}@{day}", *data)
    assert slip.exit_code == 2 and "抄写有误" in slip.output
    other = run("audit", "verify", "--code", f"00000-00000-00000-00000@{day}", *data)
    assert other.exit_code == 1 and "整体改写" in other.output
    assert "sm3" in run("audit", "hash", "sm3", *data).output
    assert "没有超过期限" in run("audit", "prune", *data).output
    assert "180" in run("audit", "prune", "--days", "10", *data).output
    assert "触发器" in run("db", "grants", "--role", "someone", *data).output
    assert "没有案件" in run("audit", "verify", "--case", "nothing", *data).output
