"""The commands `wenze try`, `decide` and `check`: what files do, told in a throw-away database."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

import engine
from engine import Attempt, InvalidInput, JsonObject, Problem, Resource, Trial
from web.terminal import print_problems

FAILED, REFUSED = 1, 2  #: exit statuses; 0 is completed, waiting or found
STATES = {"completed": "已结束", "waiting": "在等待", "failed": "失败", "cancelled": "已取消"}

files_argument = click.argument(
    "files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
given_option = click.option("--with", "given", default="", help="开始时的数据，FEEL，如 {金额: 100}")
json_option = click.option("--json", "as_json", is_flag=True, help="以JSON输出")
batch_option = click.option("--batch", is_flag=True, help="从标准输入每行读一个JSON请求，每行答一个")


@click.command("try")
@files_argument
@click.option(
    "--process", "processes", multiple=True, help="要发起的流程的id；可重复；默认为不被其他流程调用的第一个"
)
@given_option
@click.option(
    "--answer", "answers", multiple=True, metavar="环节=数据", help="用户任务填写的内容；可重复，依次使用"
)
@click.option("--message", "messages", multiple=True, metavar="名称=数据", help="有步骤等待时送达的消息")
@click.option("--signal", "signals", multiple=True, metavar="名称=数据", help="有步骤等待时发出的信号")
@click.option("--wait", type=click.FloatRange(0), default=0, help="为定时器最多等多少秒")
@click.option("--fast-forward", is_flag=True, help="把时钟拨到下一个定时")
@json_option
@batch_option
def try_(
    files: tuple[Path, ...],
    processes: tuple[str, ...],
    given: str,
    answers: tuple[str, ...],
    messages: tuple[str, ...],
    signals: tuple[str, ...],
    wait: float,
    fast_forward: bool,
    as_json: bool,
    batch: bool,
) -> None:
    """在临时的数据库里试办流程文件。"""
    if _batched(batch, files):
        return
    rounds: dict[str, list[str]] = {}
    for name, text in _pairs(answers, "--answer"):
        rounds.setdefault(name, []).append(text)
    attempt = Attempt(
        _resources(files),
        processes or "",
        given,
        rounds,
        dict(_pairs(messages, "--message")),
        wait,
        fast_forward,
        dict(_pairs(signals, "--signal")),
    )
    told = _trial().attempt(attempt)
    _print_json(told) if as_json else _print_outcome(told)
    raise SystemExit(REFUSED if told["refused"] else FAILED if told["state"] == "failed" else 0)


@click.command()
@files_argument
@click.option("--decision", default="", help="决策的id或名称")
@given_option
@json_option
@batch_option
def decide(files: tuple[Path, ...], decision: str, given: str, as_json: bool, batch: bool) -> None:
    """按决策文件得出结论。"""
    if _batched(batch, files):
        return
    if not decision:
        raise click.UsageError("请用 --decision 指明决策的id或名称。")
    told = _decided(files, decision, given)
    error = told["error"]
    if as_json:
        _print_json(told)
    elif error:
        click.echo(f"错误  {error['message']}", err=True)
    else:
        for warning in told.get("warnings", ()):
            click.echo(f"提示  {warning}", err=True)
        click.echo(told["feel"])
    if error:
        raise SystemExit(REFUSED if error.get("code") == "InvalidDefinition" else FAILED)


@click.command()
@files_argument
@json_option
def check(files: tuple[Path, ...], as_json: bool) -> None:
    """检查流程文件，列出全部问题，不部署。"""
    if not files:
        raise click.UsageError("请写明要检查的文件。")
    found = _trial().check(_resources(files))
    errors = any(problem.severity == "error" for problem in found)
    if as_json:
        _print_json([{**problem.to_json(), "severity": problem.severity} for problem in found])
    else:
        print_problems(found)
        click.echo("有错误，不能部署。" if errors else "检查通过。")
    raise SystemExit(REFUSED if errors else 0)


COMMANDS = (try_, decide, check)


def _trial() -> Trial:
    logging.getLogger("wenze.jobs").setLevel(logging.CRITICAL)  # failures are told as incidents
    return Trial()


def _resources(files: Iterable[Path]) -> list[Resource]:
    return [Resource(path.as_posix(), path.read_bytes()) for path in files]


def _pairs(options: Iterable[str], option: str) -> Iterable[tuple[str, str]]:
    for text in options:
        name, sign, value = text.partition("=")
        if not sign or not name.strip():
            raise click.UsageError(f"{option} 应写成“名称=数据”，如 {option} 名称='{{同意: true}}'。")
        yield name.strip(), value


def _decided(files: Sequence[Path], decision: str, given: str) -> JsonObject:
    """The first file's decision; it may import the other files and those in its folder."""
    first, *others = files
    content = first.read_bytes()
    if b"import" in content:
        others += [path for path in sorted(first.parent.glob("*.dmn")) if path.is_file()]
    beside = {path.as_posix(): path.read_bytes() for path in others if not path.samefile(first)}
    return engine.decide(content, first.as_posix(), decision, given or "{}", beside)


