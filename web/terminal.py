"""What the commands share: Chinese refusals, options, tables, an engine for one command."""

from __future__ import annotations

import getpass
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from engine import COMMAND_LINE, Engine, EngineError, Problem, acting_from
from web.server import Place

data_option = click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("data"),
    show_default=True,
    help="数据文件夹",
)


class Commands(click.Group):
    """A group of commands that tells a refusal in Chinese and ends with a status, never with a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that the arguments name."""
        try:
            return super().invoke(ctx)
        except click.exceptions.NoArgsIsHelpError:
            raise
        except click.ClickException as error:
            raise click.exceptions.Exit(_tell(error)) from error
        except click.Abort:
            click.echo("已取消。", err=True)
        except EngineError as error:
            print_problems(error.problems or [Problem(error.message)])
        except OSError as error:
            where = f"“{error.filename}”" if error.filename else ""
            click.echo(f"出错：{where}不能读写（{error.strerror}）。请检查路径和权限。", err=True)
        raise click.exceptions.Exit(1)


def _tell(error: click.ClickException) -> int:
    context = error.ctx if isinstance(error, click.UsageError) else None
    if context is not None:
        click.echo(f"用法：{context.command_path} {' '.join(context.command.collect_usage_pieces(context))}")
        click.echo(f"详见：{context.command_path} --help", err=True)
    click.echo(f"出错：{error.format_message()}", err=True)
    return error.exit_code


def _here() -> str:
    """The command line, and whose it is on this machine."""
    try:
        return f"{COMMAND_LINE}（{getpass.getuser()}）"
    except (OSError, KeyError):  # an account without a name, as in some containers
        return COMMAND_LINE


@contextmanager
def opened(data: Path) -> Iterator[Engine]:
    """An engine for one command."""
    engine = Place(data).open_engine()
    try:
        with acting_from(_here()):
            yield engine
    finally:
        engine.close()


def print_problems(problems: Iterable[Problem]) -> None:
    """One line each: errors to the error channel, reminders to the ordinary one."""
    for problem in problems:
        label = "错误" if problem.severity == "error" else "提醒"
        click.echo(f"{label}  {problem}", err=problem.severity == "error")


def remind(problems: Iterable[Problem]) -> None:
    """What is missing but hinders nothing now."""
    for problem in problems:
        click.echo(f"提醒  {problem}")


def width(text: str) -> int:
    """Columns that a terminal needs for the text: wide characters take two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Lines of a table whose columns are aligned in a terminal."""
    lines = [tuple(head), *(tuple(row) for row in rows)]
    widths = [max(width(line[at]) for line in lines) for at in range(len(head))]
    return [
        "  ".join(cell + " " * (widths[at] - width(cell)) for at, cell in enumerate(line)).rstrip()
        for line in lines
    ]
