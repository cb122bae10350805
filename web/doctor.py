"""`wenze doctor`: whether the program can run, which cases are stuck and why, and repairing them."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import click

from engine import Engine, EngineError, Finding, Problem, Resource, Unavailable
from web.server import KEY_FILE, OFFICE, STATIC, Place
from web.terminal import data_option, remind
from web.wording import stamp

NO_BUNDLE = "没有前端文件 web/static/dist，请用 pip install 安装。"
SHORTEST_KEY = 32  #: characters
PROBE = (
    b'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="t">'
    b'<process id="probe" isExecutable="true"><startEvent id="a"/><sequenceFlow id="f" sourceRef="a" '
    b'targetRef="b"/><endEvent id="b"/></process></definitions>'
)


@dataclass(slots=True)
class Diagnosis:
    """All that the doctor has to say."""

    about: list[tuple[str, str]]
    bad: list[str] = field(default_factory=list)  #: what keeps the program from running
    reminders: list[Problem] = field(default_factory=list)
    left: list[Finding] = field(default_factory=list)  #: what is stuck, and wasn't repaired
    repaired: list[Finding] = field(default_factory=list)

    @property
    def status(self) -> int:
        """The exit status: 1 while something is wrong."""
        return 1 if self.bad or any(one.severity == "error" for one in self.left) else 0

    def tell(self) -> None:
        """Say it in lines."""
        for label, value in self.about:
            click.echo(f"{label}      {value}" if len(label) == 2 else f"{label}    {value}")
        remind(self.reminders)
        for one in self.repaired:
            click.echo(f"已修复    {one}（{one.repair}）")
        for one in self.left:
            more = f"可用 --repair {one.repair}。" if one.repair else ""
            error = one.severity == "error"
            click.echo(f"{'有问题' if error else '提醒  '}    {one}{more}", err=error)
        for line in self.bad:
            click.echo(f"有问题    {line}", err=True)
        if self.status == 0:
            click.echo("可以运行。")

    def to_json(self) -> str:
        """The same as one JSON object."""
        told = {
            "about": dict(self.about),
            "problems": self.bad,
            "reminders": [one.to_json() for one in self.reminders],
            "findings": [one.to_json() for one in self.left],
            "repaired": [one.to_json() for one in self.repaired],
        }
        return json.dumps(told, ensure_ascii=False)


@click.command()
@click.option("--deep", is_flag=True, help="逐件核对未结案件的状态和记录，案件多时较慢")
@click.option("--repair", "repairs", is_flag=True, help="修复可以放心修复的，记入办理记录")
@click.option("--json", "as_json", is_flag=True, help="以JSON输出")
@data_option
def doctor(deep: bool, repairs: bool, as_json: bool, data: Path) -> None:
    """检查运行条件，找出停住的案件和原因。"""
    place = Place(data)
    found = Diagnosis([("程序", f"Python {platform.python_version()}，{platform.machine()}")], _files())
    try:
        engine = place.open_engine()
    except (Unavailable, OSError) as error:
        found.bad.append(str(error))
    else:
        try:
            _look(place, engine, found)
            _heal(engine, engine.diagnose(deep=deep), found, repairs=repairs)
        finally:
            engine.close()
    if as_json:
        click.echo(found.to_json())
    else:
        found.tell()
    if found.status:
        raise SystemExit(found.status)


def _files() -> list[str]:
    missing = [] if (STATIC / "app.js").exists() else [NO_BUNDLE]
    return missing if OFFICE.exists() else [*missing, "没有演示单位 bpmn/demo/office.json。"]


def _look(place: Place, engine: Engine, found: Diagnosis) -> None:
    kind = f"SQLite，{place.data}" if place.is_sqlite else "PostgreSQL"
    found.about += [("数据库", kind), ("流程", f"{len(engine.definitions())}个")]
    names = {one.key: one.name for one in engine.definitions()}
    starts = [f"“{names.get(key, key)}”{stamp(at)}" for key, at in engine.next_starts().items()]
    found.about += [("下次自动发起", "，".join(starts))] if starts else []
    found.reminders += [*engine.gaps(), *_key(place)]
    probed = engine.check([Resource("probe.bpmn", PROBE)])
    found.bad += [str(problem) for problem in probed if problem.severity == "error"]


def _heal(engine: Engine, findings: Iterable[Finding], found: Diagnosis, *, repairs: bool) -> None:
    for one in findings:
        if not repairs or not one.repair:
            found.left.append(one)
            continue
        try:
            engine.repair(one, by="")
        except EngineError as refusal:
            click.echo(f"没有修复  {one}{refusal.message}", err=True)
            found.left.append(one)
        else:
            found.repaired.append(one)


def _key(place: Place) -> Iterable[Problem]:
    """What the key of the sessions should be where several processes may serve."""
    key = os.environ.get("WENZE_SECRET_KEY", "")
    if key and len(key) < SHORTEST_KEY:
        yield Problem(f"WENZE_SECRET_KEY 太短，至少{SHORTEST_KEY}个字符。")
    if not key and not place.is_sqlite:
        hint = "几台机器提供网页时，须在各台设同一个 WENZE_SECRET_KEY。"
        yield Problem(f"登录密钥在 {place.data / KEY_FILE}，只供本机使用。", hint=hint, severity="warning")


COMMANDS = (doctor,)
