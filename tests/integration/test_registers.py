"""Registers: written on a case or outside of cases, read by those allowed to, and never changed."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from engine import Engine, InvalidInput, NotAllowed, NotFound, ProcessInstance, Resource
from engine.store.database import Work
from engine.store.tables import register_entry
from tests.integration.helpers import begin, deploy, do, form, kinds, process, take
from tests.integration.test_faults import race

NOTE = {
    "title": "来访登记",
    "schema": {
        "type": "object",
        "required": ["事由"],
        "properties": {
            "事由": {"type": "string", "title": "事由", "maxLength": 50},
            "日期": {"type": "string", "format": "date", "title": "日期", "x-value": "string(today())"},
        },
    },
    "layout": [{"fields": ["事由", "日期"]}],
}
BOOK = {"id": "book", "title": "来访登记", "form": "visit", "readers": ["主管"]}
OPEN = {**BOOK, "id": "open", "title": "值班登记", "writers": ["乙组"], "standing": True}
VISIBLE = {"visibleTo": "主管"}


def rules(*registers: dict[str, Any]) -> Resource:
    return Resource("t/p.case.json", json.dumps({"process": "p", "registers": list(registers)}).encode())


def diagram() -> object:
    return process(properties=VISIBLE).user("one", groups="甲组").user("two", groups="乙组").end()


@pytest.fixture
def case(people: Engine) -> ProcessInstance:
    made = begin(people, diagram(), form("visit", NOTE), rules(BOOK, OPEN))
    take(people, "a2")
    return made


def read(engine: Engine, case: ProcessInstance, by: str, register: str = "book") -> list[str]:
    """What a person reads in a register of the case."""
    books = {one.declared.id: one for one in engine.case(case.id, by=by).registers}
    return [one.entry.values["事由"] for one in books[register].entries]


def test_who_handles_a_case_writes_and_the_readers_read(people: Engine, case: ProcessInstance) -> None:
    people.enter("book", {"事由": "来问进展", "日期": "2026-03-02", "别的": 1}, by="a2", instance_id=case.id)
    people.enter("book", {"事由": "又来"}, by="a1", instance_id=case.id)
    assert read(people, case, "boss") == ["又来", "来问进展"]
    assert read(people, case, "a2") == ["来问进展"], "his own"
    (mine,) = people.case_register(case.id, "book", by="a2").entries
    assert mine.entry.values == {"事由": "来问进展", "日期": "2026-03-02"}
    assert mine.actor_display == "a2的岗位"
    assert people.verify(case.id) == people.verify_registers() == ()


def test_each_entry_stands_in_the_record_for_its_readers_only(people: Engine, case: ProcessInstance) -> None:
    people.enter("book", {"事由": "来问进展"}, by="a2", instance_id=case.id)

    def told(by: str) -> list[str]:
        return [one.kind for one in people.case(case.id, by=by).history if one.kind == "register.entered"]

    assert [told(by) for by in ("boss", "a2", "a1")] == [["register.entered"], ["register.entered"], []]
    assert kinds(people, case).count("register.entered") == 1
    entry = people.case(case.id, by="").history[0]
    assert "来问进展" not in json.dumps(entry.data, ensure_ascii=False), "what it says stands in the register"


def test_it_can_be_written_at_any_time(people: Engine, case: ProcessInstance) -> None:
    people.suspend(case.id, "等", by="")
    people.enter("book", {"事由": "歇着也来"}, by="a2", instance_id=case.id)
    people.resume(case.id, "好", by="")
    people.cancel(case.id, "重复", by="")
    people.enter("book", {"事由": "完了还来"}, by="a2", instance_id=case.id)
    assert len(read(people, case, "boss")) == 2


def test_who_may_not_write_or_read(people: Engine, case: ProcessInstance) -> None:
    for register, who in (("book", "out"), ("book", "b1"), ("other", "a1")):
        with pytest.raises(NotFound):
            people.enter(register, {"事由": "x"}, by=who, instance_id=case.id)
    people.copy_to(case.id, ["out"], "供参考", by="a1")
    with pytest.raises(NotAllowed, match="抄送"):
        people.enter("book", {"事由": "x"}, by="out", instance_id=case.id)
    people.enter("book", {"事由": "来问进展"}, by="a2", instance_id=case.id)
    assert read(people, case, "out") == []
    with pytest.raises(NotAllowed):
        people.register("p", "book", by="out")
    with pytest.raises(NotFound):
        people.register("p", "nothing", by="boss")
    with pytest.raises(NotFound):
        people.case_register(case.id, "book", by="b1")


def test_the_form_is_checked(people: Engine, case: ProcessInstance) -> None:
    for values, about in (
        ({}, "请填写“事由”"),
        ({"事由": "长" * 51}, "最多50个字"),
        ({"事由": "x", "日期": "昨天"}, "日期"),
    ):
        with pytest.raises(InvalidInput, match=about):
            people.enter("book", values, by="a2", instance_id=case.id)
    assert read(people, case, "boss") == []
    assert people.case(case.id, by="a2").registers[0].can_write
    shown = people.case_register(case.id, "book", by="a2").form
    assert shown is not None
    assert shown.schema["properties"]["日期"]["default"] == "2026-03-02"


def test_a_register_may_stand_outside_of_cases(people: Engine, case: ProcessInstance) -> None:
    assert [one.declared.id for one in people.registers("b1")] == ["open"]
    assert [one.declared.id for one in people.registers("boss")] == ["book", "open"]
    assert people.registers("a1") == ()
    people.enter("open", {"事由": "电话打听"}, by="b1", key="p")
    people.enter("open", {"事由": "案上打听"}, by="a2", instance_id=case.id)
    found = people.register("p", "open", by="boss")
    assert [(one.entry.values["事由"], one.case) for one in found.entries] == [
        ("案上打听", case.business_key),
        ("电话打听", ""),
    ]
    assert [one.entry.values["事由"] for one in people.register("p", "open", by="b1").entries] == ["电话打听"]
    for register, who in (("open", "a1"), ("open", "boss"), ("book", "b1")):
        with pytest.raises(NotAllowed):
            people.enter(register, {"事由": "x"}, by=who, key="p")
    assert people.verify_registers() == ()


def test_entries_on_cases_that_a_reader_does_not_see_are_not_shown(people: Engine) -> None:
    open_ = {**OPEN, "readers": ["主管", "乙组"]}
    made = begin(people, diagram(), form("visit", NOTE), rules(open_))
    people.enter("open", {"事由": "案上打听"}, by="a1", instance_id=made.id)
    assert [one.case for one in people.register("p", "open", by="boss").entries] == [made.business_key]
    assert people.register("p", "open", by="b1").entries == ()
    do(people, "a1")
    assert len(people.register("p", "open", by="b1").entries) == 1, "now the case is offered to him"


def test_a_page_sent_twice_counts_once(people: Engine, case: ProcessInstance) -> None:
    first = people.enter("book", {"事由": "x"}, by="a2", instance_id=case.id, once="page-1")
    assert people.enter("book", {"事由": "x"}, by="a2", instance_id=case.id, once="page-1") in (first,)
    assert read(people, case, "boss") == ["x"]


def test_many_at_once_are_all_kept_in_one_chain(people: Engine, case: ProcessInstance) -> None:
    acts = [lambda n=n: people.enter("open", {"事由": str(n)}, by="b1", key="p") for n in range(5)]
    acts += [
        lambda n=n: people.enter("open", {"事由": f"c{n}"}, by="a2", instance_id=case.id) for n in range(3)
    ]
    race(*acts)
    assert [one.entry.seq for one in people.register("p", "open", by="").entries] == list(range(8, 0, -1))
    assert people.verify_registers() == people.verify(case.id) == ()


@pytest.mark.parametrize("change", [update(register_entry).values(actor="b1"), delete(register_entry)])
def test_nobody_changes_or_removes_an_entry(people: Engine, case: ProcessInstance, change: Any) -> None:
    people.enter("book", {"事由": "x"}, by="a2", instance_id=case.id)
    with pytest.raises(DBAPIError, match="append-only"), people._context.database.unit_of_work() as work:
        work.connection.execute(change)
    assert read(people, case, "boss") == ["x"]


TAMPERED = {
    "changed": update(register_entry).where(register_entry.c.seq == 2).values(actor="b1"),
    "removed": delete(register_entry).where(register_entry.c.seq == 2),
    "the last removed": delete(register_entry).where(register_entry.c.seq == 3),
}


def unguarded(work: Work) -> None:
    """Without the triggers."""
    if work.connection.dialect.name == "sqlite":
        for verb in ("update", "delete"):
            work.connection.execute(text(f"DROP TRIGGER register_entry_no_{verb}"))
    else:
        work.connection.execute(text("ALTER TABLE register_entry DISABLE TRIGGER USER"))


@pytest.mark.parametrize("how", [*TAMPERED, "inserted"])
def test_past_the_trigger_the_chain_tells(people: Engine, case: ProcessInstance, how: str) -> None:
    for n in range(3):
        people.enter("book", {"事由": str(n)}, by="a2", instance_id=case.id)
    with people._context.database.unit_of_work() as work:
        unguarded(work)
        if how == "inserted":
            row = work.connection.execute(select(register_entry).where(register_entry.c.seq == 3)).one()
            work.connection.execute(insert(register_entry).values({**row._asdict(), "id": "new", "seq": 4}))
        else:
            work.connection.execute(TAMPERED[how])
    assert people.verify_registers() != ()


def test_the_last_entry_outside_of_cases_is_missed_when_it_is_gone(
    people: Engine, case: ProcessInstance
) -> None:
    people.enter("open", {"事由": "电话打听"}, by="b1", key="p")
    with people._context.database.unit_of_work() as work:
        unguarded(work)
        work.connection.execute(delete(register_entry))
    (problem,) = people.verify_registers()
    assert "登记簿“open”与第" in problem.message


def test_registers_are_those_of_the_latest_version(people: Engine, case: ProcessInstance) -> None:
    people.enter("book", {"事由": "旧"}, by="a2", instance_id=case.id)
    renamed = {**BOOK, "title": "改名登记"}
    deploy(people, diagram(), form("visit", NOTE), rules(renamed))
    assert [one.declared.title for one in people.case(case.id, by="a2").registers] == ["改名登记"]
    assert read(people, case, "boss") == ["旧"]
