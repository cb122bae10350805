"""Commands of the administrator: accounts, groups, the office's names, the record."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import click

from engine import Engine, NotFound, User
from web.terminal import data_option, opened, remind, table
from web.wording import counted

FIRST_ASKED = "新账号的初始密码"

lasting_option = click.option("--lasting", is_flag=True, help="首次登录时不要求本人更改密码")


@click.group()
def user() -> None:
    """管理账号。"""


@user.command("add")
@click.argument("login")
@click.option("--display", required=True, help="岗位，如“第三室 承办人”")
@click.option("--unit", default="", help="单位")
@click.option("--group", "groups", multiple=True, help="角色，可多次")
@click.password_option("--password", prompt="密码", confirmation_prompt="再输一次", help="省略时询问")
@lasting_option
@data_option
def user_add(
    login: str, display: str, unit: str, groups: tuple[str, ...], password: str, lasting: bool, data: Path
) -> None:
    """新增账号。"""
    with opened(data) as engine:
        _add_groups(engine, groups)
        engine.add_user(User(login, display, unit, frozenset(groups)), password, temporary=not lasting)
    click.echo(f"已新增账号 {login}。")


def _add_groups(engine: Engine, groups: tuple[str, ...]) -> None:
    known = engine.groups()
    for group in groups:
        engine.add_group(group)
        if group not in known:
            click.echo(f"提醒  新设了组“{group}”。流程里的组名须与它一字不差。")


@user.command("change")
@click.argument("login")
@click.option("--display", help="岗位")
@click.option("--unit", help="单位")
@click.option("--group", "groups", multiple=True, help="角色，可多次；写了就以此为准")
@click.option("--email", help="邮箱，通知发到这里；写空的则不发")
@click.option("--close/--open", "closed", default=None, help="停用或恢复")
@data_option
def user_change(
    login: str,
    display: str | None,
    unit: str | None,
    groups: tuple[str, ...],
    email: str | None,
    closed: bool | None,
    data: Path,
) -> None:
    """改岗位、单位、角色，停用或恢复账号。没有写的不变。"""
    with opened(data) as engine:
        known = next((one for one in engine.users() if one.id == login), None)
        if known is None:
            raise NotFound(f"没有账号“{login}”。")
        if closed and known.active and (left := engine.counts(login)["todo"]):
            click.echo(f"提醒  {login} 名下还有{counted(left)}项待办，停用前应由本人退回或办结。")
        _add_groups(engine, groups)
        engine.change_user(
            replace(
                known,
                display=known.display if display is None else display,
                unit=known.unit if unit is None else unit,
                groups=frozenset(groups) if groups else known.groups,
                active=known.active if closed is None else not closed,
                email=known.email if email is None else email,
            )
        )
    click.echo(f"已改账号 {login}。")


@user.command("password")
@click.argument("login")
@click.password_option("--password", prompt="新密码", confirmation_prompt="再输一次", help="省略时询问")
@lasting_option
@data_option
def user_password(login: str, password: str, lasting: bool, data: Path) -> None:
    """重设密码，解除锁定，结束已有的登录。"""
    with opened(data) as engine:
        engine.set_password(login, password, temporary=not lasting)
    click.echo(f"已重设 {login} 的密码。")


@user.command("list")
@data_option
def user_list(data: Path) -> None:
    """列出账号。"""
    with opened(data) as engine:
        rows = [
            (one.id, one.display, one.unit, "、".join(sorted(one.groups)), "" if one.active else "已停用")
            for one in engine.users()
        ]
    for line in table(("账号", "岗位", "单位", "角色", "状态"), rows):
        click.echo(line)


@click.group()
def group() -> None:
    """管理组（角色）。"""


@group.command("add")
@click.argument("names", nargs=-1, required=True)
@data_option
def group_add(names: tuple[str, ...], data: Path) -> None:
    """设立组。"""
    with opened(data) as engine:
        for name in names:
            engine.add_group(name)
    click.echo(f"已有组：{'、'.join(names)}。")


@group.command("list")
@data_option
def group_list(data: Path) -> None:
    """列出组和其中的账号。"""
    with opened(data) as engine:
        users = [one for one in engine.users() if one.active]
        rows = [
            (name, "、".join(one.id for one in users if name in one.groups) or "（没有账号）")
            for name in engine.groups()
        ]
    for line in table(("组", "账号"), rows):
        click.echo(line)


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--password", default="", help=f"{FIRST_ASKED}，省略时询问")
@data_option
def office(file: Path, password: str, data: Path) -> None:
    """载入单位文件：名称、组、账号、流程管理组。可重复。"""
    with opened(data) as engine:
        if not password and _new_accounts(engine, file):
            password = click.prompt(FIRST_ASKED, hide_input=True, confirmation_prompt="再输一次")
        engine.load_office(file, password=password, temporary=True)
        click.echo(f"已载入 {file}。")
        remind(engine.gaps())


def _new_accounts(engine: Engine, file: Path) -> bool:
    """Whether the file names accounts that aren't there; a broken file is the engine's to refuse."""
    try:
        listed = {one["id"] for one in json.loads(file.read_text("utf-8"))["users"]}
    except (ValueError, KeyError, TypeError):
        return False
    return bool(listed.difference(one.id for one in engine.users()))


COMMANDS = (user, group, office)
