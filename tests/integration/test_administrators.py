"""Three administrators: each has one duty, none has business rights, nobody has two."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from engine import Caller, Engine, InvalidDefinition, InvalidInput, NotAllowed, Resource, User
from engine.store import people as accounts
from tests.builders import Builder
from tests.conftest import PASSWORD

DUTIES = {"系统管理": "system", "安全管理": "security", "审计管理": "audit"}
ADMINS = {"sys": "系统管理", "sec": "安全管理", "aud": "审计管理"}

#: what administrators do -> whose duty it is
DEEDS: dict[Callable[[Engine, str], object], set[str]] = {
    lambda engine, by: engine.accounts(by): {"sys", "sec"},
    lambda engine, by: engine.open_account("new", "新岗位", "", by=by): {"sys"},
    lambda engine, by: engine.rename_account("a1", "另一岗位", "", by=by): {"sys"},
    lambda engine, by: engine.set_account_active("a2", False, by=by): {"sys"},
    lambda engine, by: engine.set_account_active("a2", True, by=by): {"sys"},
    lambda engine, by: engine.reset_password("a2", by=by): {"sys"},
    lambda engine, by: engine.end_sessions("a2", by=by): {"sys", "sec"},
    lambda engine, by: engine.set_groups("a2", frozenset({"乙组"}), by=by): {"sec"},
    lambda engine, by: engine.found_group("丙组", by=by): {"sec"},
    lambda engine, by: engine.remove_factor("a2", by=by): {"sec"},
    lambda engine, by: engine.set_sign_in_rules(engine.sign_in_rules(), by=by): {"sec"},
}


@pytest.fixture
def office(people: Engine) -> Engine:
    """The engine with its people and an administrator of each duty."""
    with people._context.database.unit_of_work() as work:
        accounts.add_groups(work, DUTIES)
        accounts.set_duties(work, DUTIES)
    for login, group in ADMINS.items():
        people.add_user(User(login, f"{login}的岗位", "", frozenset({group})), PASSWORD)
    return people


def test_each_act_is_one_duty_and_nobody_elses(office: Engine) -> None:
    for deed, may in DEEDS.items():
        for login in (*ADMINS, "a1", "boss", "out"):
            if login in may:
                deed(office, login)
            else:
                with pytest.raises(NotAllowed):
                    deed(office, login)


def test_an_account_and_its_roles_are_two_persons_work(office: Engine) -> None:
    password = office.open_account("new", "新岗位", "某科", by="sys")
    office.deploy(
        [Resource("p.bpmn", Builder("p", "事项", ("甲组",)).start().user("do", groups="甲组").end().xml())],
        name="p",
        by="",
    )
    token = office.begin_session(office.sign_in("new", password).id, Caller())
    assert office.session(token).needs == "password"
    assert office.startable("new") == ()
    with pytest.raises(NotAllowed):
        office.set_groups("new", frozenset({"甲组"}), by="sys")
    office.set_groups("new", frozenset({"甲组"}), by="sec")
    assert len(office.startable("new")) == 1


@pytest.mark.parametrize("groups", [{"系统管理", "安全管理"}, {"审计管理", "甲组"}])
def test_nobody_is_in_two_roles(office: Engine, groups: set[str]) -> None:
    with pytest.raises(InvalidInput, match="不能同时"):
        office.set_groups("a2", frozenset(groups), by="sec")
    with pytest.raises(InvalidInput, match="不能同时"):
        office.add_user(User("both", "两个岗位", "", frozenset(groups)), PASSWORD)
    with pytest.raises(InvalidInput, match="不能同时"):
        office.change_user(replace(office.user("a2"), groups=frozenset(groups)))


def test_nobody_gives_himself_roles_or_locks_himself_out(office: Engine) -> None:
    with pytest.raises(NotAllowed, match="自己"):
        office.set_groups("sec", frozenset({"系统管理"}), by="sec")
    with pytest.raises(NotAllowed, match="自己"):
        office.set_account_active("sys", False, by="sys")


def test_no_administrator_gets_anothers_password(office: Engine) -> None:
    with pytest.raises(NotAllowed, match="wenze user password"):
        office.reset_password("sec", by="sys")


def test_who_was_given_another_duty_has_it_at_once(office: Engine) -> None:
    office.set_groups("sys", frozenset({"审计管理"}), by="sec")
    assert office.user("sys").duty == "audit"
    with pytest.raises(NotAllowed):
        office.open_account("new", "新岗位", "", by="sys")


def test_a_temporary_password_ends_sessions_and_is_to_be_changed(office: Engine) -> None:
    token = office.begin_session("a1", Caller())
    password = office.reset_password("a1", by="sys")
    assert office.session(token) is None
    half = office.begin_session(office.sign_in("a1", password).id, Caller())
    assert office.session(half).needs == "password"
    assert next(one for one in office.accounts("sys") if one.user.id == "a1").temporary


def test_administrators_have_no_business_rights(office: Engine) -> None:
    diagram = Builder("p", "事项", ("甲组",)).start().user("named", users="sys,a1").end()
    office.deploy([Resource("p.bpmn", diagram.xml())], name="p", by="")
    case = office.start("p", {}, by="a1")
    (task,) = office.case(case.id, by="").open_tasks
    for refused in (
        lambda: office.start("p", {}, by="sys"),
        lambda: office.claim(task.id, by="sys"),
    ):
        with pytest.raises(NotAllowed):
            refused()
    office.claim(task.id, by="a1")
    with pytest.raises(NotAllowed, match="管理员"):
        office.delegate(task.id, "sec", "请代拟", by="a1")


@pytest.mark.parametrize(
    "diagram",
    [
        Builder("p", "事项", ("系统管理",)).start().user("do", groups="甲组").end(),
        Builder("p", "事项", ("甲组",)).start().user("do", groups="甲组, 审计管理").end(),
        Builder("p", "事项", ("甲组",), {"visibleTo": "安全管理"}).start().user("do", groups="甲组").end(),
    ],
)
def test_a_diagram_that_lets_administrators_handle_is_refused(office: Engine, diagram: Builder) -> None:
    with pytest.raises(InvalidDefinition) as refusal:
        office.deploy([Resource("p.bpmn", diagram.xml())], name="p", by="")
    assert "不能办理" in str(refusal.value.problems[0])


def test_the_system_administrator_deploys(office: Engine) -> None:
    diagram = Builder("p", "事项", ("甲组",)).start().user("do", groups="甲组").end()
    for login in ("sec", "aud"):
        with pytest.raises(NotAllowed):
            office.deploy([Resource("p.bpmn", diagram.xml())], name="p", by=login)
    office.deploy([Resource("p.bpmn", diagram.xml())], name="p", by="sys")


def test_rules_are_kept_within_limits(office: Engine) -> None:
    rules = office.sign_in_rules()
    with pytest.raises(InvalidInput) as refusal:
        office.set_sign_in_rules(replace(rules, idle_minutes=0, failures=99), by="sec")
    assert len(refusal.value.problems) == 2
    with pytest.raises(InvalidInput, match="没有这些组"):
        office.set_sign_in_rules(replace(rules, factor_groups=frozenset({"无此组"})), by="sec")
    office.set_sign_in_rules(replace(rules, failures=3), by="sec")
    with pytest.raises(NotAllowed, match="再错2次"):
        office.sign_in("a1", "wrong-password-1")


def load(engine: Engine, folder: Path, **more: object) -> None:
    file = folder / "office.json"
    named = dict(zip(("system", "security", "audit"), DUTIES, strict=True))
    file.write_text(json.dumps({"administrators": named, **more}, ensure_ascii=False), "utf-8")
    engine.load_office(file, password=PASSWORD)


def test_the_office_file_declares_them(engine: Engine, tmp_path: Path) -> None:
    users = [{"id": "sys", "display": "某岗位", "groups": ["系统管理"]}]
    load(engine, tmp_path, users=users)
    assert engine.user("sys").duty == "system"
    assert set(DUTIES) <= set(engine.groups())


def test_an_office_file_with_somebody_in_two_roles_is_refused(engine: Engine, tmp_path: Path) -> None:
    users = [{"id": "sys", "display": "某岗位", "groups": ["系统管理", "甲组"]}]
    with pytest.raises(InvalidInput) as refusal:
        load(engine, tmp_path, groups=["甲组"], users=users)
    assert "不能同时" in refusal.value.problems[0].message
    assert engine.users() == ()


def test_accounts_that_are_there_are_asked_as_well(people: Engine, tmp_path: Path) -> None:
    people.add_group("系统管理")
    people.change_user(replace(people.user("a1"), groups=frozenset({"甲组", "系统管理"})))
    with pytest.raises(InvalidInput, match="不能同时"):
        load(people, tmp_path)
