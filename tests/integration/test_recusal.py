"""Recusal: asked for, ordered, decided, lifted; what the person had goes back, and he loses sight at once."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engine import Conflict, Engine, InvalidInput, NotAllowed, NotFound, Resource, User
from tests.conftest import PASSWORD
from tests.integration.access import case, shut, staff, traces
from tests.integration.helpers import do, kinds, names, process, take, task


@pytest.fixture
def office(people: Engine) -> Engine:
    return staff(people)


def test_an_ordered_recusal_is_in_force_at_once(office: Engine) -> None:
    one = case(office)
    held = take(office, "a2", "one")
    office.add_to_team(one.id, ["lead1"], "分管", by="boss")
    office.order_recusal(one.id, "a2", "与对象是亲属", by="lead1")
    assert not any(traces(office, one, "a2").values())
    back = task(office, "a1", "one")
    assert (back.id, back.assignee) == (held.id, None)
    assert kinds(office, one)[-2:] == ["recusal.ordered", "task.kept_out"]
    told = office.case(one.id, by="").history[1]
    assert (told.actor, told.data["user"], told.data["reason"]) == ("lead1", "a2", "与对象是亲属")


def test_who_asks_for_his_own_goes_on_until_it_is_decided(office: Engine) -> None:
    one = case(office)
    take(office, "a2", "one")
    asked = office.ask_recusal(one.id, "a2", "认识当事人", by="a2")
    assert names(office, "a2", "todo") == ["one"]
    assert [each.tie.id for each in office.recusals_to_decide("lead1")] == [asked]
    assert shut(lambda: office.case(one.id, by="lead1"))  # who decides need not see the case
    office.decide_recusal(asked, True, "情况属实", by="lead1")
    assert not any(traces(office, one, "a2").values())
    assert names(office, "a1") == ["one"]
    assert office.recusals_to_decide("lead1") == ()
    assert kinds(office, one)[-3:] == ["recusal.asked", "recusal.approved", "task.kept_out"]


def test_a_refused_one_changes_nothing(office: Engine) -> None:
    one = case(office)
    take(office, "a2", "one")
    asked = office.ask_recusal(one.id, "a2", "认识当事人", by="a1")
    office.decide_recusal(asked, False, "不属于应当回避的情形", by="lead1")
    assert names(office, "a2", "todo") == ["one"]
    assert kinds(office, one)[-1] == "recusal.refused"
    with pytest.raises(NotAllowed, match="已经决定"):
        office.decide_recusal(asked, True, "再想想", by="lead1")


def test_a_lifted_one_gives_sight_back(office: Engine) -> None:
    one = case(office)
    do(office, "a2", "one")
    office.add_to_team(one.id, ["lead1"], "分管", by="boss")
    made = office.order_recusal(one.id, "a2", "待核实", by="lead1")
    assert shut(lambda: office.case(one.id, by="a2"))
    office.lift_recusal(made, "已查清，没有关系", by="lead2")
    assert office.case(one.id, by="a2")
    assert names(office, "a2", "done") == ["one"]
    assert kinds(office, one)[-1] == "recusal.lifted"
    with pytest.raises(NotAllowed, match="已经解除"):
        office.lift_recusal(made, "再来", by="lead1")


@pytest.mark.parametrize(
    ("who", "refused"),
    [("a1", "只有负责人"), ("a2", "别的负责人"), ("boss", "只有负责人"), ("lead1", "别的负责人")],
)
def test_nobody_decides_about_himself_or_what_he_asked(office: Engine, who: str, refused: str) -> None:
    one = case(office)
    take(office, "a2", "one")
    office.add_to_team(one.id, ["lead1"], "分管", by="boss")
    asked = office.ask_recusal(one.id, "a2", "认识当事人", by="lead1")
    with pytest.raises(NotAllowed, match=refused):
        office.decide_recusal(asked, True, "同意", by=who)
    with pytest.raises(NotFound):
        office.decide_recusal(asked, True, "同意", by="out")  # for him there is no such case
    office.decide_recusal(asked, True, "同意", by="lead2")


def test_who_leads_cannot_order_himself_and_others_cannot_order(office: Engine) -> None:
    one = case(office)
    office.add_to_team(one.id, ["lead1"], "分管", by="boss")
    with pytest.raises(NotAllowed, match="申请回避"):
        office.order_recusal(one.id, "lead1", "亲属", by="lead1")
    with pytest.raises(NotAllowed, match="只有负责人"):
        office.order_recusal(one.id, "a2", "亲属", by="a1")
    with pytest.raises(NotFound):
        office.order_recusal(one.id, "a2", "亲属", by="lead2")  # doesn't see the case
    with pytest.raises(InvalidInput, match="理由"):
        office.ask_recusal(one.id, "a2", " ", by="a1")
    with pytest.raises(NotAllowed, match="没有账号"):
        office.ask_recusal(one.id, "nobody", "亲属", by="a1")


def test_a_second_request_for_the_same_person_is_refused(office: Engine) -> None:
    one = case(office)
    office.ask_recusal(one.id, "a2", "亲属", by="a1")
    with pytest.raises(NotAllowed, match="不必再报"):
        office.ask_recusal(one.id, "a2", "亲属", by="a1")


VERBS: dict[str, Callable[[Engine, str, str], object]] = {
    "transfer": lambda engine, case_id, task_id: engine.transfer(task_id, "a2", "请办", by="a1"),
    "delegate": lambda engine, case_id, task_id: engine.delegate(task_id, "a2", "请办", by="a1"),
    "signers": lambda engine, case_id, task_id: engine.add_signers(
        task_id, ["a2"], "before", "请签", by="a1"
    ),
    "copy": lambda engine, case_id, task_id: engine.copy_to(case_id, ["a2"], by="a1"),
    "team": lambda engine, case_id, task_id: engine.add_to_team(case_id, ["a2"], "请办", by="a1"),
    "access": lambda engine, case_id, task_id: engine.give_access(case_id, "a2", "请看", by="lead1"),
}


@pytest.mark.parametrize("verb", VERBS)
def test_who_must_keep_out_is_given_nothing(office: Engine, verb: str) -> None:
    one = case(office)
    held = take(office, "a1", "one")
    office.add_to_team(one.id, ["lead1"], "分管", by="boss")
    office.enter_role(one.id, "a2", "witness", "笔录", by="boss")
    with pytest.raises(NotAllowed, match="须回避"):
        VERBS[verb](office, one.id, held.id)
    assert not any(traces(office, one, "a2").values())


ACTS: dict[str, Callable[[Engine, str, str], object]] = {
    "claim": lambda engine, case_id, task_id: engine.claim(task_id, by="a2"),
    "complete": lambda engine, case_id, task_id: engine.complete(task_id, {}, by="a2"),
    "draft": lambda engine, case_id, task_id: engine.save_draft(task_id, {}, by="a2"),
    "urge": lambda engine, case_id, task_id: engine.urge(task_id, by="a2"),
    "attach": lambda engine, case_id, task_id: engine.attach(
        "a.txt", b"x", "text/plain", by="a2", instance_id=case_id
    ),
    "copy": lambda engine, case_id, task_id: engine.copy_to(case_id, ["b1"], by="a2"),
    "send back": lambda engine, case_id, task_id: engine.send_back(task_id, "previous", "错", by="a2"),
    "take back": lambda engine, case_id, task_id: engine.take_back(task_id, "错", by="a2"),
    "ask": lambda engine, case_id, task_id: engine.ask_recusal(case_id, "a1", "报复", by="a2"),
    "team": lambda engine, case_id, task_id: engine.add_to_team(case_id, ["b1"], "帮", by="a2"),
    "role": lambda engine, case_id, task_id: engine.enter_role(case_id, "a1", "witness", "报复", by="a2"),
}


@pytest.mark.parametrize("act", ACTS)
def test_who_must_keep_out_can_do_nothing(office: Engine, act: str) -> None:
    one = case(office)
    offered = task(office, "a2", "one")
    office.enter_role(one.id, "a2", "witness", "笔录", by="boss")
    with pytest.raises(NotFound):
        ACTS[act](office, one.id, offered.id)


def test_urging_reaches_the_group_but_not_who_must_keep_out(office: Engine) -> None:
    one = case(office)
    office.enter_role(one.id, "a2", "witness", "笔录", by="boss")
    office.urge(task(office, "a1", "one").id, by="boss")
    assert [each.kind for each in office.notifications("a1")] == ["task.urged"]
    assert office.notifications("a2") == ()


def test_a_role_that_the_variables_tell(office: Engine) -> None:
    one = case(office)
    take(office, "ab", "one")
    office.complete(task(office, "ab", "one", "todo").id, {"对象": ["b1的岗位", "ab"]}, by="ab")
    for person in ("b1", "ab"):
        assert not any(traces(office, one, person).values())
    ties = {each.user: each for each in office.case_people(one.id, by="a1").ties}
    assert {(each.role, each.source) for each in ties.values()} == {("subject", "form")}
    office.add_to_team(one.id, ["lead1"], "分管", by="boss")
    office.lift_recusal(ties["b1"].id, "同名，不是同一人", by="lead1")
    assert names(office, "b1") == ["two"]
    take(office, "b1", "two")
    office.complete(task(office, "b1", "two", "todo").id, {"对象": ["b1", "b1的岗位"]}, by="b1")
    assert names(office, "b1", "done") == ["two"]  # lifted once, it isn't entered again


def test_who_has_a_task_when_he_becomes_known_as_subject_loses_it(office: Engine) -> None:
    diagram = process().parallel("fork").user("one", groups="甲组").end()
    diagram = diagram.at("fork").user("other", groups="甲组").end("end2")
    case(office, diagram)
    take(office, "a2", "other")
    take(office, "a1", "one")
    office.complete(task(office, "a1", "one", "todo").id, {"对象": "a2"}, by="a1")
    assert names(office, "a2", "todo") == []
    assert names(office, "a1") == ["other"]


def test_a_secret_role_is_told_to_nobody(office: Engine) -> None:
    one = case(office, 提供人="b1")
    assert not any(traces(office, one, "b1").values())
    for person in ("a1", "boss"):
        assert office.case_people(one.id, by=person).ties == ()
    told = [event for event in office.case(one.id, by="a1").history if event.kind == "access.role_entered"]
    assert [set(event.data) for event in told] == [{"tie"}]


def test_a_role_without_exclusion_excludes_nobody(office: Engine) -> None:
    one = case(office)
    office.enter_role(one.id, "a2", "friend", "联系", by="boss")
    assert names(office, "a2") == ["one"]
    with pytest.raises(InvalidInput, match="身份"):
        office.enter_role(one.id, "a2", "source", "听说", by="boss")  # not by hand


def test_a_role_may_keep_from_tasks_only(office: Engine) -> None:
    one = case(office)
    take(office, "a2", "one")
    office.enter_role(one.id, "a2", "adviser", "咨询", by="boss")
    assert (names(office, "a2", "todo"), names(office, "a2")) == ([], [])
    assert office.case(one.id, by="a2")
    with pytest.raises(NotAllowed, match="须回避"):
        office.claim(task(office, "a1", "one").id, by="a2")


def test_a_task_named_for_him_alone_is_the_supervisors_to_assign(office: Engine) -> None:
    one = case(office, process().user("one", users="a2").end())
    take(office, "a2", "one")
    held = task(office, "a2", "one", "todo")
    office.enter_role(one.id, "a2", "witness", "笔录", by="boss")
    assert [each.kind for each in office.notifications("boss")] == ["task.kept_out"]
    office.transfer(held.id, "b1", "请办", by="boss")
    assert names(office, "b1", "todo") == ["one"]


def test_a_diagram_cannot_assign_to_who_must_keep_out(office: Engine) -> None:
    diagram = process().user("one", groups="甲组").user("two", assignee="a2").end()
    one = case(office, diagram)
    office.enter_role(one.id, "a2", "witness", "笔录", by="boss")
    do(office, "a1", "one")
    assert names(office, "a2", "todo") == []
    assert not any(traces(office, one, "a2").values())
    assert "task.kept_out" in kinds(office, one)
    assert [each.kind for each in office.notifications("boss")] == ["task.kept_out"]


def test_the_same_person_as_before_is_not_taken_if_he_must_keep_out(office: Engine) -> None:
    diagram = process().user("one", groups="甲组").user("mid", groups="乙组")
    diagram = diagram.user("again", groups="甲组", properties={"sameAs": "one"}).end()
    one = case(office, diagram)
    do(office, "a2", "one")
    office.enter_role(one.id, "a2", "witness", "笔录", by="boss")
    do(office, "b1", "mid")
    assert names(office, "a1") == ["again"]
    assert not any(traces(office, one, "a2").values())


def test_sending_back_does_not_return_to_who_must_keep_out(office: Engine) -> None:
    one = case(office)
    do(office, "a2", "one")
    office.enter_role(one.id, "a2", "witness", "笔录", by="boss")
    held = take(office, "b1", "two")
    office.send_back(held.id, "previous", "缺材料", by="b1")
    assert names(office, "a1") == ["one"]
    assert not any(traces(office, one, "a2").values())


def test_what_was_delegated_comes_back_to_its_owner(office: Engine) -> None:
    one = case(office)
    held = take(office, "a1", "one")
    office.delegate(held.id, "b1", "请核对", by="a1")
    office.enter_role(one.id, "b1", "witness", "笔录", by="boss")
    assert names(office, "a1", "todo") == ["one"]
    assert not any(traces(office, one, "b1").values())
    office.complete(held.id, {}, by="a1")


def test_what_he_delegated_goes_to_the_group(office: Engine) -> None:
    one = case(office)
    held = take(office, "a1", "one")
    office.delegate(held.id, "b1", "请核对", by="a1")
    office.enter_role(one.id, "a1", "witness", "笔录", by="boss")
    assert names(office, "a2") == ["one"]
    assert names(office, "b1", "todo") == []
    assert not any(traces(office, one, "a1").values())


def test_a_signer_who_must_keep_out_can_be_done_without(office: Engine) -> None:
    one = case(office)
    held = take(office, "a1", "one")
    (part,) = office.add_signers(held.id, ["b1"], "before", "请签", by="a1")
    office.enter_role(one.id, "b1", "witness", "笔录", by="boss")
    assert names(office, "b1", "todo") == []
    assert "task.kept_out" in [each.kind for each in office.notifications("a1")]
    with pytest.raises(Conflict):
        office.complete(held.id, {}, by="a1")
    office.remove_signer(part, "须回避", by="a1")
    office.complete(held.id, {}, by="a1")


def test_a_process_without_leaders_has_no_recusal(office: Engine) -> None:
    diagram = process("q").user("one", groups="甲组").end()
    office.deploy([Resource("t/q.bpmn", diagram.xml())], name="t", by="")
    one = office.start("q", {}, by="a1")
    with pytest.raises(Conflict, match="没有写明"):
        office.ask_recusal(one.id, "a1", "亲属", by="a1")
    assert office.case_people(one.id, by="a1").may == frozenset()


def test_a_closed_account_cannot_be_added(office: Engine) -> None:
    one = case(office)
    office.add_user(User("gone", "离任", "", frozenset()), PASSWORD)
    office.change_user(User("gone", "离任", "", frozenset(), active=False))
    with pytest.raises(NotAllowed, match="停用"):
        office.add_to_team(one.id, ["gone"], "办案", by="boss")
