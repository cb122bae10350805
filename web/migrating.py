"""`wenze migrate`: running cases go on in another version of their process."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from engine import Engine, InvalidInput, MigrationOutcome, MigrationPlan, PlannedMove, Problem
from web.terminal import data_option, opened


@click.command()
@click.argument("process")
@click.option("--to", "target", type=int, required=True, help="迁移到第几版")
@click.option("--from", "source", type=int, help="只迁移这一版的案件；省略时是其他各版")
@click.option("--map", "pairs", multiple=True, metavar="旧=新", help="编号改了的步骤或连线，可多次")
@click.option("--reason", default="", help="迁移的理由，记入办理记录")
@click.option("--dry-run", is_flag=True, help="只列出每件能否迁移，不迁移")
@click.option("--json", "as_json", is_flag=True, help="以JSON输出")
@data_option
def migrate(
    process: str,
    target: int,
    source: int | None,
    pairs: tuple[str, ...],
    reason: str,
    dry_run: bool,
    as_json: bool,
    data: Path,
) -> None:
    """把正在办理的案件迁移到流程的另一版；不能迁移的说明原因。"""
    if not dry_run and not reason.strip():
        raise click.UsageError("请用 --reason 写明理由，或先用 --dry-run 看一看。")
    elements = _elements(pairs)
    rows: list[tuple[MigrationPlan, PlannedMove | MigrationOutcome]] = []
    with opened(data) as engine:
        for number in [source] if source is not None else _others(engine, process, target):
            plan = engine.plan_migration(process, number, target, elements, by="")
            made = plan.instances if dry_run else engine.migrate(plan, reason, by="")
            rows += [(plan, one) for one in made]
    if as_json:
        click.echo(json.dumps([_told(plan, one) for plan, one in rows], ensure_ascii=False))
    else:
        _print(rows, dry_run=dry_run)
    if any(one.problems for _, one in rows):
        raise SystemExit(1)


def _others(engine: Engine, process: str, target: int) -> list[int]:
    return sorted(one.version for one in engine.versions(process) if one.version != target)


def _elements(pairs: Iterable[str]) -> dict[str, str]:
    found = {}
    for pair in pairs:
        old, sign, new = (part.strip() for part in pair.partition("="))
        if not (old and sign and new):
            raise InvalidInput(f"“{pair}”应写成 旧=新。")
        found[old] = new
    return found


def _told(plan: MigrationPlan, one: PlannedMove | MigrationOutcome) -> dict[str, Any]:
    return {
        "instance": one.instance_id,
        "case": one.case,
        "from": plan.source,
        "to": plan.target,
        "moves": not one.problems,
        "problems": [problem.to_json() for problem in one.problems],
    }


def _print(rows: list[tuple[MigrationPlan, PlannedMove | MigrationOutcome]], *, dry_run: bool) -> None:
    good = "可迁移" if dry_run else "已迁移"
    bad = 0
    for plan, one in rows:
        if not one.problems:
            click.echo(f"{good}    {one.case}  {plan.source} → {plan.target}")
            continue
        bad += 1
        click.echo(f"不能迁移  {one.case}  {plan.source}", err=True)
        for problem in one.problems:
            click.echo(f"          {_line(problem)}", err=True)
    click.echo(f"{good}{len(rows) - bad}件，不能迁移{bad}件。" if rows else "没有要迁移的案件。")


def _line(problem: Problem) -> str:
    return f"{problem.message}{problem.hint}"


COMMANDS = (migrate,)
