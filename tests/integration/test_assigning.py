"""Assignments in diagrams by functions over the organisation, resolved when the task is made."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from engine import Attempt, Engine, InvalidDefinition, Resource, Trial
from tests.builders import Builder
from tests.conftest import Clock
from tests.integration.helpers import begin, deploy, do, names, process, task

ORGANISATION = (
    "单位编号,单位名称,上级单位编号\nj,某局,\nz,治安大队,j\nz1,一中队,z\n",
    "岗位编号,岗位名称,所在单位编号,单位负责人\n"
    "jz,局长,j,是\nfjz,副局长,j,\ndz,大队长,z,是\nzd,中队长,z1,是\nmj,民警,z1,\n",
    "人员编号,姓名或称谓,账号\np1,一,a1\np2,二,a2\np3,三,b1\np4,四,ab\np5,五,boss\n",
    "任职人员编号,任职岗位编号,起,止\np5,jz,,\np4,fjz,,\np3,dz,,2026-03-31\np2,dz,2026-04-01,\np1,mj,,\n",
    "分管岗位编号,分管单位编号\nfjz,z\n",
)


@pytest.fixture
def staffed(people: Engine) -> Engine:
    for text in ORGANISATION:
        people.import_organisation("表.csv", text.encode(), by="")
    return people


def one(**more: str) -> Builder:
    return process().user("申请", groups="甲组").user("审批", **more).end()


def offered(
    engine: Engine, builder: Builder, **variables: object
) -> tuple[str | None, tuple[str, ...], tuple[str, ...]]:
    """Assignee, users and groups of the second step, once a1 has done the first."""
    found = begin(engine, builder, **variables)
    do(engine, "a1", "申请")
    (opened,) = engine.case(found.id, by="").open_tasks
    return opened.assignee, opened.candidate_users, opened.candidate_groups


@pytest.mark.parametrize(
    ("feel", "assignee"),
    [
        ('head of("治安大队")', "b1"),
        ('单位负责人("z")', "b1"),
        ("单位负责人(单位: 单位名)", "b1"),
        ('head of(superior("一中队"))', "b1"),
        ('单位负责人(上级单位(上级单位("z1")))', "boss"),
        ('in charge of("一中队")', "ab"),
        ('分管领导("治安大队")', "ab"),
        ("initiator()", "a1"),
        ("发起人()", "a1"),
        ('doer of("申请")', "a1"),
        ("head of(superior(unit of(initiator())))", "b1"),
        ("单位负责人(上级单位(所在单位(发起人())))", "b1"),
        ('people("民警", "某局")', "a1"),
        ('people(role: "乙组", unit: "治安大队")', "b1"),
        ('人员(岗位: "主管", 单位: "某局")', "boss"),
        ('people("主管")', "boss"),
        ('if 1 = 1 then head of("j") else initiator()', "boss"),
    ],
)
def test_functions_name_the_one_who_gets_the_task(staffed: Engine, feel: str, assignee: str) -> None:
    assert offered(staffed, one(assignee=f"={feel}"), 单位名="治安大队")[0] == assignee


@pytest.mark.parametrize(
    ("feel", "users"),
    [
        ('people("甲组", "一中队")', ("a1",)),
        ('people(null, "某局")', ("a1", "ab", "b1", "boss")),
        ('[head of("z"), in charge of("z")]', ("ab", "b1")),
        ('[people("甲组"), not doer of("申请")]', ("a2", "ab")),
        ('[人员("甲组", null), 非办理人("申请")]', ("a2", "ab")),
        ('["b1", head of("j")]', ("b1", "boss")),
    ],
)
def test_functions_name_candidates(staffed: Engine, feel: str, users: tuple[str, ...]) -> None:
    assert offered(staffed, one(users=f"={feel}")) == (None, users, ())


def test_several_who_are_meant_are_all_offered_it(staffed: Engine) -> None:
    builder = one(assignee='=[head of("z"), head of("j")]')
    assert offered(staffed, builder) == (None, ("b1", "boss"), ())


def test_the_organisation_is_asked_as_of_the_day_on_which_the_task_is_made(
    staffed: Engine, clock: Clock
) -> None:
    builder = one(assignee='=head of("z")')
    assert offered(staffed, builder)[0] == "b1"
    clock.advance(days=31)
    assert offered(staffed, builder)[0] == "a2"


def test_who_did_a_step_is_kept_apart_for_good(staffed: Engine) -> None:
    builder = one(groups="甲组", users='=not doer of("申请")')
    assert offered(staffed, builder) == (None, (), ("甲组",))
    assert "审批" not in names(staffed, "a1")
    assert "审批" in names(staffed, "a2")


def test_a_lane_gets_what_the_assignment_finds_nobody_for(staffed: Engine) -> None:
    builder = one(assignee='=head of("一中队")')
    lane = '<laneSet id="ls"><lane id="l" name="乙组"><flowNodeRef>审批</flowNodeRef></lane></laneSet>'
    start = re.compile(r"(<(\w+:)?process [^>]*>)")
    text = start.sub(lambda tag: tag[1] + with_prefix(lane, tag[2] or ""), builder.xml().decode())
    deploy(staffed, Resource("t/p.bpmn", text.encode()))
    found = staffed.start("p", {}, by="a1")
    do(staffed, "a1", "申请")
    assert "审批" in names(staffed, "b1")
    (note,) = [one for one in staffed.case(found.id, by="").history if one.kind == "task.fell_back"]
    assert note.data["note"] == "办理人的表达式没有找到人，由候选人认领。"


def with_prefix(text: str, prefix: str) -> str:
    return re.sub(r"<(/?)(\w)", rf"<\1{prefix}\2", text)


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"assignee": '=head of("一中队")'}, "没有人可以办理"),
        ({"users": '=people("甲组", "没有的")'}, "组织机构里现在没有单位“没有的”"),
        ({"users": '=[doer of("申请"), not doer of("申请")]'}, "没有人可以办理"),
        ({"groups": "空组", "users": '=not doer of("申请")'}, "没有人可以办理"),
        ({"assignee": "=head of(没有的变量)"}, "单位是空的"),
    ],
)
def test_nobody_is_an_incident_and_never_a_task_that_nobody_sees(
    staffed: Engine, more: dict[str, str], told: str
) -> None:
    staffed.add_group("空组")
    found = begin(staffed, one(**more))
    do(staffed, "a1", "申请")
    view = staffed.case(found.id, by="")
    assert view.open_tasks == ()
    (incident,) = view.incidents
    assert told in incident.message
    assert incident.element_id == "审批"


def test_an_incident_is_over_once_somebody_is_there(staffed: Engine) -> None:
    found = begin(staffed, one(assignee='=head of("一中队")'))
    do(staffed, "a1", "申请")
    text = "任职人员编号,任职岗位编号,起\np2,zd,2026-01-01\n"
    staffed.import_organisation("a.csv", text.encode(), by="")
    (incident,) = staffed.case(found.id, by="").incidents
    staffed.retry(incident.job_id, by="")
    staffed.run_due_jobs()
    assert "审批" in names(staffed, "a2", "todo")


def test_a_closed_account_is_nobody(staffed: Engine) -> None:
    user = staffed.user("b1")
    assert user
    staffed.change_user(replace(user, active=False))
    found = begin(staffed, one(assignee='=head of("z")'))
    do(staffed, "a1", "申请")
    assert len(staffed.case(found.id, by="").incidents) == 1


def test_variables_keep_their_names(staffed: Engine) -> None:
    builder = one(assignee="=发起人")
    assert offered(staffed, builder, 发起人="boss")[0] == "boss"
    builder = process("q").user("申请", groups="甲组").user("审批", users='=[人员, 单位负责人("z")]').end()
    assert offered(staffed, builder, 人员="ab")[1] == ("ab", "b1")


@pytest.mark.parametrize(
    ("feel", "told"),
    [
        ('heads of("z")', "heads of"),
        ('doer of("没有")', "所指的“没有”不存在"),
        ('[people("甲组"), 非办理人("没有")]', "所指的“没有”不存在"),
        ('head of("z"', "有错误"),
    ],
)
def test_deployment_names_unknown_functions_and_steps(people: Engine, feel: str, told: str) -> None:
    with pytest.raises(InvalidDefinition) as refused:
        deploy(people, one(users=f"={feel}"))
    assert any(told in str(problem) for problem in refused.value.problems)


def test_only_assignments_know_the_functions(people: Engine) -> None:
    builder = process().script("算", 'people("甲组")', "x").end()
    with pytest.raises(InvalidDefinition, match="people"):
        deploy(people, builder)


def test_trials_have_nobody(people: Engine) -> None:
    trial = Trial()
    builder = one(users='=people("甲组", "治安大队")')
    told = trial.attempt(Attempt([Resource("p.bpmn", builder.xml())], answers={"申请": [{}], "审批": [{}]}))
    assert told["state"] == "completed"
    trial.close()


def test_start_forms_of_who_begins(staffed: Engine) -> None:
    found = begin(staffed, process().user("填报", assignee="=initiator()").end())
    assert task(staffed, "a1", "填报", "todo").instance_id == found.id


def test_data_that_look_like_a_function_name_nobody(staffed: Engine) -> None:
    given = {"$who": "people", "role": "主管", "unit": None}
    assert offered(staffed, one(assignee="=办理者", groups="甲组"), 办理者=given)[0] != "boss"
