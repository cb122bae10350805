"""The command `wenze`: demo, serve, worker, deploy, db; `web.administration` and others have the rest."""

from __future__ import annotations

import os
import secrets
import signal
import sys
import threading
import webbrowser
from collections.abc import Iterable
from pathlib import Path

import click

from engine import Engine, EngineError, Problem, Resource, Worker
from web.administration import COMMANDS
from web.doctor import COMMANDS as DOCTOR
from web.exporting import COMMANDS as DOSSIERS
from web.migrating import COMMANDS as MIGRATING
from web.office_days import COMMANDS as OFFICE_DAYS
from web.organising import COMMANDS as ORGANISING
from web.recorded import COMMANDS as RECORDED
from web.repair import COMMANDS as REPAIR
from web.server import BOOT_FAILED, DATABASE, OFFICE, STATIC, Place, Server, Serving, port_is_free
from web.shell import COMMANDS as SHELL
from web.standing_in import COMMANDS as STANDING_IN
from web.terminal import Commands, data_option, opened, print_problems, remind, table

LOGIN_FILE = "demo-login"  #: keeps the password of the demo accounts
DEPLOYED = (".bpmn", ".dmn", ".form.json", ".view.json", ".docx")

host_option = click.option("--host", default="127.0.0.1", show_default=True, help="监听地址")
port_option = click.option(
    "--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help="监听端口"
)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """流程引擎和办理平台。"""


for command in (
    *COMMANDS,
    *OFFICE_DAYS,
    *DOCTOR,
    *DOSSIERS,
    *MIGRATING,
    *ORGANISING,
    *RECORDED,
    *REPAIR,
    *SHELL,
    *STANDING_IN,
):
    main.add_command(command)


@main.command()
@host_option
@port_option
@data_option
@click.option("--reset", is_flag=True, help="清空演示数据，重新开始")
@click.option("--no-browser", is_flag=True, help="不打开浏览器")
def demo(host: str, port: int, data: Path, reset: bool, no_browser: bool) -> None:
    """载入演示单位和案件，启动服务。"""
    place = Place(data)
    if reset:
        _reset(place)
    _check_port(host, port)
    _check_bundle()
    password = place.kept(LOGIN_FILE, lambda: os.environ.get("WENZE_DEMO_PASSWORD") or _easy_password())
    click.echo("正在准备演示数据……")

    def prepare(engine: Engine) -> None:
        _load_office(engine, password)
        address = f"http://{host if host.strip('0.:') else 'localhost'}:{port}"
        _greet(engine, address, password, place)
        if not no_browser and _has_screen():
            threading.Timer(1, webbrowser.open, (address,)).start()

    Server(Serving(place, host, port, prepare=prepare)).run()


def _load_office(engine: Engine, password: str) -> None:
    try:
        engine.load_office(OFFICE, password=password)
        if not engine.organisation().units:
            for file in sorted((OFFICE.parent / "organisation").glob("*.csv")):
                engine.import_organisation(file.name, file.read_bytes(), by="")
    except EngineError as error:
        print_problems(error.problems or [Problem(error.message)])
        raise SystemExit(BOOT_FAILED) from error


def _reset(place: Place) -> None:
    """Delete the demo's database and password, after asking; nothing else in the folder is touched."""
    if os.environ.get("WENZE_DATABASE_URL"):
        raise click.ClickException("数据库由 WENZE_DATABASE_URL 指定，请自行清空。")
    files = [path for path in sorted(place.data.glob(f"{DATABASE}*")) if path.is_file()]
    if not files:
        return
    click.confirm(f"删除 {place.data / DATABASE} 中的全部数据？", abort=True)
    for path in (*files, place.data / LOGIN_FILE):
        path.unlink(missing_ok=True)


def _check_port(host: str, port: int) -> None:
    if not port_is_free(host, port):
        raise click.ClickException(f"端口 {port} 已被占用，请用 --port 换一个。")


def _check_bundle() -> None:
    if not (STATIC / "app.css").exists():
        click.echo(
            "提示：没有找到前端文件 web/static/dist，页面将没有样式。请用 pip install 安装。", err=True
        )


