"""Files that are not what they say, too large, too many, or named to escape; and how files are handed out."""

from __future__ import annotations

import gc
import io
import struct
import tracemalloc
import warnings
import zipfile
from collections.abc import Iterator
from urllib.parse import unquote

import pytest
from werkzeug.test import TestResponse

from engine import DocumentInfo
from tests.web.attacks.conftest import Site
from tests.web.attacks.world import PDF, Caller
from web import UPLOADS
from web.documents import LIMIT, MOST_FILES, media_type, safe_name


@pytest.fixture(autouse=True)
def spool_files_are_the_clients() -> Iterator[None]:
    """Forget what the test client has spooled to disk before another test is blamed for it."""
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


#: Werkzeug's test client leaves the file to which it spools a large body to be closed with its last reference
SPOOLED = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

HTML = b"<!doctype html><script>alert(1)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
EXE = b"MZ\x90\x00" + b"\0" * 100


def archive(**parts: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name.replace("__", "/"), content)
    return file.getvalue()


def listing(count: int) -> bytes:
    """An archive that is nothing but a long table of contents."""
    entry = b"PK\x01\x02" + b"\0" * 24 + struct.pack("<HHHHHII", 1, 0, 0, 0, 0, 0, 0) + b"a"
    entry = entry[:46] + b"a"
    body = entry * count
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, count & 0xFFFF, count & 0xFFFF, len(body), 4, 0)
    return b"PK\x03\x04" + body + end


def bomb() -> bytes:
    """A document that says it unpacks to 4 GB."""
    good = bytearray(archive(word__document=b"x" * 1000))
    at = good.rfind(b"PK\x01\x02")
    struct.pack_into("<I", good, at + 24, 0xFFFFFFF0)
    return bytes(good)


MISTYPED = {
    "page.html": HTML,
    "page.htm": HTML,
    "picture.svg": SVG,
    "page.xhtml": HTML,
    "page.xml": b"<?xml version='1.0'?><a/>",
    "program.exe": EXE,
    "program.js": b"alert(1)",
    "a.pdf": HTML,
    "a.png": SVG,
    "a.jpg": EXE,
    "a.docx": PDF,
    "a.xlsx": archive(word__document=b"x"),
    "b.docx": archive(other=b"x"),
    "c.docx": b"PK\x03\x04 not an archive",
    "a.txt": b"a\x00b",
    "b.txt": b"\xff\xfe\xfd\x81",
    "a.pdf.html": PDF,
    "a.php": PDF,
    "a": PDF,
    "a.zip": archive(a=b"x"),
    "macro.docm": archive(word__document=b"x"),
    "long.docx": listing(40_000),
    "bomb.docx": bomb(),
    "empty.pdf": b"",
}
NAMES = {
    "../../etc/passwd.pdf": "passwd.pdf",
    "..\\..\\windows\\a.pdf": "a.pdf",
    "/etc/a.pdf": "a.pdf",
    "C:\\a.pdf": "a.pdf",
    "a\r\nSet-Cookie: x=1.pdf": "aSet-Cookie: x=1.pdf",
    "a\0.html.pdf": "a.html.pdf",
    "gnp\u202efdp.pdf": "gnpfdp.pdf",
    "\u2066a\u2069.pdf": "a.pdf",
    'a".pdf': 'a".pdf',
    "a;b=c.pdf": "a;b=c.pdf",
    "<img src=x onerror=alert(1)>.pdf": "<img src=x onerror=alert(1)>.pdf",
    "关于设施失修的说明（二）.pdf": "关于设施失修的说明（二）.pdf",
    "%2e%2e%2fa.pdf": "%2e%2e%2fa.pdf",
    "{{7*7}}.pdf": "{{7*7}}.pdf",
    "." * 50 + ".pdf": ".pdf",
}


def upload(caller: Caller, case: str, *files: tuple[str, bytes]) -> TestResponse:
    data = {"csrf_token": caller.token, "files": [(io.BytesIO(content), name) for name, content in files]}
    return caller.client.post(f"/cases/{case}/documents", data=data, content_type="multipart/form-data")


def kept(site: Site, case: str) -> list[DocumentInfo]:
    return list(site.world.engine.case(case, by="").documents)


@pytest.fixture
def case(site: Site) -> str:
    return site.world.scenes["plain"].arguments["instance_id"]


@SPOOLED
def test_what_is_not_what_it_says_is_refused(site: Site, case: str) -> None:
    caller, before = site.caller("assignee"), kept(site, case)
    for name, content in MISTYPED.items():
        answer = upload(caller, case, (name, content))
        assert answer.status_code == 302 and caller.told() == ["error"], name
    assert kept(site, case) == before


def test_a_mistyped_file_in_a_form_is_told_at_its_field(site: Site) -> None:
    task = site.world.scenes["plain"].arguments["task_id"]
    caller = site.caller("assignee")
    form = {"标题": "设施失修", "附件": ("a.pdf", HTML), "_action": "submit"}
    answer = caller.send("POST", f"/tasks/{task}", form)
    assert answer.status_code == 422 and "与扩展名不符" in answer.get_data(as_text=True)
    assert site.world.engine.task(task, by="assignee").row.task.status == "open"


