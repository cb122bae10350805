"""The commands `wenze audit`: seal the record, print its codes, verify it, choose how it is kept."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date, timedelta
from pathlib import Path

import click

from engine import Breach, read_code
from web.terminal import data_option, opened, table
from web.wording import local

PLACES = {"case": "案件", "audit": "记录", "anchor": "锚点", "document": "材料"}


@click.group()
def audit() -> None:
    """封存和核对记录。"""


@audit.command()
@data_option
def anchor(data: Path) -> None:
    """立即封存一次，给出核对码，请抄录在纸上。"""
    with opened(data) as engine:
        made = engine.seal_record()
        if made is None:
            click.echo("上次封存以来没有新的记录。")
            return
        click.echo(f"第{made.number}号  {local(made.at):%Y-%m-%d %H:%M}  {made.code}")
        click.echo(f"封存了{made.cases}件案件的办理记录和{made.events}条其他记录。")


@audit.command()
@click.option("--days", type=click.IntRange(1), default=30, show_default=True, help="最近几天")
@click.option("--all", "every", is_flag=True, help="列出每一次封存，不只是每天最后一次")
@data_option
def codes(days: int, every: bool, data: Path) -> None:
    """列出每天最后一次封存的核对码，供打印存档。"""
    with opened(data) as engine:
        since = engine.now() - timedelta(days=days)
        made = engine.anchors(since)
    kept = made if every else tuple({local(one.at).date(): one for one in made}.values())
    rows = [
        (f"{local(one.at):%Y-%m-%d}", f"{local(one.at):%H:%M}", str(one.number), one.code, str(one.total))
        for one in kept
    ]
    for line in table(("日期", "时间", "编号", "核对码", "案件数"), rows):
        click.echo(line)


@audit.command()
@click.option("--case", "case", default="", help="只核对这一件（案号或编号）")
@click.option("--code", "codes", multiple=True, metavar="核对码@日期", help="纸上的核对码，可多次")
@click.option("--json", "as_json", is_flag=True, help="以JSON输出")
@data_option
def verify(case: str, codes: tuple[str, ...], as_json: bool, data: Path) -> None:
    """核对全部记录是否被改动过，说明改动在哪里。"""
    asked = [_code(one) for one in codes]
    with opened(data) as engine:
        found = engine.verify_record(engine.case_named(case) if case else "", asked)
        numbers = engine.case_numbers(tuple({one.instance_id for one in found.breaches if one.instance_id}))
        registers = [] if case else [one.message for one in engine.verify_registers()]
    if as_json:
        click.echo(json.dumps(asdict(found) | {"registers": registers}, ensure_ascii=False))
    else:
        for message in registers:
            click.echo(f"错误  {message}", err=True)
        for one in found.breaches:
            click.echo(f"错误  {_where(one, numbers.get(one.instance_id, ''))}：{one.message}", err=True)
        bad = len(found.breaches) + len(registers)
        told = f"有{bad}处不符" if bad else "记录完整"
        click.echo(f"核对了{found.cases}件，{told}。")
        click.echo(f"共{found.entries}条办理记录、{found.events}条其他记录、{found.anchors}个锚点。")
    if found.breaches or registers:
        raise SystemExit(1)


def _where(breach: Breach, number: str) -> str:
    what = number or breach.instance_id or PLACES[breach.place]
    at = f"第{breach.number}号" if breach.number is not None and breach.place in ("audit", "anchor") else ""
    return f"{what}{at}"


def _code(text: str) -> tuple[str, date]:
    """A code and its day."""
    code, _, day = text.partition("@")
    try:
        return read_code(code), date.fromisoformat(day.strip())
    except ValueError as error:
        raise click.UsageError(f"“{text}”抄写有误，应写成“核对码@日期”，如 0AB1C-…@2026-03-02。") from error


@audit.command("hash")
@click.argument("name", type=click.Choice(("sha256", "sm3")))
@data_option
def hash_(name: str, data: Path) -> None:
    """以后的记录改用这种算法校验（国密为sm3）；原有的记录不变，仍可核对。"""
    with opened(data) as engine:
        engine.choose_hash(name, by="")
    click.echo(f"以后的记录用{name}校验。")


@audit.command()
@click.option("--days", type=int, help="查看记录至少保存几天，不少于180")
@data_option
def prune(days: int | None, data: Path) -> None:
    """删去超过保存期限的查看记录，并把删去了什么记录下来；其他记录永久保存。"""
    with opened(data) as engine:
        removed = engine.prune_looks(days)
    click.echo(f"删去了{removed}条超过期限的查看记录。" if removed else "没有超过期限的查看记录。")


COMMANDS = (audit,)