def _easy_password() -> str:
    """A password that can be typed from a terminal: three groups of letters and digits."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(4)) for _ in range(3))


def _has_screen() -> bool:
    return sys.platform == "darwin" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _greet(engine: Engine, address: str, password: str, place: Place) -> None:
    office = engine.office()
    rows = [(user.id, user.display, "、".join(sorted(user.groups))) for user in office.accounts]
    click.echo(f"\n{office.product}  {office.name}\n")
    for line in table(("账号", "岗位", "角色"), rows):
        click.echo(f"  {line}")
    click.echo(f"\n  密码都是  {password}")
    click.echo(f"  数据在    {place.data.resolve()}")
    click.echo(f"  地址      {address}\n\n按 Ctrl+C 停止，再次启动会接着办。")


@main.command()
@host_option
@port_option
@data_option
@click.option("--processes", type=click.IntRange(1, 64), default=1, show_default=True, help="进程数")
@click.option("--threads", type=click.IntRange(1, 64), default=8, show_default=True, help="每个进程的线程数")
@click.option("--jobs/--no-jobs", default=True, show_default=True, help="是否由本服务执行到期的作业")
@click.option("--behind-proxy", is_flag=True, help="前面有HTTPS代理")
def serve(
    host: str, port: int, data: Path, processes: int, threads: int, jobs: bool, behind_proxy: bool
) -> None:
    """启动服务。"""
    _check_port(host, port)
    _check_bundle()
    click.echo(f"http://{host}:{port}")
    Server(Serving(Place(data), host, port, processes, threads, jobs, behind_proxy)).run()


@main.command()
@data_option
def worker(data: Path) -> None:
    """只执行到期的作业，不提供页面。"""
    with opened(data) as engine:
        runner = Worker(engine)
        stopped = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda _number, _frame: stopped.set())
        runner.start()
        click.echo("正在执行作业，按 Ctrl+C 停止。")
        stopped.wait()
        runner.stop()


@main.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--name", default="", help="部署的名称")
@click.option("--check", is_flag=True, help="只检查，不部署")
@data_option
def deploy(files: tuple[Path, ...], name: str, check: bool, data: Path) -> None:
    """部署流程文件或整个文件夹。"""
    resources = read_resources(files)
    if not resources:
        raise click.ClickException("没有可部署的文件，扩展名应为 " + "、".join(DEPLOYED) + "。")
    with opened(data) as engine:
        problems = engine.check(resources)
        print_problems(problems)
        if any(problem.severity == "error" for problem in problems):
            raise click.ClickException("没有部署，请先改正。")
        if check:
            click.echo("检查通过，没有部署。")
            return
        made = engine.deploy(resources, name=name or files[0].resolve().stem, by="")
        for definition in made.definitions:
            click.echo(f"{definition.key} 第{definition.version}版  {definition.name}")
        if not made.definitions:
            click.echo("没有变动，没有产生新的版本。")
        remind(engine.gaps())


def read_resources(paths: Iterable[Path]) -> list[Resource]:
    """The files that can be deployed, and those of folders under the folder's name."""
    found: dict[str, bytes] = {}
    for path in paths:
        if path.is_dir():
            for file in sorted(path.rglob("*")):
                if file.is_file() and file.name.endswith(DEPLOYED):
                    found[f"{path.resolve().name}/{file.relative_to(path).as_posix()}"] = file.read_bytes()
        elif path.name.endswith(DEPLOYED):
            found[path.name] = path.read_bytes()
    return [Resource(name, content) for name, content in found.items()]


@main.group()
def db() -> None:
    """管理数据库。"""


@db.command()
@data_option
def upgrade(data: Path) -> None:
    """把数据库升级到本版程序的结构。"""
    with opened(data):
        click.echo("数据库已是最新结构。")


@db.command()
@click.option("--role", required=True, help="程序连接数据库所用的角色，不是表的属主")
@data_option
def grants(role: str, data: Path) -> None:
    """以属主的身份执行：让程序的角色对记录只能增加，不能改动或删除（PostgreSQL）。"""
    with opened(data) as engine:
        for statement in engine.grant(role):
            click.echo(f"{statement};")
