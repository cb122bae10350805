"""The real procedure keeps an informant's identity, and its register of meddling."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator

import pytest

from engine import Engine, NotAllowed, NotFound
from tests.acceptance.desk import GROUPS, Desk
from tests.acceptance.test_initiation import approve, propose
from tests.acceptance.test_whole import WHOLE, register
from tests.conftest import Clock

WHO = "城南某小区来信住户"
ASKED = {
    "发生日期": "2026-03-02",
    "行为": "打听案情",
    "行为人职务": "某局办公室主任",
    "方式": "电话",
    "内容": "问案子办到哪一步。",
    "答复": "告知不能透露。",
}


@pytest.fixture
def desk(sqlite_url: str, clock: Clock) -> Iterator[Desk]:
    """A case with an informant, on its way to a refusal that he is told of."""
    engine = Engine.open(sqlite_url, clock=clock)
    made = Desk(engine, clock, *WHOLE)
    register(made, 举报人=WHO)
    made.do("check_duplicates", by="线索登记室2", 查重结果="无重复")
    made.do("assign_clue", 承办部门名称="第三监督检查室", 分办意见="请办理。")
    propose(made, "不予启动")
    yield made
    engine.close()


def people_of(desk: Desk) -> list[str]:
    """Who sees the case."""
    found = [f"{group}{number}" for group in GROUPS for number in (1, 2)]
    return [one for one in found if desk.engine.sees("case", desk.case_id, by=one)]


def text_of(content: bytes) -> str:
    """All that a document's parts hold."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return "".join(archive.read(name).decode("utf-8", "ignore") for name in archive.namelist())


def test_nobody_reads_who_the_informant_is(desk: Desk) -> None:
    engine = desk.engine
    seen = people_of(desk)
    assert {"线索登记室1", "案件监督管理室1", "承办部门1"} <= set(seen)
    for person in seen:
        view = engine.case(desk.case_id, by=person)
        assert WHO not in repr(view), person
        assert view.variables["举报人"] == "（保密）"
        for task in view.open_tasks:
            if engine.sees("task", task.id, by=person):
                assert WHO not in repr(engine.task(task.id, by=person))
        assert WHO not in repr(engine.notifications(person))
        assert engine.cases(person, search=WHO[:4]).total == 0
    for document in desk.view.documents:
        assert WHO not in text_of(engine.document(document.id, by="")[1]), document.name


def test_the_registry_looks_with_a_reason_to_answer_him(desk: Desk) -> None:
    engine = desk.engine
    approve(desk)
    desk.do("record_reasons", 理由类别="反映失实", 后续处理="了结")
    page = desk.look("reply_informant")
    assert page.values["举报人"] == "（保密）"
    with pytest.raises(NotAllowed, match="只有线索登记室可以查看"):
        engine.reveal(desk.case_id, "informant-identity", "想知道", by="案件监督管理室1")
    looked = engine.reveal(desk.case_id, "informant-identity", "当面答复", by="线索登记室1")
    assert looked == {"举报人": WHO}
    entry = engine.case(desk.case_id, by="案件监督管理室1").history[0]
    assert (entry.kind, entry.actor, entry.data["reason"]) == ("data.revealed", "线索登记室1", "当面答复")
    desk.do("reply_informant", 答复方式="当面", 举报人="改成别人", 举报人反馈="住在三号楼，认可")
    assert desk.values["举报人"] == WHO
    assert "举报人反馈" not in engine.case(desk.case_id, by="承办部门1").variables
    assert engine.case(desk.case_id, by="案件监督管理室1").variables["举报人反馈"] == "住在三号楼，认可"
    assert engine.verify(desk.case_id) == ()


def test_meddling_is_registered_by_who_handles_the_case(desk: Desk) -> None:
    engine = desk.engine
    engine.enter("meddling", ASKED, by="承办部门1", instance_id=desk.case_id)
    (book,) = engine.case(desk.case_id, by="案件监督管理室1").registers
    assert [one.entry.values["内容"] for one in book.entries] == ["问案子办到哪一步。"]
    assert engine.case(desk.case_id, by="线索登记室2").registers[0].entries == ()
    with pytest.raises(NotFound):
        engine.enter("meddling", ASKED, by="案件审理室1", instance_id=desk.case_id)
    engine.enter(
        "meddling", {**ASKED, "涉及事项": "来访时提到的旧案"}, by="案件审理室1", key="accountability"
    )
    listed = engine.register("accountability", "meddling", by="案件监督管理室1").entries
    assert [one.case for one in listed] == ["", desk.view.instance.business_key]
    assert engine.verify_registers() == ()
