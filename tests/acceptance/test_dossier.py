"""The dossier of a published case: whole, and false after one byte, for who has nothing but the file."""

from __future__ import annotations

import io
import json
import random
import zipfile

import pytest

from engine import Engine, NotAllowed, NotFound, check_dossier, new_key, public_pem
from tests.acceptance.clerks import Clerks, open_office, registered, script
from web.dossiers import sayings

KEY = new_key()
PUBLIC = public_pem(KEY).encode()


@pytest.fixture
def clerks(engine: Engine) -> Clerks:
    """C01, worked to its announcement and beyond."""
    told = script("C01")
    open_office(engine)
    made = Clerks(engine, registered(engine, told["start"]["variables"]["线索标题"]))
    made.follow(told["steps"])
    return made


def test_the_dossier_of_c01(clerks: Clerks) -> None:
    engine, file = clerks.engine, io.BytesIO()
    engine.export(clerks.case_id, file, "移送上级机关复核", by="ajgl", key=KEY, sayings=sayings())
    view, found = clerks.view, check_dossier(file, PUBLIC)
    assert found.problems == ()
    assert found.trusted
    assert view.history[0].kind == "instance.exported"  # the export is in what it exports
    assert found.entries == len(view.history)
    with zipfile.ZipFile(file) as archive:
        names = archive.namelist()
        assert len([one for one in names if one.startswith("documents/")]) == len(view.documents)
        assert len([one for one in names if one.startswith("forms/")]) == len(view.forms)
        for diagram in view.diagrams:
            assert any(name.endswith(diagram.definition.resource) for name in names)
        assert_index(archive, clerks)
        assert_record(archive, clerks)
    for at in random.Random(1).sample(range(len(file.getvalue())), 8):
        assert_false_after(file.getvalue(), at)


def assert_index(archive: zipfile.ZipFile, clerks: Clerks) -> None:
    """Somebody who opens it can read what happened, in words."""
    page = archive.read("index.html").decode()
    for document in clerks.view.documents:
        assert document.name in page
    for form in clerks.view.forms:
        assert form.task.name in page
    assert "task.completed" not in page
    assert "移送上级机关复核" in page


def assert_record(archive: zipfile.ZipFile, clerks: Clerks) -> None:
    lines = [json.loads(line) for line in archive.read("record.jsonl").splitlines()]
    kept = {event.seq: event.hash for event in clerks.view.history}
    assert {line["seq"]: line["hash"] for line in lines} == kept


def assert_false_after(data: bytes, at: int) -> None:
    changed = bytearray(data)
    changed[at] ^= 1 << (at % 8)
    found = check_dossier(io.BytesIO(bytes(changed)), PUBLIC)
    assert found.problems, f"byte {at} was changed and nobody saw it"


def test_only_the_supervising_department_takes_it_out(engine: Engine) -> None:
    open_office(engine)
    case = engine.cases("", size=100).items[0].instance.id
    for login, refusal in (("xsdj", NotAllowed), ("dwsj", NotFound)):
        with pytest.raises(refusal):
            engine.export(case, io.BytesIO(), "想看看", by=login, key=KEY)
    assert "instance.exported" not in [event.kind for event in engine.case(case, by="").history]
