"""`wenze calendar`: the office's own days off and on."""

from __future__ import annotations

from pathlib import Path

import click

from web.terminal import data_option, opened


@click.group()
def calendar() -> None:
    """本单位自己的放假日和上班日。"""


@calendar.command("load")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@data_option
def load(file: Path, data: Path) -> None:
    """载入本单位的日历文件，整个换掉原来的；在办的期限随之重算。"""
    with opened(data) as served:
        moved = served.load_calendar(file.read_bytes(), file.name)
        days = served.calendar()
    click.echo(f"本单位的日历共{len(days)}天，重算了{moved}个期限。")


@calendar.command("show")
@data_option
def show(data: Path) -> None:
    """显示本单位的日历。"""
    with opened(data) as served:
        for one in served.calendar():
            click.echo(f"{one.day}  {'上班' if one.working else '放假'}  {one.why}")


COMMANDS = (calendar,)
