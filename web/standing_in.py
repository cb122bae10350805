"""The command `wenze substitute`: who does somebody's new tasks while he is away."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from web.terminal import data_option, opened, table

ZONE = ZoneInfo("Asia/Shanghai")
DAY = click.DateTime(["%Y-%m-%d"])


@click.group()
def substitute() -> None:
    """管理代理：不在岗时由谁办理新到的任务。"""


@substitute.command("add")
@click.argument("person")
@click.argument("to")
@click.option("--from", "since", type=DAY, required=True, help="开始日期")
@click.option("--until", type=DAY, required=True, help="结束日期，当天也算在内")
@click.option("--process", "processes", multiple=True, help="流程的id，可多次；不写就是全部流程")
@click.option("--reason", required=True, help="理由")
@data_option
def add(
    person: str,
    to: str,
    since: datetime,
    until: datetime,
    processes: tuple[str, ...],
    reason: str,
    data: Path,
) -> None:
    """由 TO 代理 PERSON。"""
    with opened(data) as engine:
        made = engine.appoint_substitute(
            person,
            to,
            since.replace(tzinfo=ZONE),
            until.replace(tzinfo=ZONE) + timedelta(days=1),
            reason,
            by="",
            processes=processes,
        )
    click.echo(f"已指定 {to} 代理 {person}，编号 {made.id}。")


@substitute.command("end")
@click.argument("number")
@data_option
def end(number: str, data: Path) -> None:
    """提前结束编号为 NUMBER 的代理。"""
    with opened(data) as engine:
        engine.end_substitution(number, by="")
    click.echo("已结束代理。")


@substitute.command("list")
@data_option
def list_(data: Path) -> None:
    """列出正在和将要进行的代理。"""
    with opened(data) as engine:
        rows = [
            (
                one.id,
                one.person,
                one.substitute,
                f"{one.since.astimezone(ZONE):%Y-%m-%d}",
                f"{one.until.astimezone(ZONE) - timedelta(seconds=1):%Y-%m-%d}",
                "、".join(one.processes) or "全部",
                one.reason,
            )
            for one in engine.substitutions()
        ]
    for line in table(("编号", "本人", "代理人", "开始", "结束", "流程", "理由"), rows):
        click.echo(line)


COMMANDS = (substitute,)
