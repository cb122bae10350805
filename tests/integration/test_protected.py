"""Data of a case that not everybody sees who sees the case: by step, by readers, and protected with a log."""

from __future__ import annotations

import json
import zipfile
from dataclasses import asdict
from io import BytesIO
from typing import Any

import pytest

from engine import (
    Conflict,
    Engine,
    InvalidInput,
    NotAllowed,
    NotFound,
    ProcessInstance,
    Resource,
    check_dossier,
    handlers,
    new_key,
)
from engine.model.handling import HandlerContext, HandlerResult, Notification
from tests.builders import Builder
from tests.integration.helpers import begin, deploy, do, form, kinds, process, take, task, view

SECRET = "巷口修车人"
FIELDS: dict[str, Any] = {
    "标题": {"type": "string", "title": "标题"},
    "来信人": {"type": "string", "title": "来信人"},
    "内部意见": {"type": "string", "title": "内部意见", "x-opinion": True, "x-readers": ["主管", "乙组"]},
    "等级": {"type": "string", "title": "等级"},
}
NOTE = {
    "title": "登记表",
    "schema": {"type": "object", "required": ["标题", "等级"], "properties": FIELDS},
    "layout": [{"fields": list(FIELDS)}],
    "steps": {"two": {"hidden": ["等级"], "readonly": ["标题"]}},
}
RULES = {
    "process": "p",
    "protected": [{"id": "who", "title": "来信人身份", "variables": ["来信人"], "groups": ["乙组"]}],
}
VISIBLE = {"visibleTo": "主管"}


def rules(**more: Any) -> Resource:
    return Resource("t/p.case.json", json.dumps({**RULES, **more}).encode())


def diagram() -> object:
    first = process(properties=VISIBLE).user("one", groups="甲组", form="note")
    return first.user("two", groups="乙组", form="note").user("three", groups="甲组").end()


@pytest.fixture
def case(people: Engine) -> ProcessInstance:
    """A case in which the first step is done."""
    shown = view(
        "p",
        '标题 + "，" + (if 来信人 = null then "" else 来信人)',
        summary=[{"label": "信", "feel": "来信人"}],
    )
    made = begin(people, diagram(), form("note", NOTE), rules(), shown)
    do(people, "a1", 标题="路面", 来信人=SECRET, 等级="一般")
    return made


def told(value: Any) -> str:
    """All that a view holds, as text."""
    plain = {one: getattr(value, one) for one in value.__dataclass_fields__}
    return repr(
        {one: asdict(each) if hasattr(each, "__dataclass_fields__") else each for one, each in plain.items()}
    )


def test_nobody_finds_a_protected_value_in_what_pages_show(people: Engine, case: ProcessInstance) -> None:
    open_task = task(people, "b1")
    for person in ("a1", "b1", "boss"):
        page = people.case(case.id, by=person)
        assert SECRET not in told(page), person
        assert page.variables["来信人"] == "（保密）"
        assert page.summary == (("信", "（保密）"),)
        assert page.forms[0].values["来信人"] == "（保密）"
        assert page.instance.title == "路面，（保密）"
        assert people.cases(person, search=SECRET).total == 0
    for one in (people.task(open_task.id, by="b1"), people.task_form(open_task.id, by="b1")):
        assert SECRET not in told(one)
    assert people.case(case.id, by="").variables["来信人"] == SECRET, "the system goes on with it"


def test_each_look_has_its_reason_in_the_record(people: Engine, case: ProcessInstance) -> None:
    (shown,) = people.case(case.id, by="b1").protected
    assert (shown.title, shown.names, shown.may_look) == ("来信人身份", ("来信人",), True)
    for reason in ("", " ", "长" * 2001):
        with pytest.raises(InvalidInput, match="查看的理由"):
            people.reveal(case.id, "who", reason, by="b1")
    assert people.reveal(case.id, "who", "需要当面答复", by="b1") == {"来信人": SECRET}
    entry = people.case(case.id, by="a1").history[0]
    assert (entry.kind, entry.actor) == ("data.revealed", "b1")
    assert entry.data["reason"] == "需要当面答复"
    assert SECRET not in told(people.case(case.id, by="b1")), "seen once is not shown from then on"
    people.reveal(case.id, "who", "核对", by="b1")
    assert kinds(people, case).count("data.revealed") == 2
    assert people.verify(case.id) == ()


