"""`wenze dossier`: taking out a case's dossier, and checking one without database and network."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import click

from engine import (
    CaseView,
    Checked,
    Engine,
    InvalidInput,
    NotFound,
    check_dossier,
    fingerprint,
    public_pem,
)
from web.dossiers import file_name, sayings
from web.server import Place
from web.terminal import data_option, opened

MOST_TOLD = 20  #: problems of one check


@click.group()
def dossier() -> None:
    """导出案件卷宗，核对卷宗。"""


@dossier.command("export")
@click.argument("case")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="写到这个文件")
@click.option("--reason", required=True, help="理由，记入办理记录")
@data_option
def export_case(case: str, out: Path | None, reason: str, data: Path) -> None:
    """导出一件的卷宗。CASE 是编号或标识。"""
    with opened(data) as served:
        view = _find(served, case)
        target = out or Path(file_name(view).replace("/", "_"))
        with _new_file(target) as file:
            key = Place(data).office_key()
            manifest = served.export(view.instance.id, file, reason, by="", key=key, sayings=sayings())
    entries = manifest["record"]["entries"]
    click.echo(f"已导出 {target}，{len(manifest['files'])}个文件，办理记录{entries}条。")


def _find(served: Engine, case: str) -> CaseView:
    """The case of this number, else of this id."""
    found = [
        row.instance.id for row in served.cases("", search=case).items if row.instance.business_key == case
    ]
    if len(found) > 1:
        raise InvalidInput(f"编号“{case}”有{len(found)}件，请用标识：{'、'.join(found)}。")
    try:
        return served.case(found[0] if found else case, by="")
    except NotFound as error:
        raise NotFound(f"没有“{case}”这一件。") from error


@contextmanager
def _new_file(path: Path) -> Iterator[IO[bytes]]:
    """A new file, for its owner only; taken away again when writing fails."""
    if path.exists():
        raise InvalidInput(f"“{path}”已经存在，请换一个文件名。")
    try:
        with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "wb+") as file:
            yield file
    except BaseException:
        path.unlink(missing_ok=True)
        raise


@dossier.command("verify")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--key", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="单位的公钥文件")
def verify(file: Path, key: Path | None) -> None:
    """核对卷宗是否原样。不需要数据库和网络。"""
    with file.open("rb") as opened_file:
        found = check_dossier(opened_file, key.read_bytes() if key else None)
    for problem in found.problems[:MOST_TOLD]:
        click.echo(f"错误  {problem}", err=True)
    if len(found.problems) > MOST_TOLD:
        click.echo(f"错误  另有{len(found.problems) - MOST_TOLD}处。", err=True)
    if found.problems:
        click.echo(f"{file.name} 不是原样的卷宗。", err=True)
        raise SystemExit(1)
    _tell(found)


def _tell(found: Checked) -> None:
    told = found.manifest
    case = told["case"]
    click.echo(f"卷宗      {case['business_key']}  {case['title']}")
    click.echo(f"导出      {told['office']}  {told['made_by']}  {told['made_at']}")
    veiled = f"（其中{found.veiled}条略去了保密内容）" if found.veiled else ""
    click.echo(f"内容      {found.files}个文件，办理记录{found.entries}条，逐条相扣{veiled}")
    click.echo(f"公钥指纹  {found.fingerprint}")
    click.echo("卷宗与签章时一致。")
    if not found.trusted:
        click.echo("提醒  公钥取自卷宗本身，请与单位留存的指纹比对，或用 --key 给出单位的公钥。")


@dossier.command("key")
@data_option
def show_key(data: Path) -> None:
    """显示单位的公钥和指纹，供核对卷宗的人留存。"""
    pem = public_pem(Place(data).office_key())
    click.echo(pem, nl=False)
    click.echo(f"公钥指纹  {fingerprint(pem.encode())}")


COMMANDS = (dossier,)
