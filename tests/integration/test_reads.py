"""What inbox, task page and case page show."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from engine import Box, Engine, InvalidInput, Page, TaskRow
from tests.builders import many
from tests.conftest import Clock
from tests.integration.helpers import (
    FORM,
    begin,
    deploy,
    do,
    form,
    names,
    process,
    statements,
    take,
    task,
    view,
)


def due(days: int) -> dict[str, str]:
    return {"clock": f"P{days}D"}


def test_the_inbox_is_sorted_by_due_date_then_age(people: Engine, clock: Clock) -> None:
    for key, properties in (("none", {}), ("late", due(20)), ("soon", due(5)), ("none2", {})):
        begin(people, process(key).user(f"t-{key}", groups="甲组", properties=properties).end())
        clock.advance(minutes=1)
    assert names(people, "a1") == ["t-soon", "t-late", "t-none", "t-none2"]


def test_clocks_run_in_working_or_natural_days_to_half_past_five(people: Engine, clock: Clock) -> None:
    begin(
        people, process().user("one", groups="甲组", properties={"clock": "5WD", "clockBasis": "某条"}).end()
    )
    found = task(people, "a1")
    assert found.due_at == datetime(2026, 3, 9, 9, 30, tzinfo=UTC)  # Monday to Monday, 17:30 local
    assert (found.clock, found.clock_basis) == ("5WD", "某条")
    assert found.left is not None
    assert (found.left.unit, found.left.amount, found.left.over, found.left.soon) == ("WD", 5, False, False)
    clock.advance(days=5)
    left = task(people, "a1").left
    assert left is not None and left.soon
    clock.advance(days=4)
    left = task(people, "a1").left
    assert left is not None and (left.over, left.amount) == (True, 2)


def test_a_due_date_ends_at_closing_time(people: Engine) -> None:
    begin(people, process().user("one", groups="甲组", due="=期限").end(), 期限="2026-03-20")
    assert task(people, "a1").due_at == datetime(2026, 3, 20, 9, 30, tzinfo=UTC)


def test_urgency_counts_ones_own_tasks(people: Engine, clock: Clock) -> None:
    for days in (1, 2, 4, 30):
        begin(people, process(f"p{days}").user("one", groups="甲组", properties=due(days)).end())
        take(people, "a1")
    begin(people, process("other").user("two", groups="甲组", properties=due(1)).end())
    clock.advance(days=2)
    assert people.urgency("a1") == {"over": 1, "today": 1, "soon": 1}
    assert people.urgency("a2") == {"over": 0, "today": 0, "soon": 0}
    for kind, key in (("over", "p1"), ("today", "p2"), ("soon", "p4")):
        (row,) = people.inbox("a1", "todo", due=kind).items
        assert row.task.definition_id == f"{key}:1"


def test_search_finds_number_title_and_step_and_takes_wildcards_as_they_are(people: Engine) -> None:
    titled = view("p", "标题")
    begin(
        people,
        process(properties={"caseNumber": "甲〔{year}〕{n}号"}).user("核对", groups="甲组").end(),
        titled,
        标题="100%_Done",
    )
    begin(people, process("q").user("other", groups="甲组").end())
    for text, count in (
        ("〔2026〕1", 1),
        ("%_d", 1),
        ("核对", 1),
        ("%", 1),
        ("_", 1),
        ("无", 0),
        ("", 2),
        (" 核对 ", 1),
    ):
        assert people.inbox("a1", "claimable", search=text).total == count, text
        assert people.cases("a1", search=text).total == count, text
    assert people.inbox("a1", "claimable", process="q").total == 1
    assert people.cases("a1", process="p").total == 1


def test_lists_come_in_pages(people: Engine) -> None:
    deploy(people, process().user("one", groups="甲组").end())
    made = {people.start("p", {}, by="a1").id for _ in range(5)}
    pages = leaf(people, "claimable", 2)
    assert [len(page.items) for page in pages] == [2, 2, 1]
    assert {row.task.instance_id for page in pages for row in page.items} == made
    assert len(people.cases("a1", page=2, size=3).items) == 2
    assert people.inbox("a1", "todo", after="nonsense", size=0).size == 1
    with pytest.raises(InvalidInput):
        people.inbox("a1", "other")


def leaf(engine: Engine, box: Box, size: int) -> list[Page[TaskRow]]:
    """All pages of the box of somebody who is in two groups."""
    pages = [engine.inbox("ab", box, size=size)]
    while pages[-1].next:
        pages.append(engine.inbox("ab", box, size=size, after=pages[-1].next))
    return pages


@pytest.mark.parametrize("size", [1, 2, 3, 5, 50])
def test_pages_of_several_groups_follow_one_order(people: Engine, clock: Clock, size: int) -> None:
    """Offered to one group, to both, to the person; with due dates and without; each once."""
    both = process("p-both").user("both", groups="甲组,乙组", properties={"clock": "P3D"}).end()
    own = process("p-own").user("own", users="ab", properties={"clock": "P2D"}).end()
    free = process("p-free").user("free", groups="甲组").end()
    deploy(
        people, both, own, free, process("p-b").user("b", groups="乙组", properties={"clock": "P1D"}).end()
    )
    for key in ("free", "both", "own", "b", "free", "both"):
        people.start(f"p-{key}", {}, by="a1")
        clock.advance(minutes=1)
    found = [row.task.name for page in leaf(people, "claimable", size) for row in page.items]
    assert found == ["b", "own", "both", "both", "free", "free"]
    for name in found:
        do(people, "ab", name)
        clock.advance(minutes=1)
    done = [row.task.name for page in leaf(people, "done", size) for row in page.items]
    assert done == list(reversed(found))
    counted = people.counts("ab")
    assert [counted[box] for box in ("todo", "claimable", "done")] == [0, 0, 6]


@pytest.mark.parametrize("box", ["todo", "claimable", "done"])
def test_a_page_is_one_statement_beside_asking_who_reads(people: Engine, box: Box) -> None:
    begin(people, process().user("one", groups="甲组").user("two", groups="甲组").end())
    do(people, "ab", "one")
    with statements(people) as found:
        people.inbox("ab", box)
    assert len([one for one in found if "FROM user_task" in one]) == 1
    assert len(found) == 2  # with the person
    with statements(people) as found:
        people.counts("ab")
    assert len(found) == 2


def test_the_done_box_is_newest_first(people: Engine, clock: Clock) -> None:
    begin(people, process().user("one", groups="甲组").user("two", groups="甲组").end())
    do(people, "a1", "one")
    clock.advance(minutes=1)
    do(people, "a1", "two")
    assert names(people, "a1", "done") == ["two", "one"]


def test_who_sent_a_task(people: Engine, clock: Clock) -> None:
    begin(
        people,
        process()
        .user("one", groups="甲组")
        .catch("w", timer="duration PT1H")
        .user("two", groups="乙组")
        .end(),
    )
    assert people.inbox("a1", "claimable").items[0].sent_by == "a1的岗位"
    do(people, "a2", "one")
    clock.advance(hours=1)
    people.run_due_jobs()
    assert people.inbox("b1", "claimable").items[0].sent_by == "a2的岗位"


def test_a_mark_of_secrecy_may_follow_the_case(people: Engine) -> None:
    builder = (
        process(properties={"secrecy": "=密级"}).user("one", groups="甲组").user("two", groups="甲组").end()
    )
    begin(people, builder)
    assert people.cases("a1").items[0].secrecy == ""
    do(people, "a1", "one", 密级="限知")
    assert people.cases("a1").items[0].secrecy == "限知"
    assert people.inbox("a1", "claimable").items[0].secrecy == "限知"


def test_who_began_a_case_sent_what_comes_after_an_automatic_step(people: Engine) -> None:
    begin(people, process().catch("w", timer="duration PT0S").user("one", groups="乙组").end())
    people.run_due_jobs()
    assert people.inbox("b1", "claimable").items[0].sent_by == "a1的岗位"


def test_a_form_begins_with_draft_over_variables_over_defaults(people: Engine) -> None:
    properties = {
        "标题": {"type": "string", "title": "标题"},
        "件数": {"type": "integer", "title": "件数", "default": 3},
        "算出": {"type": "integer", "title": "算出", "x-value": "基数 * 2"},
        "选": {"type": "string", "title": "选", "x-options": "选项"},
    }
    data = {**FORM, "schema": {"type": "object", "properties": properties}}
    data["layout"] = [{"title": "一", "fields": list(properties)}]
    diagram = process().user("one", groups="甲组", form="f").end()
    begin(people, diagram, form("f", data), 标题="原题", 基数=4, 选项=["甲", "乙"])
    taken = take(people, "a1")
    shown = people.task(taken.id, by="a1")
    assert shown.values == {"标题": "原题", "件数": 3, "算出": 8}
    assert shown.form is not None and shown.form.schema["properties"]["选"]["enum"] == ["甲", "乙"]
    people.save_draft(taken.id, {"标题": "新题", "件数": 5}, by="a1")
    assert people.task(taken.id, by="a1").values == {"标题": "新题", "件数": 5, "算出": 8}
    people.complete(taken.id, {"标题": "定稿", "件数": 5, "算出": 8, "选": "乙"}, by="a1")
    done = people.task(taken.id, by="a1")
    assert (done.values["标题"], done.can_complete) == ("定稿", False)


def test_the_task_page_tells_what_one_may_do_and_what_follows(people: Engine) -> None:
    diagram = process().user("one", groups="甲组").exclusive("g").when("x").user("two", groups="甲组").end()
    begin(people, diagram.at("g").default().user("three", groups="甲组").end("退件"))
    found = task(people, "a1")
    offered = people.task(found.id, by="a1")
    assert (offered.can_claim, offered.can_release, offered.can_complete) == (True, False, False)
    assert "认领" in offered.reason
    assert offered.next_steps == "two或three"
    taken = take(people, "a1")
    mine = people.task(taken.id, by="a1")
    assert (mine.can_claim, mine.can_release, mine.can_complete, mine.reason) == (False, True, True, "")
    assert "他人" in people.task(taken.id, by="a2").reason


def test_opinions_written_before_are_shown_in_order(people: Engine, clock: Clock) -> None:
    diagram = process().user("one", groups="甲组", form="f").user("two", groups="乙组", form="f")
    instance = begin(people, diagram.user("three", groups="甲组", form="f").end(), form("f"))
    do(people, "a1", "one", 标题="甲", 意见="同意")
    clock.advance(minutes=1)
    do(people, "b1", "two", 标题="甲", 意见="不同意")
    shown = people.task(task(people, "a2").id, by="a2")
    assert [(one.step, one.text, one.actor_display) for one in shown.opinions] == [
        ("one", "同意", "a1的岗位"),
        ("two", "不同意", "b1的岗位"),
    ]
    forms = people.case(instance.id, by="a1").forms
    assert [(one.title, one.values["意见"]) for one in forms] == [("登记表", "同意"), ("登记表", "不同意")]


def test_the_summary_shows_what_the_view_declares(people: Engine) -> None:
    declared = view(
        "p",
        "标题",
        summary=[{"label": "件数", "feel": "count(对象)"}, {"label": "缺", "feel": "没有的"}],
        tables=[
            {
                "title": "对象",
                "rows": "对象",
                "columns": [{"label": "名称", "feel": "名称"}, {"label": "措施", "feel": "措施"}],
            },
            {"title": "空", "rows": "没有的", "columns": [{"label": "甲", "feel": "甲"}]},
        ],
    )
    objects = [{"名称": "甲科", "措施": ["检查", "通报"]}, {"名称": "乙科"}]
    instance = begin(people, process().user("one", groups="甲组").end(), declared, 标题="题", 对象=objects)
    found = people.case(instance.id, by="a1")
    assert found.instance.title == "题"
    assert found.summary == (("件数", "2"), ("缺", "—"))
    assert [(table.title, table.columns, table.rows) for table in found.tables] == [
        ("对象", ("名称", "措施"), (("甲科", "检查、通报"), ("乙科", "—"))),
        ("空", ("甲",), ()),
    ]
    assert people.task(task(people, "a1").id, by="a1").summary == found.summary


def staged() -> list[object]:
    top = process().call("s1", "one", all_in=True, name="甲阶段").exclusive("g").when("y = 1")
    top = (
        top.call("s2", "two", name="乙阶段")
        .end()
        .at("g")
        .default()
        .call("s3", "three", name="丙阶段")
        .end("end3")
    )
    return [
        top,
        process("one").user("first", groups="甲组").end(),
        process("two").user("second", groups="甲组").end(),
        process("three").user("third", groups="甲组").end(),
    ]


def test_stages_and_diagrams_follow_the_case(people: Engine) -> None:
    instance = begin(people, *staged(), y=1)
    found = people.case(instance.id, by="a1")
    assert [(one.name, one.status) for one in found.stages] == [
        ("甲阶段", "active"),
        ("乙阶段", "waiting"),
        ("丙阶段", "waiting"),
    ]
    assert people.cases("a1").items[0].stage == "甲阶段"
    assert people.cases("a1").items[0].steps == ("first",)
    do(people, "a1", "first")
    found = people.case(instance.id, by="a1")
    assert [one.status for one in found.stages] == ["completed", "active", "skipped"]
    top, first, second = found.diagrams
    assert (top.definition.id, top.call_element, top.active) == ("p:1", None, True)
    assert (first.definition.id, first.call_element, first.active) == ("one:1", "s1", False)
    assert (second.definition.id, second.call_element, second.active) == ("two:1", "s2", True)
    assert set(top.flows_taken) == {"start-s1", "s1-g", "g-s2"}
    assert set(first.flows_taken) == {"start-first", "first-end"}
    assert set(top.skipped) == {"s3", "end3"}
    assert second.skipped == ()
    shown = people.task(task(people, "a2").id, by="a2")
    assert shown.diagram is not None and shown.diagram.definition.id == "two:1"
    do(people, "a2", "second")
    found = people.case(instance.id, by="a1")
    assert [one.status for one in found.stages] == ["completed", "completed", "skipped"]
    assert not any(one.active for one in found.diagrams)


def test_activities_know_person_and_place(people: Engine) -> None:
    loop = process("one").user("each", groups="甲组", loop=many("[1,2]", element="n")).end()
    instance = begin(people, process().call("s", "one").end(), loop)
    do(people, "a1", "each", x=1)
    found = people.case(instance.id, by="a1")
    each = [one for one in found.diagrams[1].activities if one.kind == "userTask"]
    assert [one.loop_index for one in each] == [0, 1]
    assert sorted((one.actor or "", one.status) for one in each) == [("", "active"), ("a1", "completed")]
    assert {one.id for one in each} >= {one.id for one in found.open_tasks}
    assert people.task(found.open_tasks[0].id, by="a1").variables["n"] in (1, 2)


def test_each_run_of_a_called_process_has_its_diagram(people: Engine) -> None:
    called = process("one").user("each", groups="甲组").end()
    instance = begin(people, process().call("s", "one", loop=many("[1,2,3]")).end(), called)
    found = people.case(instance.id, by="a1")
    assert [one.definition.id for one in found.diagrams] == ["p:1", "one:1", "one:1", "one:1"]
    assert [one.status for one in found.stages] == ["active"]