def test_a_long_table_of_contents_is_not_read() -> None:
    content = listing(400_000)
    assert len(content) < LIMIT
    tracemalloc.start()
    assert media_type("a.docx", content) is None
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 1_000_000


@SPOOLED
def test_too_large_and_too_many_files_are_refused(site: Site, case: str) -> None:
    caller, before = site.caller("assignee"), kept(site, case)
    assert upload(caller, case, ("a.pdf", PDF + b"\0" * LIMIT)).status_code == 302
    assert caller.told() == ["error"]
    upload(caller, case, *[(f"{number}.pdf", PDF) for number in range(MOST_FILES + 1)])
    assert caller.told() == ["error"]
    assert kept(site, case) == before
    answer = caller.client.post(
        f"/cases/{case}/documents",
        data=b"--x\r\n",
        content_type="multipart/form-data; boundary=x",
        environ_overrides={"CONTENT_LENGTH": str(UPLOADS + 1)},
    )
    assert answer.status_code == 413 and "一次合计不超过64MB" in answer.get_data(as_text=True)
    assert kept(site, case) == before


@pytest.mark.parametrize(("given", "named"), NAMES.items(), ids=[str(number) for number in range(len(NAMES))])
def test_names_cannot_escape_or_make_headers(site: Site, case: str, given: str, named: str) -> None:
    assert safe_name(given) == (named if named != ".pdf" else safe_name(given))
    caller = site.caller("assignee")
    info = site.world.engine.attach(safe_name(given), PDF, "application/pdf", by="assignee", instance_id=case)
    answer = caller.client.get(f"/documents/{info.id}")
    assert answer.status_code == 200
    handed_out(answer, info.name)
    assert "x=1" not in str(answer.headers.getlist("Set-Cookie"))


def handed_out(answer: TestResponse, name: str) -> None:
    """As a download, never shown, its name as the browser reads it, no script in it."""
    disposition = answer.headers["Content-Disposition"]
    assert disposition.startswith("attachment;")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"
    _plain, star, encoded = disposition.partition("filename*=UTF-8''")
    read = unquote(encoded) if star else disposition.partition("filename=")[2].strip('"').replace('\\"', '"')
    assert read == name
    assert not {"\n", "\r", "/", "\\"} & set(disposition.replace('\\"', ""))


def test_a_polyglot_is_handed_out_as_what_it_is_checked_to_be(site: Site, case: str) -> None:
    caller = site.caller("assignee")
    upload(caller, case, ("a.pdf", PDF + HTML), ("b.txt", HTML), ("c.png", b"\x89PNG\r\n\x1a\n" + SVG))
    assert caller.told() == ["ok"]
    kinds = {one.name: one for one in kept(site, case)}
    for name, kind in {"a.pdf": "application/pdf", "b.txt": "text/plain", "c.png": "image/png"}.items():
        answer = caller.client.get(f"/documents/{kinds[name].id}")
        assert answer.mimetype == kind
        handed_out(answer, name)


def test_only_own_documents_may_be_named_in_a_form(site: Site) -> None:
    """A form that names another case's file keeps none."""
    engine, caller = site.world.engine, site.caller("assignee")
    lent = site.world.scenes["lent"].arguments["instance_id"]
    foreign = engine.attach("别案.pdf", PDF, "application/pdf", by="owner", instance_id=lent)
    task = site.world.scenes["plain"].arguments["task_id"]
    caller.send("POST", f"/tasks/{task}", {"标题": "x", "附件": foreign.id, "_action": "save"})
    assert foreign.id not in str(engine.task(task, by="assignee").values)


PATHS = (
    "/static/../web/auth.py",
    "/static/%2e%2e/auth.py",
    "/static/..%2f..%2fpyproject.toml",
    "/static/dist/..%5c..%5cauth.py",
    "/static//etc/passwd",
    "/static/dist/%00app.css",
    "/static/dist/app.css%00.html",
    "/static/....//....//auth.py",
    "/static/file:///etc/passwd",
    "/static/dist/",
    "/static/",
    "/static/dist/.stamp/../../../auth.py",
    "/documents/..%2f..%2fwenze.db",
    "/documents/%2e%2e",
    "/processes/..%2f..%2foffice.json",
    "/processes/..%2foffice/1/download",
    "/processes/matter/1/..%2f..%2fdownload",
    "/start/..%2fmatter",
)


@pytest.mark.parametrize("path", PATHS)
def test_no_path_leads_out(site: Site, path: str) -> None:
    for login in ("assignee", "editor"):
        answer = site.caller(login).client.get(path, buffered=True)
        assert answer.status_code in (302, 308, 403, 404), path
        for word in (b"root:", b"SQLite format", b"[project]", b"processAdmins", b"def require_sign_in"):
            assert word not in answer.data
