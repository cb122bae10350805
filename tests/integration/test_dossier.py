"""A case as one signed file: what is in it, and that nobody can change it unseen."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine import Engine, InvalidInput, JsonObject, User, check_dossier, new_key, public_pem
from engine.dossier import keys
from engine.dossier.archive import add
from tests.integration.helpers import FORM, begin, form, process

KEY = new_key()
PUBLIC = public_pem(KEY).encode()
LONG = "长" * 30_000


def worked(people: Engine) -> str:
    """A case with a form, a large value, a file with an ugly name, and text that looks like HTML."""
    instance = begin(people, process().user("one", groups="甲组", form="f").end(), form("f", FORM), 底稿=LONG)
    (task,) = people.case(instance.id, by="").open_tasks
    people.claim(task.id, by="a1")
    people.attach("..“<b>x”?.txt", b"evidence", "text/plain", by="a1", task_id=task.id)
    people.complete(task.id, {"标题": "<script>x", "意见": "同意"}, by="a1")
    return instance.id


def exported(people: Engine) -> bytes:
    file = io.BytesIO()
    people.export(worked(people), file, "归档", by="", key=KEY)
    return file.getvalue()


def problems(data: bytes, key: bytes | None = PUBLIC) -> tuple[str, ...]:
    return check_dossier(io.BytesIO(data), key).problems


def again(data: bytes, change: Callable[[str, bytes], bytes | None], **more: bytes) -> bytes:
    """The archive written anew, in the one right way, with some files changed, left out or added."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(file, "w") as new:
        for name in old.namelist():
            content = change(name, old.read(name))
            if content is not None:
                add(new, name, content)
        for name, content in more.items():
            add(new, name, content)
    return file.getvalue()


def test_it_holds_everything_and_escapes_it(people: Engine) -> None:
    data = exported(people)
    assert problems(data) == ()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert "documents/001-“_b_x”_.txt" in archive.namelist()
        assert archive.read("documents/001-“_b_x”_.txt") == b"evidence"
        page = archive.read("index.html").decode()
        assert "<script>" not in page
        assert "&lt;script&gt;x" in page
        (large,) = [one for one in archive.namelist() if one.startswith("values/")]
        assert json.loads(archive.read(large)) == LONG
        (filled,) = [one for one in archive.namelist() if one.startswith("forms/")]
        assert json.loads(archive.read(filled))["values"]["意见"] == "同意"
        assert any(one.endswith("t/p.bpmn") for one in archive.namelist())


def test_a_case_without_anything_has_one_too(people: Engine) -> None:
    instance = begin(people, process().user("one", groups="甲组").end())
    file = io.BytesIO()
    people.export(instance.id, file, "归档", by="", key=KEY)
    assert problems(file.getvalue()) == ()


def test_no_reason_no_dossier(people: Engine) -> None:
    case = worked(people)
    with pytest.raises(InvalidInput):
        people.export(case, io.BytesIO(), " ", by="", key=KEY)


@pytest.mark.parametrize("key", ["", "no key", PUBLIC.decode()])
def test_a_wrong_key_is_told(people: Engine, key: str) -> None:
    with pytest.raises(InvalidInput, match="密钥"):
        people.export(worked(people), io.BytesIO(), "归档", by="", key=key)


@pytest.fixture(scope="module")
def dossier(sqlite_template, tmp_path_factory) -> bytes:
    """One dossier for all that only reads it."""
    path = tmp_path_factory.mktemp("dossier") / "case.db"
    path.write_bytes(sqlite_template.read_bytes())
    engine = Engine.open(f"sqlite:///{path}")
    engine.add_group("甲组")
    engine.add_user(User("a1", "甲一", "", frozenset({"甲组"})), "correct-horse-1")
    try:
        return exported(engine)
    finally:
        engine.close()


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_byte_can_be_changed_added_or_taken_away(dossier: bytes, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(dossier) - 1))
    how = data.draw(st.sampled_from(["flip", "insert", "cut", "end"]))
    made = bytearray(dossier)
    if how == "flip":
        made[at] ^= data.draw(st.integers(1, 255))
    elif how == "insert":
        made[at:at] = data.draw(st.binary(min_size=1, max_size=4))
    elif how == "cut":
        del made[at : at + data.draw(st.integers(1, 50))]
    else:
        made += data.draw(st.binary(min_size=1, max_size=50))
    if bytes(made) != dossier:
        assert problems(bytes(made))


@settings(max_examples=100, deadline=None)
@given(data=st.binary(max_size=400))
def test_anything_else_is_refused_without_a_crash(data: bytes) -> None:
    assert problems(data)
    assert problems(b"PK\x03\x04" + data)


def test_a_changed_document_is_named(dossier: bytes) -> None:
    made = again(dossier, lambda name, old: old + b"!" if name.startswith("documents/") else old)
    (told,) = problems(made)
    assert "documents/001" in told
    assert "已被改动" in told


def test_a_missing_and_an_added_file_are_named(dossier: bytes) -> None:
    made = again(dossier, lambda name, old: None if name.startswith("forms/") else old, **{"new.txt": b"x"})
    assert [told for told in problems(made) if "new.txt" in told and "后来加进" in told]
    assert [told for told in problems(made) if "forms/" in told and "缺少" in told]


def resigned(data: bytes, change: Callable[[JsonObject], None], key: str, **files: bytes) -> bytes:
    """The dossier forged by somebody who has a key: manifest and files changed, signed anew."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        manifest = json.loads(archive.read("manifest.json"))
    change(manifest)
    signed = json.dumps(manifest).encode()
    own = {
        "manifest.json": signed,
        "manifest.sig": keys.private(key).sign(signed),
        "office.pub": public_pem(key).encode(),
        **files,
    }
    return again(data, lambda name, old: own.get(name, old))


def test_another_key_is_seen_by_who_knows_the_offices(dossier: bytes) -> None:
    forged = resigned(dossier, lambda manifest: None, new_key())
    assert problems(forged, None) == ()
    found = check_dossier(io.BytesIO(forged))
    assert not found.trusted
    assert found.fingerprint != check_dossier(io.BytesIO(dossier)).fingerprint
    (told,) = problems(forged)
    assert "不是所给单位的公钥" in told


def test_even_the_office_cannot_leave_out_an_entry(dossier: bytes) -> None:
    """A record cut at its end and signed with the right key no longer fits the documents that it tells of."""
    with zipfile.ZipFile(io.BytesIO(dossier)) as archive:
        lines = archive.read("record.jsonl").splitlines(keepends=True)
    cut = b"".join(lines[:2] + lines[3:])

    def change(manifest: JsonObject) -> None:
        (one,) = [file for file in manifest["files"] if file["path"] == "record.jsonl"]
        one["size"], one["sha256"] = len(cut), hashlib.sha256(cut).hexdigest()

    told = problems(resigned(dossier, change, KEY, **{"record.jsonl": cut}))
    assert any("第3条" in one for one in told)
