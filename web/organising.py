"""The command `wenze org`: units, positions, who holds them."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import click

from engine import SHEETS, Import
from web.organisation import VERBS, Branch, tree
from web.terminal import data_option, opened

SHOWN = 200  #: changes


@click.group()
def org() -> None:
    """管理组织机构：单位、岗位、人员、任职、分工。"""


@org.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="只列出会有哪些变动，不写入")
@click.option("--whole", is_flag=True, help="文件是全部：表中没有列出的在用项到昨天为止")
@data_option
def import_(file: Path, dry_run: bool, whole: bool, data: Path) -> None:
    """用 CSV（一张表）或 XLSX（各表一页）更新组织机构；有一处错误就全部不写入。"""
    with opened(data) as engine:
        made = engine.import_organisation(file.name, file.read_bytes(), by="", whole=whole, dry_run=dry_run)
    _tell(made)
    click.echo("以上是预览，没有写入。" if dry_run else "已写入。" if made.changes else "没有变动。")


def _tell(made: Import) -> None:
    for one in made.changes[:SHOWN]:
        cells = "，".join(
            f"{heading}：{one.before[heading] or '（空）'} → {text or '（空）'}"
            if heading in one.before
            else f"{heading}：{text}"
            for heading, text in one.after.items()
        )
        click.echo(
            f"{VERBS[one.verb]}  {one.sheet}  {cells if one.verb == 'added' else f'{one.key}  {cells}'}"
        )
    if len(made.changes) > SHOWN:
        click.echo(f"……还有{len(made.changes) - SHOWN}处")
    counts = "，".join(f"{word}{made.count(verb)}" for verb, word in VERBS.items())
    click.echo(f"{counts}，不变{sum(made.unchanged.values())}")


@org.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--sheet", type=click.Choice([one.title for one in SHEETS]), help="只要这一张表，写成 CSV")
@data_option
def export(file: Path, sheet: str | None, data: Path) -> None:
    """写出组织机构，格式与 import 相同。"""
    with opened(data) as engine:
        file.write_bytes(engine.export_organisation(sheet or ""))
    click.echo(f"已写出 {file}。")


@org.command("show")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="哪一天的，默认今天")
@data_option
def show(on: datetime | None, data: Path) -> None:
    """列出某一天的单位、岗位和任职。"""
    with opened(data) as engine:
        day = on.date() if on else date.today()
        branches = tree(engine.organisation(day))
    for one in branches:
        _show(one, 0)


def _show(branch: Branch, depth: int) -> None:
    click.echo(f"{'  ' * depth}{branch.unit.name}（{branch.unit.code}）")
    for seat in branch.seats:
        holders = "、".join(f"{name}（{account}）" if account else name for name, account in seat.holders)
        charges = f"  分管{'、'.join(seat.charges)}" if seat.charges else ""
        click.echo(f"{'  ' * depth}  - {seat.position.name}：{holders or '空缺'}{charges}")
    for one in branch.below:
        _show(one, depth + 1)


COMMANDS = (org,)
