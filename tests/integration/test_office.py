"""The office file: brought in once, whole, and again without harm."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from engine import Engine, EngineError, InvalidDefinition, InvalidInput, NotAllowed, Office
from tests.conftest import PASSWORD
from tests.integration.helpers import FORM, names, process

DATA: dict[str, Any] = {
    "product": "产品",
    "seal": "印",
    "office": "某局",
    "organ": "某委",
    "caseWord": "案件",
    "footer": ["一", "二"],
    "groups": ["甲组", "乙组", "管理"],
    "processAdmins": "管理",
    "users": [
        {"id": "a1", "display": "甲岗", "unit": "甲科", "groups": ["甲组"]},
        {"id": "adm", "display": "管理岗", "groups": ["管理"]},
    ],
    "deploy": ["main", "common"],
    "start": [{"process": "p", "by": "a1", "variables": {"标题": "首件"}}],
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for folder in ("main", "common", "demo", "main/.hidden"):
        (tmp_path / folder).mkdir()
    diagram = process().start(form="f").user("one", groups="甲组").call("c", "q").end()
    (tmp_path / "main/p.bpmn").write_bytes(diagram.xml())
    (tmp_path / "main/.hidden/x.bpmn").write_text("<broken")
    (tmp_path / "main/f.form.json").write_text(json.dumps({"id": "f", **FORM}), "utf-8")
    (tmp_path / "common/q.bpmn").write_bytes(process("q").user("two", groups="甲组").end().xml())
    return tmp_path


def write(root: Path, **changes: Any) -> Path:
    path = root / "demo" / "office.json"
    path.write_text(json.dumps({**DATA, **changes}, ensure_ascii=False), "utf-8")
    return path


def test_an_empty_database_has_no_office(engine: Engine) -> None:
    assert engine.office() == Office()


def test_everything_comes_in(engine: Engine, root: Path) -> None:
    office = engine.load_office(write(root), password=PASSWORD)
    assert engine.office() == office
    assert (office.product, office.name, office.case_word, office.footer) == (
        "产品",
        "某局",
        "案件",
        ("一", "二"),
    )
    assert engine.groups() == ("甲组", "乙组", "管理")
    assert engine.sign_in("a1", PASSWORD).unit == "甲科"
    assert [one.id for one in engine.definitions()] == ["p:1", "q:1"]
    assert (engine.may_edit_processes("adm"), engine.may_edit_processes("a1")) == (True, False)
    assert names(engine, "a1") == ["one"]
    assert engine.cases("adm").total == 0


def test_a_second_time_nothing_is_doubled(engine: Engine, root: Path) -> None:
    engine.load_office(write(root), password=PASSWORD)
    engine.set_password("a1", "my-own-words-2")
    engine.load_office(write(root), password=PASSWORD)
    assert engine.cases("").total == 1
    assert [one.id for one in engine.definitions(all_versions=True)] == ["p:1", "q:1"]
    assert engine.sign_in("a1", "my-own-words-2")
    with pytest.raises(NotAllowed):
        engine.sign_in("a1", PASSWORD)


def test_changes_of_the_file_are_taken_over(engine: Engine, root: Path) -> None:
    engine.load_office(write(root), password=PASSWORD)
    users = [{**DATA["users"][0], "display": "新岗", "groups": ["乙组"]}, DATA["users"][1]]
    starts = [*DATA["start"], {"process": "p", "by": "a1", "variables": {"标题": "次件"}}]
    engine.load_office(write(root, users=users, start=starts, product="新"), password=PASSWORD)
    user = engine.user("a1")
    assert user is not None and (user.display, user.groups) == ("新岗", {"乙组"})
    assert engine.cases("").total == 2
    assert engine.office().product == "新"


@pytest.mark.parametrize(
    "changes",
    [
        {"start": [{"process": "p", "by": "a1", "variables": {}}]},
        {"users": [{"id": "x", "display": "x", "groups": ["无此组"]}]},
    ],
)
def test_a_wrong_file_changes_nothing(engine: Engine, root: Path, changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        engine.load_office(write(root, **changes), password=PASSWORD)
    assert (engine.groups(), engine.users(), engine.definitions()) == ((), (), ())
    assert engine.office() == Office()


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"groups": 5}, "/groups：这里的类型不对"),
        ({"groups": [1]}, "/groups/0"),
        ({"groups": ["a\0b"]}, "控制字符"),
        ({"users": [{"id": "a"}]}, "/users/0：缺少“display”"),
        ({"users": [{"id": "a", "display": "b", "grups": []}]}, "grups"),
        ({"users": [DATA["users"][0]] * 2}, "写了两次"),
        ({"users": [{"id": "", "display": "b"}]}, "/users/0/id：不能为空"),
        ({"product": 5}, "/product"),
        ({"footer": "abc"}, "/footer"),
        ({"start": [{}]}, "/start/0：缺少“process、by”"),
        ({"start": [{"process": "p", "by": "ghost"}]}, "账号"),
        ({"deploy": ["../.."]}, "没有流程文件夹"),
        ({"deploy": ["nowhere"]}, "没有流程文件夹"),
        ({"product": float("nan")}, "NaN"),
    ],
)
def test_a_malformed_file_is_refused_at_its_place(
    engine: Engine, root: Path, changes: dict[str, Any], what: str
) -> None:
    with pytest.raises(EngineError) as refusal:
        engine.load_office(write(root, **changes), password=PASSWORD)
    told = " ".join([refusal.value.message, *map(str, refusal.value.problems)])
    assert what in told
    assert (engine.groups(), engine.users(), engine.definitions()) == ((), (), ())


def test_a_closed_account_stays_closed(engine: Engine, root: Path) -> None:
    engine.load_office(write(root), password=PASSWORD)
    known = engine.user("a1")
    assert known is not None
    engine.change_user(replace(known, active=False))
    engine.load_office(write(root), password=PASSWORD)
    assert engine.user("a1") is None


def test_broken_bundles_and_files_are_refused(engine: Engine, root: Path) -> None:
    path = write(root)
    path.write_text("{", "utf-8")
    with pytest.raises(InvalidInput):
        engine.load_office(path, password=PASSWORD)
    (root / "main/bad.bpmn").write_text("<broken")
    with pytest.raises(InvalidDefinition):
        engine.load_office(write(root), password=PASSWORD)
    with pytest.raises(InvalidInput, match="密码"):
        engine.load_office(write(root), password="short")
    assert engine.users() == ()


def test_what_the_office_has_changed_outlives_the_next_start(engine: Engine, root: Path) -> None:
    path = write(root)
    engine.load_office(path, password=PASSWORD)
    own = process("q").user("ours", groups="甲组").end().xml()
    engine.save_diagram_draft("q", own, by="adm")
    engine.put_into_force("q", by="adm")
    (root / "main/p.bpmn").write_bytes(process().start(form="f").user("new", groups="甲组").end().xml())
    engine.load_office(path, password=PASSWORD)
    engine.load_office(path, password=PASSWORD)
    assert [one.id for one in engine.definitions()] == ["p:2", "q:2"]
    assert engine.definition_xml("q:2") == own
