"""Commands of the administrator for cases that stand: what failed, data put right, trying again."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from engine import Engine, InvalidInput, NotFound
from web.terminal import data_option, opened, table


@click.group("case")
def case() -> None:
    """处理停住的案件。"""


@case.command()
@data_option
def incidents(data: Path) -> None:
    """列出出错而停住的步骤。"""
    with opened(data) as engine:
        found = engine.incidents("")
        rows = [(one.job_id, one.instance_id, one.element_id, one.message) for one in found]
    for line in table(("作业", "案件", "步骤", "原因"), rows) if rows else ["没有出错的步骤。"]:
        click.echo(line)


@case.command()
@click.argument("jobs", nargs=-1)
@click.option("--all", "every", is_flag=True, help="全部出错的步骤")
@click.option("--process", "definition_id", default="", help="与 --all 同用：流程的版本，如 initiation:2")
@click.option("--element", default="", help="与 --all 同用：步骤的编号")
@data_option
def retry(jobs: tuple[str, ...], every: bool, definition_id: str, element: str, data: Path) -> None:
    """重新执行出错的步骤，由正在运行的服务执行。"""
    if every == bool(jobs):
        raise click.UsageError("请写明作业，或用 --all。")
    with opened(data) as engine:
        if every:
            jobs = engine.retry_all(by="", definition_id=definition_id, element_id=element)
        else:
            for job in jobs:
                engine.retry(job, by="")
    click.echo(f"已安排重新执行{len(jobs)}步。")


@case.command()
@click.argument("number")
@click.argument("values", nargs=-1, required=True, metavar="名称=值...")
@click.option("--reason", required=True, help="更正的理由，记入办理记录")
@data_option
def correct(number: str, values: tuple[str, ...], reason: str, data: Path) -> None:
    """更正案件的数据，新旧值记入办理记录。值用JSON写，如 人数=3 结论='"同意"'。"""
    variables = _values(values)
    with opened(data) as engine:
        engine.correct(_instance(engine, number), variables, reason, by="")
    click.echo("已更正。")


def _instance(engine: Engine, number: str) -> str:
    """The id of the case with this id or case number."""
    rows = engine.cases("", search=number).items
    found = next((row for row in rows if number == row.instance.business_key), None)
    if found is not None:
        return found.instance.id
    try:
        return engine.case(number, by="").instance.id
    except NotFound as error:
        raise NotFound(f"没有案件“{number}”。") from error


def _values(texts: Iterable[str]) -> dict[str, Any]:
    found = {}
    for text in texts:
        name, sign, value = text.partition("=")
        if not sign or not name.strip():
            raise InvalidInput(f"“{text}”应写成 名称=值。")
        try:
            found[name.strip()] = json.loads(value)
        except ValueError as error:
            raise InvalidInput(f"“{name.strip()}”的值不是JSON，文字要加双引号。") from error
    return found


COMMANDS = (case,)
