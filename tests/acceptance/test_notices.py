"""Notices of every shape go from clue to filed, and what is decided of each position is what they say."""

from __future__ import annotations

import io
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import docx
import pytest

from engine import Engine, JsonObject
from tests import postgres
from tests.acceptance.clerks import CASES
from tests.acceptance.desk import Desk
from tests.acceptance.notices import Notice, is_body, work
from tests.conftest import Clock

WHOLE = ("accountability", "initiation", "collection", "enforcement")
SCRIPTED = ("C01", "C07", "C20")  #: done step by step in test_cases
INFORMANT = "城南来信人"  #: of V03


def published() -> list[JsonObject]:
    """The published notices, put together from their positions."""
    rows = json.loads((CASES / "published.json").read_text("utf-8"))
    names = [name for name in dict.fromkeys(row["case"] for row in rows) if name not in SCRIPTED]
    return [
        {"id": name, "title": f"通报{name}", "facts": "", "persons": [r for r in rows if r["case"] == name]}
        for name in names
    ]


INVENTED: list[JsonObject] = json.loads((CASES / "invented.json").read_text("utf-8"))
RECORDS = {record["id"]: record for record in (*published(), *INVENTED)}


@pytest.fixture(scope="module")
def office(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """People and all stages; every notice is a case of this one office."""
    path = tmp_path_factory.mktemp("office") / "office.db"
    shutil.copy(sqlite_template, path)
    engine = Engine.open(f"sqlite:///{path}", clock=Clock())
    Desk(engine, Clock(), *WHOLE)
    yield engine
    engine.close()


@pytest.fixture
def desk(office: Engine, clock: Clock) -> Desk:
    return Desk(office, clock)


def begin(desk: Desk, name: str) -> Notice:
    notice = Notice(RECORDS[name])
    desk.start("accountability", notice.clue(), by="线索登记室1")
    return notice


@pytest.mark.parametrize("name", RECORDS)
def test_notice(desk: Desk, name: str) -> None:
    notice = begin(desk, name)
    work(desk, notice)
    assert_as_published(desk, notice)
    assert_handled(desk)
    assert_papers(desk)


@pytest.mark.postgres
def test_notice_on_postgres(postgres_server: postgres.Server, clock: Clock) -> None:
    with postgres_server.database() as url:
        engine = Engine.open(url, clock=clock)
        desk = Desk(engine, clock, *WHOLE)
        notice = begin(desk, "C22")
        work(desk, notice)
        assert_as_published(desk, notice)
        engine.close()


def assert_as_published(desk: Desk, notice: Notice) -> None:
    """Position, count, measures and, where the notice has it, responsibility of each, in its order."""
    decided = desk.values["处理决定"][: len(notice.persons)]
    found = [(one["名称"], one["人数"], one["措施"]) for one in decided]
    assert found == [(one["position"], one["count"], one["measures"]) for one in notice.persons]
    for one, position in zip(decided, notice.persons, strict=True):
        assert one["类别"] == ("组织" if is_body(position) else "个人")
        if position["responsibility"]:
            assert one["责任类型"] == position["responsibility"]
        assert one["决定机关"]
    kinds = {one["类别"] for one in desk.values["处理决定"]}
    assert kinds == {"个人", "组织"}  # two findings, neither stands for the other


def assert_handled(desk: Desk) -> None:
    """Filed, with only the appeal's time running, if anything was decided against anybody."""
    against = any(one["措施"] for one in desk.values["处理决定"])
    assert desk.waiting == (["register_appeal"] if against else [])
    done = {form.task.element_id for form in desk.view.forms}
    assert not against or {"announce", "report_execution", "file"} <= done


def assert_papers(desk: Desk) -> None:
    """A decision and a receipt for each subject; no hole in any document, no informant."""
    subjects = [one["称谓"] for one in desk.values["处理决定"]]
    assert len(set(subjects)) == len(subjects)
    names = desk.documents
    for subject in subjects:
        assert sum(f"决定书（{subject}）" in name for name in names) == 1
        assert f"送达回证（{subject}）.docx" in names
    for name, text in papers(desk).items():
        assert not re.search(r"\{\{|\{%|None|null|，，|。。|、、|；。|，。|：。|：，", text), (name, text)
        assert INFORMANT not in text, name


def papers(desk: Desk) -> dict[str, str]:
    """The text of every document of the case."""
    return {
        each.name: words(desk.engine.document(each.id, by="")[1])
        for each in desk.view.documents
        if each.name.endswith(".docx")
    }


def words(content: bytes) -> str:
    paper = docx.Document(io.BytesIO(content))
    return "\n".join(node.text or "" for node in paper.element.body.iter() if node.tag.endswith("}t"))