# -- many requests ------------------------------------------------------------------------------------------


def _batched(batch: bool, files: tuple[Path, ...]) -> bool:
    """Whether requests came from the standard input; UsageError when there is nothing to do."""
    if not batch and not files:
        raise click.UsageError("请写明文件，或用 --batch 从标准输入读取请求。")
    if batch:
        trial = _trial()
        for line in sys.stdin.buffer:
            if line.strip():
                _print_json(_answered(trial, line))
    return batch


def _answered(trial: Trial, line: bytes) -> JsonObject:
    """The answer to one line; whatever is wrong with it, the next one is read."""
    try:
        request = json.loads(line)
        if not isinstance(request, dict):
            raise InvalidInput("请求应是一个JSON对象。")
        return _reply(trial, request)
    except ValueError as error:
        return {"error": {"message": f"这一行不是可用的JSON请求：{error}"}}
    except Exception as error:  # one bad request must not end thousands
        return {"error": {"message": str(error) or type(error).__name__}}


def _reply(trial: Trial, request: Mapping[str, Any]) -> JsonObject:
    files = [Path(name) for name in request.get("files") or ()]
    if not files:
        raise InvalidInput("请求缺少 files。")
    given = request.get("with") or ""
    if request.get("decision"):
        text = given if isinstance(given, str) else json.dumps(given, ensure_ascii=False)
        return _decided(files, request["decision"], text)
    answers = request.get("answers") or {}
    rounds = {name: one if isinstance(one, list) else [one] for name, one in answers.items()}
    return trial.attempt(
        Attempt(
            _resources(files),
            request.get("process") or "",
            given,
            rounds,
            dict(request.get("messages") or {}),
            float(request.get("wait") or 0),
            bool(request.get("fast_forward")),
            dict(request.get("signals") or {}),
        )
    )


# -- telling ------------------------------------------------------------------------------------------------


def _print_json(told: Any) -> None:
    """One line; half a surrogate pair comes out as its JSON escape."""
    click.echo(json.dumps(told, ensure_ascii=False).encode("utf-8", "backslashreplace"))
    sys.stdout.flush()


def _print_outcome(told: JsonObject) -> None:
    if told["refused"]:
        print_problems(
            Problem(one["message"], one["file"], one["element"], one["line"], one["hint"])
            for one in told["refused"]
        )
        click.echo("没有部署，请先改正。")
        return
    for one in told["history"]:
        click.echo(f"{one['at'][:19]}  {STATES[one['state']]}  {one['element']}（{one['type']}）")
    for one in told["open"]:
        click.echo(f"{STATES['waiting']}  {one['element']}（{one['type']}）")
    click.echo(f"数据  {json.dumps(told['variables'], ensure_ascii=False)}")
    if told["incident"]:
        click.echo(f"错误  {told['incident']['element']}：{told['incident']['message']}", err=True)
    click.echo(f"结果  {STATES[told['state']]}")