def test_who_may_not_look_gets_nothing_and_leaves_no_look(people: Engine, case: ProcessInstance) -> None:
    assert not people.case(case.id, by="boss").protected[0].may_look
    with pytest.raises(NotAllowed, match="只有乙组可以查看"):
        people.reveal(case.id, "who", "好奇", by="boss")
    with pytest.raises(NotFound):
        people.reveal(case.id, "who", "好奇", by="out")
    with pytest.raises(NotFound):
        people.reveal(case.id, "other", "好奇", by="b1")
    assert "data.revealed" not in kinds(people, case)


def test_a_look_that_cannot_be_recorded_shows_nothing(
    people: Engine, case: ProcessInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("the power went off")

    monkeypatch.setattr("engine.commands.steps.instances.save_head", broken)
    with pytest.raises(RuntimeError):
        people.reveal(case.id, "who", "核对", by="b1")
    monkeypatch.undo()
    assert "data.revealed" not in kinds(people, case)


def test_a_step_hides_fields_and_lets_others_only_be_read(people: Engine, case: ProcessInstance) -> None:
    taken = take(people, "b1")
    page = people.task(taken.id, by="b1")
    assert page.form is not None
    fields = page.form.schema["properties"]
    assert list(fields) == ["标题", "来信人", "内部意见"]
    assert [name for name, spec in fields.items() if spec.get("readOnly")] == ["标题", "来信人"]
    assert page.values == {"标题": "路面", "来信人": "（保密）"}
    people.complete(taken.id, {"标题": "改", "来信人": "改", "等级": "改", "内部意见": "核实"}, by="b1")
    true = people.case(case.id, by="").variables
    assert (true["标题"], true["来信人"], true["等级"], true["内部意见"]) == ("路面", SECRET, "一般", "核实")
    assert people.case(case.id, by="").history[0].data["values"] == {"内部意见": "核实"}


def test_a_field_for_other_readers_is_not_there(people: Engine, case: ProcessInstance) -> None:
    do(people, "b1", 内部意见="先不惊动")
    third = take(people, "a1", "three")
    assert "先不惊动" not in told(people.case(case.id, by="a1"))
    assert "先不惊动" not in told(people.task(third.id, by="a1"))
    assert "内部意见" not in people.case(case.id, by="a1").variables
    for person in ("b1", "boss"):
        assert people.case(case.id, by=person).variables["内部意见"] == "先不惊动"
    with pytest.raises(InvalidInput, match="“内部意见”不是您可以改的"):
        people.complete(third.id, {"内部意见": "改"}, by="a1")
    with pytest.raises(InvalidInput, match="“来信人”不是您可以改的"):
        people.complete(third.id, {"来信人": "改"}, by="a1")
    people.complete(third.id, {"说明": "好"}, by="a1")


def test_opinions_of_other_readers_are_not_shown_at_later_steps(people: Engine) -> None:
    steps = (
        process(properties=VISIBLE).user("one", groups="乙组", form="note").user("two", groups="乙组,甲组")
    )
    begin(people, steps.end(), form("note", NOTE), rules())
    do(people, "b1", 标题="路面", 等级="一般", 内部意见="先不惊动")
    assert [one.text for one in people.task(take(people, "b1", "two").id, by="b1").opinions] == ["先不惊动"]
    assert people.task(task(people, "b1", "two", "todo").id, by="boss").opinions != ()


def test_a_draft_keeps_what_its_writer_wrote_and_goes_on_without_it(people: Engine) -> None:
    begin(people, diagram(), form("note", NOTE), rules())
    taken = take(people, "a1")
    people.save_draft(taken.id, {"标题": "路面", "来信人": SECRET}, by="a1")
    assert people.task(taken.id, by="a1").values["来信人"] == SECRET, "nobody else has seen it"
    assert SECRET not in told(people.task(taken.id, by="a2"))
    people.release(taken.id, by="a1")
    people.claim(taken.id, by="a2")
    assert people.task(taken.id, by="a2").values == {"标题": "路面"}
    people.save_draft(taken.id, {"标题": "路面", "来信人": SECRET}, by="a2")
    people.delegate(taken.id, "a1", "请代填", by="a2")
    assert people.task(taken.id, by="a1").values == {"标题": "路面"}


def test_what_programs_write_does_not_tell_it(people: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[HandlerContext] = []

    def probe(given: HandlerContext) -> HandlerResult:
        seen.append(given)
        return HandlerResult({}, notifications=(Notification(("甲组",), str(given.variables["来信人"])),))

    monkeypatch.setattr(handlers, "registry", {**handlers.registry, "probe": probe})
    made = process(properties=VISIBLE).user("one", groups="甲组", form="note").service("s", "probe")
    begin(people, made.user("after", groups="甲组").end(), form("note", NOTE), rules())
    do(people, "a1", 标题="路面", 来信人=SECRET, 等级="一般")
    people.run_due_jobs()
    assert seen[0].variables["来信人"] == "（保密）"
    assert {one.text for one in people.notifications("a1")} == {"（保密）"}


def test_decisions_and_failures_do_not_tell_it(people: Engine) -> None:
    made = process(properties=VISIBLE).user("one", groups="甲组", form="note")
    made = made.exclusive("way").when("来信人 > 3").user("two", groups="甲组").end()
    instance = begin(people, made, form("note", NOTE), rules())
    do(people, "a1", 标题="路面", 来信人=SECRET, 等级="一般")
    assert people.incidents("a1")
    for person in ("a1", "boss"):
        assert SECRET not in told(people.case(instance.id, by=person))
        assert SECRET not in repr(people.incidents(person))


def test_a_correction_stands_in_the_record_without_it(people: Engine, case: ProcessInstance) -> None:
    people.correct(case.id, {"来信人": "河边洗衣人"}, "写错了", by="")
    page = people.case(case.id, by="b1")
    assert page.history[0].data["old"] == page.history[0].data["new"] == {"来信人": "（保密）"}
    assert people.reveal(case.id, "who", "核对", by="b1") == {"来信人": "河边洗衣人"}
    assert people.verify(case.id) == ()


def test_a_dossier_is_whole_without_it(people: Engine, case: ProcessInstance) -> None:
    do(people, "b1", 内部意见="先不惊动")
    file = BytesIO()
    people.export(case.id, file, "移交", by="boss", key=new_key(), sayings={})
    file.seek(0)
    checked = check_dossier(file)
    assert checked.problems == ()
    assert checked.veiled == 1
    with zipfile.ZipFile(file) as archive:
        assert not any(SECRET.encode() in archive.read(name) for name in archive.namelist())


def test_who_starts_a_case_fills_in_what_is_his_to_fill_in(people: Engine) -> None:
    made = Builder("p", "p", ("甲组",), VISIBLE).start(form="note", properties={"hidden": "等级"})
    deploy(people, made.user("one", groups="乙组").end(), form("note", NOTE), rules())
    shown = people.start_form("p", by="a1")
    assert shown is not None
    assert list(shown.schema["properties"]) == ["标题", "来信人"]
    begun = people.start("p", {"标题": "路面", "来信人": SECRET, "等级": "特急", "内部意见": "x"}, by="a1")
    assert people.case(begun.id, by="").variables == {"标题": "路面", "来信人": SECRET}
    assert SECRET not in told(people.case(begun.id, by="a1"))


def test_a_case_that_rests_or_is_over_can_still_be_looked_into(people: Engine, case: ProcessInstance) -> None:
    take(people, "b1")
    people.suspend(case.id, "等", by="")
    assert people.reveal(case.id, "who", "核对", by="b1")
    people.resume(case.id, "好", by="")
    people.cancel(case.id, "重复", by="")
    assert people.reveal(case.id, "who", "核对", by="b1")
    with pytest.raises(Conflict):
        people.resume(case.id, "好", by="")
