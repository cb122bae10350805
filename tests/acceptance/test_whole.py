"""The whole procedure: what initiation concludes decides where the case goes."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine import Engine, InvalidInput, NotAllowed
from tests.acceptance.desk import Desk
from tests.acceptance.test_initiation import approve, clue, propose, subject
from tests.conftest import Clock

WHOLE = ("accountability", "initiation", "collection", "enforcement")


@pytest.fixture(scope="module")
def office(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with people and all stages, to be copied."""
    path = tmp_path_factory.mktemp("office") / "office.db"
    shutil.copy(sqlite_template, path)
    engine = Engine.open(f"sqlite:///{path}")
    Desk(engine, Clock(), *WHOLE)
    engine.close()
    return path


@pytest.fixture
def desk(office: Path, tmp_path: Path, clock: Clock) -> Iterator[Desk]:
    shutil.copy(office, tmp_path / "case.db")
    engine = Engine.open(f"sqlite:///{tmp_path / 'case.db'}", clock=clock)
    yield Desk(engine, clock)
    engine.close()


def register(desk: Desk, **more: Any) -> None:
    desk.start("accountability", clue(**more), by="线索登记室1")


def to_approval(desk: Desk) -> None:
    register(desk)
    desk.do("check_duplicates", by="线索登记室2", 查重结果="无重复")
    desk.do("assign_clue", 承办部门名称="第三监督检查室", 分办意见="请办理。")
    propose(desk)


def test_only_the_registry_registers_a_clue_and_only_a_whole_one(desk: Desk) -> None:
    with pytest.raises(NotAllowed):
        desk.start("accountability", clue(), by="承办部门1")
    with pytest.raises(InvalidInput) as refused:
        register(desk, 对象=[], 来源渠道="风闻", 反映问题="")
    assert {problem.element for problem in refused.value.problems} == {"对象", "来源渠道", "反映问题"}


def test_a_clue_becomes_a_case_with_number_and_title(desk: Desk) -> None:
    register(desk)
    view = desk.view
    assert (view.instance.business_key, view.instance.title) == ("问责〔2026〕1号", "罪犯脱逃")
    assert [(stage.name, stage.status) for stage in view.stages] == [
        ("启动", "active"),
        ("归集", "waiting"),
        ("追究", "waiting"),
    ]
    assert desk.documents == ["线索登记表.docx"]
    assert dict(view.summary)["对象"] == "1人，0个组织"


def test_a_started_case_goes_to_collection(desk: Desk) -> None:
    to_approval(desk)
    approve(desk)
    assert desk.waiting == ["form_team"]
    assert [stage.status for stage in desk.view.stages] == ["completed", "active", "waiting"]
    assert dict(desk.view.summary)["启动"] == "2026-03-05 纪委主要负责人批准"


def test_a_case_that_is_not_started_ends(desk: Desk) -> None:
    to_approval(desk)
    approve(desk, "不同意", 不启动理由="反映失实。")
    desk.do("record_reasons", 理由类别="反映失实", 后续处理="了结")
    assert desk.ends == ["not_initiated"]


def test_a_transferred_case_ends(desk: Desk) -> None:
    register(desk, 对象=[subject(管理权限="其他单位管理")])
    desk.do("check_duplicates", 查重结果="无重复")
    desk.do("transfer_clue", 移送机关="县公安局督察大队")
    assert desk.ends == ["transferred"]


def test_a_merged_case_ends(desk: Desk) -> None:
    register(desk)
    desk.do("check_duplicates", 查重结果="并案处理", 关联案号="问责〔2026〕3号", 查重说明="同一问题。")
    assert desk.ends == ["merged"]
