"""A step at which a meeting decides: who is counted, what comes of it, minutes in the case's documents."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from docx import Document

from engine import Engine, InvalidDefinition, InvalidInput, ProcessInstance, Resource
from tests.builders import Builder
from tests.integration.access import rules, staff
from tests.integration.helpers import form, kinds, names, process, take, task

MEETING = {
    "title": "集体研究",
    "schema": {
        "type": "object",
        "properties": {"会议": {"type": "object", "title": "会议", "x-widget": "meeting"}},
    },
    "layout": [{"title": "一、会议", "fields": ["会议"]}],
}
RULES = {
    "collective": "会议",
    "collectiveQuorum": "2/3",
    "collectiveMajority": ">50%",
    "collectiveResult": "决议",
    "collectiveMembers": '=["a1", "a2", "b1", "boss"]',
    "collectiveMinutes": "documents/minutes.docx",
    "collectiveMinutesName": '=案由 + "会议纪要"',
}
FACTS = {
    "agenda": "是否立项",
    "time": "2026-03-02T09:00:00+08:00",
    "place": "一号会议室",
    "recorder": "书记员",
}


def template() -> bytes:
    document = Document()
    for text in (
        "议题：{{ 会议.agenda }}",
        "地点：{{ 会议.place }}；主持：{{ 会议.chair }}；记录：{{ 会议.recorder }}",
        "出席：{{ 决议.attended }}；缺席：{{ 决议.absent }}；回避：{{ 决议.recused }}",
        "{% for one in 会议.members %}{{ one.name }}{{ one.vote | default('未表决') }} {% endfor %}",
        "{% for one in 决议.dissent %}{{ one.name }}{{ one.vote }}：{{ one.opinion }}{% endfor %}",
        "{{ 决议.text }}",
    ):
        document.add_paragraph(text)
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def diagram(**more: str) -> Builder:
    made = process().user("meet", groups="甲组", form="meet", properties={**RULES, **more}).exclusive("which")
    made.when('决议.outcome = "passed"').user("carry", groups="甲组").end("yes")
    made.at("which").when('决议.outcome = "noQuorum"').to("meet")
    return made.at("which").default().user("archive", groups="甲组").end("no")


def files(given: Builder) -> list[Resource]:
    return [
        Resource("t/p.bpmn", given.xml()),
        rules(),
        form("meet", MEETING),
        Resource("t/documents/minutes.docx", template()),
    ]


@pytest.fixture
def office(people: Engine) -> Engine:
    return staff(people)


def begin(office: Engine) -> ProcessInstance:
    office.deploy(files(diagram()), name="t", by="")
    return office.start("p", {"案由": "修缮"}, by="a1")


def meeting(chair: str = "a1的岗位", /, **said: str) -> dict[str, Any]:
    """`a1="出席赞成"` and so on, with an opinion behind a blank."""
    rows = []
    for person, words in said.items():
        word, _, opinion = words.partition(" ")
        row = {"person": person, "presence": word[:2], "vote": word[2:], "opinion": opinion}
        rows.append({name: text for name, text in row.items() if text})
    return {"会议": {**FACTS, "chair": chair, "members": rows}}


def minutes(office: Engine, case: ProcessInstance) -> tuple[str, str]:
    info = office.case(case.id, by="").documents[-1]
    found, content = office.document(info.id, by="")
    return found.name, "\n".join(one.text for one in Document(io.BytesIO(content)).paragraphs)


def test_it_passes_and_the_minutes_are_in_the_case(office: Engine) -> None:
    case = begin(office)
    held = take(office, "a1")
    view = office.task(held.id, by="a1")
    assert view.form
    spec = view.form.schema["properties"]["会议"]
    assert spec["properties"]["chair"]["enum"] == ["a1的岗位", "a2的岗位", "b1的岗位", "boss的岗位"]
    assert spec["x-meeting"]["rule"].startswith(
        "应到人数的至少2/3到会方可表决；应到人数的超过1/2赞成即通过。"
    )
    assert [row["person"] for row in view.values["会议"]["members"]] == ["a1", "a2", "b1", "boss"]
    given = meeting(boss="缺席", b1="出席反对 证据不足", a2="出席赞成", a1="出席赞成 同意")
    forged = {**given, "决议": {"outcome": "passed", "agreed": 9}}
    with pytest.raises(InvalidInput) as refused:
        office.complete(held.id, meeting(a1="出席赞成", a2="出席赞成"), by="a1")
    assert {one.element: one.message for one in refused.value.problems} == {
        "会议.members.2.presence": "请选择b1的岗位的出席情况。",
        "会议.members.3.presence": "请选择boss的岗位的出席情况。",
    }
    office.complete(held.id, forged, by="a1")
    decided = office.case(case.id, by="").variables["决议"]
    assert (decided["outcome"], decided["agreed"], decided["present"]) == ("rejected", 2, 3)
    assert decided["dissent"] == [{"name": "b1的岗位", "vote": "反对", "opinion": "证据不足"}]
    assert names(office, "a1") == ["archive"]
    name, text = minutes(office, case)
    assert name == "修缮会议纪要.docx"
    for part in (
        "议题：是否立项",
        "主持：a1的岗位；记录：书记员",
        "缺席：boss的岗位",
        "b1的岗位反对：证据不足",
    ):
        assert part in text
    assert "应到4人，到会3人，赞成2人，反对1人，弃权0人：未通过。" in text
    assert {"document.created", "task.completed"} <= set(kinds(office, case))


def test_without_quorum_it_meets_again_and_nobody_has_voted(office: Engine) -> None:
    case = begin(office)
    first = meeting(a1="出席", a2="出席", b1="缺席", boss="缺席")
    office.complete(take(office, "a1").id, first, by="a1")
    assert office.case(case.id, by="").variables["决议"]["outcome"] == "noQuorum"
    again = take(office, "a1")
    shown = office.task(again.id, by="a1").values["会议"]
    assert (shown["agenda"], shown["place"], "chair" in shown) == ("是否立项", "一号会议室", False)
    assert not any("presence" in row for row in shown["members"])
    office.complete(again.id, meeting(a1="出席赞成", a2="出席赞成", b1="出席赞成", boss="缺席"), by="a1")
    assert names(office, "a1") == ["carry"]
    assert len(office.case(case.id, by="").documents) == 2


def test_who_must_keep_out_neither_votes_nor_counts(office: Engine) -> None:
    case = begin(office)
    office.add_to_team(case.id, ["lead1"], "分管", by="boss")
    office.order_recusal(case.id, "b1", "与对象是亲属", by="lead1")
    held = take(office, "a1")
    rows = office.task(held.id, by="a1").values["会议"]["members"]
    assert {"person": "b1", "name": "b1的岗位", "presence": "回避"} in rows
    bad = meeting("b1的岗位", a1="出席赞成", a2="缺席赞成", b1="出席赞成", boss="出席弃权")
    with pytest.raises(InvalidInput) as refused:
        office.complete(held.id, bad, by="a1")
    assert [one.message for one in refused.value.problems] == [
        "a2的岗位没有出席，不能表决。请改出席情况，或不选表决。",
        "b1的岗位须回避，不能出席，也不能表决。请选“回避”。",
        "boss的岗位弃权，请记录他的不同意见。",
    ]
    for members, text in (
        ({"a1": "出席赞成", "out": "出席赞成"}, "名单已有变动，现在没有或重复了：out。请刷新后核对。"),
        (
            {"a1": "出席赞成", "a2": "缺席", "boss": "缺席", "b1": "回避"},
            "除主持外，至少还须有一人出席。",
        ),
    ):
        with pytest.raises(InvalidInput) as refused:
            office.complete(held.id, meeting(**members), by="a1")
        assert [one.message for one in refused.value.problems] == [text]
    office.complete(held.id, meeting(a1="出席赞成", a2="出席赞成", boss="缺席"), by="a1")
    decided = office.case(case.id, by="").variables["决议"]
    assert (decided["outcome"], decided["entitled"], decided["recused"]) == ("passed", 3, ["b1的岗位"])
    assert "回避：b1的岗位" in minutes(office, case)[1]


def test_a_draft_keeps_votes_by_person_and_the_group_is_entitled_by_default(office: Engine) -> None:
    given = diagram(collectiveMembers="", collectiveMinutes="")
    office.deploy(files(given), name="t", by="")
    office.start("p", {"案由": "修缮"}, by="a1")
    held = take(office, "a1")
    office.save_draft(held.id, meeting(ab="出席赞成", a2="缺席"), by="a1")
    rows = office.task(task(office, "a1", box="todo").id, by="a1").values["会议"]["members"]
    assert [(row["person"], row.get("presence"), row.get("vote")) for row in rows] == [
        ("a1", None, None),
        ("a2", "缺席", None),
        ("ab", "出席", "赞成"),
    ]


def test_a_template_that_fails_leaves_everything_as_it_was(office: Engine) -> None:
    made = files(diagram())
    document, written = Document(), io.BytesIO()
    document.add_paragraph("{{ 没有的 }}")
    document.save(written)
    made[-1] = Resource(made[-1].name, written.getvalue())
    office.deploy(made, name="t", by="")
    case = office.start("p", {"案由": "修缮"}, by="a1")
    held = take(office, "a1")
    given = meeting(a1="出席赞成", a2="出席赞成", b1="出席赞成", boss="缺席")
    with pytest.raises(
        InvalidInput, match=r"会议纪要没有生成：文书模板“documents/minutes.docx”要用的“没有的”没有"
    ):
        office.complete(held.id, given, by="a1")
    assert (names(office, "a1", "todo"), office.case(case.id, by="").documents) == (["meet"], ())


@pytest.mark.parametrize(
    ("properties", "message"),
    [
        ({"collective": "议事"}, "“meet”的 collective 所指的“议事”不是表单“集体研究”的字段。"),
        ({"collectiveQuorum": "3/2"}, "“meet”的 collectiveQuorum 写了“3/2”。"),
        ({"collectiveMajority": "半数"}, "“meet”的 collectiveMajority 写了“半数”。"),
        ({"collectiveOf": "all"}, "“meet”的 collectiveOf 写了“all”。"),
        ({"collectiveMinutes": "x.docx"}, "“meet”的 collectiveMinutes 所指的模板“x.docx”不存在。"),
    ],
)
def test_what_does_not_fit_is_refused_at_deployment(
    people: Engine, properties: dict[str, str], message: str
) -> None:
    with pytest.raises(InvalidDefinition) as refused:
        people.deploy(files(diagram(**properties)), name="t", by="")
    (found,) = (one for one in refused.value.problems if one.severity == "error")
    assert (found.message, found.element, bool(found.line)) == (message, "meet", True)


def test_a_meeting_needs_a_form_and_its_widget(people: Engine) -> None:
    plain = json.loads(json.dumps(MEETING))
    plain["schema"]["properties"]["会议"] = {"type": "string"}
    given = files(diagram())
    for form_ref, data, text in (("meet", plain, "不是会议。"), ("other", MEETING, "没有表单")):
        given[2] = form(form_ref, data)
        with pytest.raises(InvalidDefinition) as refused:
            people.deploy(given, name="t", by="")
        assert any(text in one.message for one in refused.value.problems)
