"""Finding: what a search and filters give, to whom; what deployment refuses; that a page looks at little."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from sqlalchemy import insert, select, text

from engine import Criteria, Engine, FieldCriterion, InvalidDefinition, ProcessInstance, Resource
from engine.model.finding import bigrams, fold, words_of
from engine.store.tables import participant, process_instance, search_text, search_token, user_task
from tests.conftest import Clock
from tests.integration.helpers import deploy, do, form, process, take, view
from tests.integration.test_box_paging import explained

FIELDS = {
    "事由": {"type": "string", "title": "事由", "x-searchable": True},
    "来源": {"type": "string", "title": "来源", "enum": ["来信", "来访"], "x-searchable": True},
    "金额": {"type": "number", "title": "金额", "x-searchable": True},
    "发生日": {"type": "string", "format": "date", "title": "发生日", "x-searchable": True},
    "内情": {"type": "string", "title": "内情"},
}


def sheet(fields: dict[str, Any] = FIELDS) -> Any:
    schema = {"type": "object", "properties": fields}
    return form("f", {"title": "登记表", "schema": schema, "layout": [{"fields": list(fields)}]})


def resources() -> list[Any]:
    made = process("p", properties={"caseNumber": "登〔{year}〕{n}号", "visibleTo": "主管"})
    made = made.user("核查情况", groups="甲组", form="f").user("提出意见", groups="乙组").end()
    return [made, sheet(), view("p", '事由 + "一事"')]


@pytest.fixture
def office(people: Engine) -> Engine:
    deploy(people, *resources())
    return people


def case(engine: Engine, by: str = "a1", **values: Any) -> ProcessInstance:
    return engine.start("p", values, by=by)


def found(engine: Engine, who: str, search: str = "", **more: Any) -> list[str]:
    """Titles of the cases that a search finds, in alphabetical order."""
    criteria = Criteria(search=search, **more)
    return sorted(row.instance.title for row in engine.cases(who, criteria=criteria).items)


def test_words_are_found_wherever_they_stand_and_all_must_be(office: Engine) -> None:
    case(office, 事由="围墙倒塌", 来源="来信", 内情="不可查")
    case(office, 事由="桥梁失修ＡＢ", 来源="来访")
    for search, expected in {
        "墙倒": 1,  # within a title
        "桥": 1,  # one sign
        "来信": 1,  # a field
        "ab": 1,  # full-width letters, letter case aside
        "登〔2026〕2号": 1,  # a number
        "〔2026〕": 2,
        "核查": 2,  # a step
        "a1的岗位": 2,  # a position of its people
        "墙倒 来信": 1,
        "墙倒 来访": 0,
        "墙倒 核查 a1": 1,
        "不可查": 0,  # a field that isn't marked
        "提出意见": 0,  # a step that hasn't come
        "%": 0,
        "_": 0,
        "登\n围": 1,  # two words
    }.items():
        assert len(found(office, "boss", search)) == expected, search
        assert len(office.inbox("a2", "claimable", search=search).items) == expected, search


def test_what_changes_is_found_as_it_has_become(office: Engine) -> None:
    one = case(office, 事由="围墙倒塌")
    do(office, "a1", 事由="河堤决口", 来源="来访", 金额=12.5, 发生日="2026-02-03")
    assert found(office, "boss", "围墙") == []
    assert found(office, "boss", "河堤 来访") == ["河堤决口一事"]
    assert found(office, "boss", "提出意见") == ["河堤决口一事"]
    assert found(office, "boss", "核查") == []
    with office._context.database.reading() as work:
        kept = set(
            work.connection.execute(search_token.select().with_only_columns(search_token.c.token)).scalars()
        )
        whole = work.connection.execute(search_text.select()).one()
    assert whole.instance_id == one.id
    assert kept == bigrams(whole.text)


def test_fields_are_narrowed_to_choices_texts_and_spans(office: Engine) -> None:
    values = [("甲", "来信", 5, "2026-01-05"), ("乙", "来访", 50.5, "2026-02-05"), ("丙", "来访", -3, None)]
    for name, source, amount, day in values:
        case(office)
        filled = {"事由": name, "来源": source, "金额": amount} | ({"发生日": day} if day else {})
        do(office, "a1", **filled)

    def titles(*fields: FieldCriterion) -> str:
        return "".join(title[0] for title in found(office, "boss", fields=fields))

    assert titles(FieldCriterion("来源", "choice", "来访")) == "丙乙"
    assert titles(FieldCriterion("事由", "text", "乙")) == "乙"
    assert titles(FieldCriterion("金额", "number", low="0", high="50.5")) == "乙甲"
    assert titles(FieldCriterion("金额", "number", low="50.6")) == ""
    assert titles(FieldCriterion("发生日", "date", low="2026-01-05", high="2026-01-31")) == "甲"
    both = (FieldCriterion("来源", "choice", "来访"), FieldCriterion("金额", "number", high="0"))
    assert titles(*both) == "丙"
    assert [row.title for row in office.inbox("b1", "claimable", criteria=Criteria(fields=both)).items] == [
        "丙一事"
    ]


def test_who_may_not_see_a_case_finds_nothing_of_it(office: Engine) -> None:
    case(office, 事由="围墙倒塌")
    do(office, "a1", 事由="围墙倒塌", 来源="来信")
    asked = [
        Criteria(search="围墙"),
        Criteria(search="墙"),
        Criteria(search="a1的岗位"),
        Criteria(step="提出意见"),
        Criteria(unit="某单位"),
        Criteria(fields=(FieldCriterion("来源", "choice", "来信"),)),
    ]
    for one in asked:
        assert len(office.cases("boss", criteria=one).items) == 1, one
        assert len(office.inbox("b1", "claimable", criteria=one).items) == 1, one
        assert office.cases("out", criteria=one).total == 0, one
        assert office.cases("a2", criteria=one).total == 0, one
        assert not any(office.inbox("out", box, criteria=one).items for box in ("todo", "claimable", "done"))


def test_steps_states_priority_and_time(office: Engine, clock: Clock) -> None:
    urgent = process("u").user("急办", groups="甲组", priority="80", properties={"clock": "P1D"}).end()
    deploy(office, *resources(), urgent)
    case(office, 事由="甲")
    office.start("u", {}, by="a1")

    def boxed(box: Any = "claimable", **more: Any) -> list[str]:
        return sorted(row.task.name for row in office.inbox("a2", box, criteria=Criteria(**more)).items)

    assert boxed(step="急办") == boxed(priority="urgent") == boxed(process="u") == ["急办"]
    assert boxed(priority="normal") == boxed(due="free") == boxed(process="p") == ["核查情况"]
    clock.advance(days=2)
    assert boxed(due="over") == ["急办"]
    assert found(office, "a1", due="over") == found(office, "a1", priority="urgent") == ["u流程"]
    assert found(office, "a1", due="free") == found(office, "a1", step="核查情况") == ["甲一事"]
    assert found(office, "a1", state="completed") == []
    mine = take(office, "a2", "核查情况")
    office.save_draft(mine.id, {"事由": "半"}, by="a2")
    assert boxed("todo", state="draft") == ["核查情况"]
    assert boxed("todo", state="returned") == boxed("todo", state="resting") == []
    office.complete(mine.id, {}, by="a2")
    back = take(office, "b1")
    office.send_back(back.id, "核查情况", "补充", by="b1")
    assert boxed("todo", state="returned") == ["核查情况"]


def had_part(engine: Engine, instance_id: str) -> list[str]:
    """Who began the case, has a task in it or did one."""
    part = participant.c
    mine = select(part.user_id).where(part.instance_id == instance_id, part.role == "part")
    with engine._context.database.reading() as work:
        return list(work.connection.execute(mine).scalars())


def all_in(search: str, told: str) -> bool:
    return all(word in fold(told) for word in words_of(search))


@pytest.mark.parametrize("seed", range(3))
def test_a_search_equals_a_plain_look_at_what_one_may_see(office: Engine, seed: int) -> None:
    dice = random.Random(seed)
    signs = "墙桥河堤Ab1２％_\\"
    for _ in range(14):
        case(office, dice.choice(["a1", "a2", "ab"]), 事由="".join(dice.choices(signs, k=5)))
    for who in ("a1", "a2", "ab"):
        for _ in range(2):
            do(office, who, 事由="".join(dice.choices(signs, k=4)), 来源=dice.choice(["来信", "来访"]))
    shown = {user.id: f"{user.unit}\n{user.display}" for user in office.users()}

    def told(instance_id: str) -> str:
        view = office.case(instance_id, by="")
        values = (str(view.variables.get(name, "")) for name in ("来源", "事由"))
        people = (shown[one] for one in had_part(office, instance_id))
        return "\n".join([view.instance.business_key, view.instance.title, *values, *people])

    texts = {row.instance.id: told(row.instance.id) for row in office.cases("boss", size=200).items}
    for _ in range(25):
        lengths = [dice.randint(1, 2) for _ in range(dice.randint(1, 2))]
        search = " ".join("".join(dice.choices(signs + "来信查", k=length)) for length in lengths)
        for who in ("a1", "boss", "b1", "out"):
            every = office.cases(who, size=200).items
            expected = {
                row.instance.id
                for row in every
                if all_in(search, "\n".join([texts[row.instance.id], *row.steps]))
            }
            got = {row.instance.id for row in office.cases(who, search=search, size=200).items}
            assert got == expected, (who, search)
        for who, box in (("a2", "claimable"), ("b1", "claimable"), ("a1", "done")):
            rows = office.inbox(who, box, size=200).items
            expected = {
                row.task.id
                for row in rows
                if all_in(search, f"{texts[row.task.instance_id]}\n{row.task.name}")
            }
            got = {row.task.id for row in office.inbox(who, box, search=search, size=200).items}
            assert got == expected, (who, box, search)


@pytest.mark.parametrize(
    ("fields", "rules", "message"),
    [
        ({"甲": {"type": "string", "x-searchable": True, "x-readers": ["甲组"]}}, None, "只给部分人看"),
        ({"甲": {"type": "string", "x-searchable": True}}, ["甲"], "受保护"),
        ({"甲": {"type": "array", "items": {"type": "string"}, "x-searchable": True}}, None, "不能查找"),
        ({"甲": {"type": "string", "x-searchable": "yes"}}, None, "true 或 false"),
    ],
)
def test_deployment_refuses_marks_on_what_not_everybody_sees(
    people: Engine, fields: dict[str, Any], rules: list[str] | None, message: str
) -> None:
    given = [process().user("t", groups="甲组", form="f").end(), sheet(fields)]
    if rules:
        protected = [{"id": "x", "title": "密", "variables": rules, "groups": ["主管"]}]
        content = json.dumps({"process": "p", "protected": protected}).encode()
        given.append(Resource("t/p.case.json", content))
    with pytest.raises(InvalidDefinition) as refused:
        deploy(people, *given)
    assert any(message in one.message for one in refused.value.problems)


def crowd(engine: Engine, clock: Clock, many: int) -> None:
    """So many cases more, each with an open task of `a1`; every 100th is about a bridge."""
    with engine._context.database.unit_of_work() as work:
        case = work.connection.execute(process_instance.select()).mappings().first()
        task = work.connection.execute(user_task.select()).mappings().first()
        assert case and task
        kept = {name: value for name, value in task.items() if name not in ("due_or_never", "name_begin")}
        texts = [f"登〔2026〕{n}号\n{'桥梁失修' if n % 100 == 0 else '围墙倒塌'}" for n in range(many)]
        pairs = [(one, n) for n, told in enumerate(texts) for one in bigrams(told)]
        rows: list[tuple[Any, list[dict[str, Any]]]] = [
            (process_instance, [dict(case) | {"id": f"c{n}"} for n in range(many)]),
            (
                user_task,
                [kept | {"id": f"t{n}", "instance_id": f"c{n}", "assignee": "a1"} for n in range(many)],
            ),
            (search_text, [{"instance_id": f"c{n}", "text": told} for n, told in enumerate(texts)]),
            (search_token, [{"token": one, "instance_id": f"c{n}"} for one, n in pairs]),
        ]
        for table, new in rows:
            work.connection.execute(insert(table), new)
        work.connection.execute(text("ANALYZE"))


def texts_read(plan: str) -> int:
    """How many texts a statement read, by PostgreSQL's account of it."""

    def read(node: dict[str, Any]) -> int:
        mine = node["Actual Rows"] * node["Actual Loops"] if node.get("Relation Name") == "search_text" else 0
        return int(mine) + sum(read(child) for child in node.get("Plans", ()))

    return read(json.loads(plan)[0]["Plan"]) if plan.startswith("[") else 0


def test_a_search_among_many_looks_at_few(office: Engine, clock: Clock) -> None:
    """A rare word's cases are looked up beforehand, a frequent one is met while the box is walked."""
    case(office, 事由="甲")
    crowd(office, clock, 2_000)
    for search, expected, rare in (
        ("桥梁", 20, True),
        ("登〔2026〕1432号", 1, True),
        ("围墙", 1980, False),
        ("墙", 1980, False),
    ):
        _, whole = explained(office, lambda one=search: office.inbox("a1", "todo", search=one, size=50))
        rows = office.inbox("a1", "todo", search=search, size=200).items
        assert len(rows) == min(expected, 200), search
        assert ("search_text" not in whole) == rare, search
        assert "SCAN search_text" not in whole
        assert texts_read(whole) <= 100, search
