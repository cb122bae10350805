"""Cases: list, page, diagram, end; files."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import pytest

from engine import ActivityInstance, Conflict, InvalidInput
from engine.model.views import Diagram
from tests.web.conftest import Person
from tests.web.fakes import FakeEngine
from tests.web.samples import CASE, DEFINITION, DIAGRAM, FORMS, NOW, XML, task
from web.diagrams import element_states, repeat_counts
from web.documents import media_type, safe_name


def text(person: Person, path: str) -> str:
    answer = person.get(path)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_list_shows_active_cases_first(cb1: Person, fake: FakeEngine) -> None:
    page = text(cb1, "/cases")
    assert fake.asked[-1] == ("cases", "cb1", "", "active", "", 1)
    for word in ("设施管理失职", "剩2个工作日", "决定", "提出建议", "22", "工作秘密"):
        assert word in page
    assert "擅自公开内部材料" not in page


def test_search_looks_at_all_cases(cb1: Person, fake: FakeEngine) -> None:
    page = text(cb1, "/cases?search=擅自")
    assert fake.asked[-1][2:4] == ("擅自", "")
    assert "已办结" in page


def test_unknown_status_means_all(cb1: Person, fake: FakeEngine) -> None:
    text(cb1, "/cases?status=nonsense")
    assert fake.asked[-1][3] == ""


def test_empty_list(cb1: Person) -> None:
    assert "没有符合条件的案件" in text(cb1, "/cases?search=zzz")


def test_page_tells_where_the_case_stands(cb1: Person) -> None:
    page = text(cb1, "/cases/case-1")
    for word in (
        "归集阶段第17天。",
        "第三室 承办人 提出建议，剩2个工作日",
        'aria-current="step"',
        "主要领导责任",
        "时间线",
        "处理建议表",
        "主管的，负主要领导责任",
        "受理登记表.docx",
        "按第3版流程办理",
        "依据：",
    ):
        assert word in page, word


def test_page_of_a_case_that_ended(cb1: Person, fake: FakeEngine) -> None:
    fake.case_status = replace(CASE, status="terminated", ended_at=NOW, end_reason="撤回举报")
    page = text(cb1, "/cases/case-1")
    assert "终止，历时22天。理由：撤回举报" in page
    assert 'enctype="multipart/form-data"' not in page
    fake.case_status = replace(CASE, status="completed", ended_at=NOW)
    assert "办结，历时22天。" in text(cb1, "/cases/case-1")


def test_foreign_case_is_not_found(cb1: Person) -> None:
    for path in (
        "/cases/other",
        "/cases/other/diagram/review:3.json",
        "/cases/other/cancel",
        "/documents/other",
    ):
        assert cb1.get(path).status_code == 404
    assert cb1.post("/cases/other/cancel", {"reason": "x"}).status_code == 404


def test_diagram_json(cb1: Person) -> None:
    found = cb1.get("/cases/case-1/diagram/review:3.json").get_json()
    assert found["xml"] == XML
    assert found["states"] == {"start": "done", "propose": "active"}
    assert found["flows"] == ["f1"]
    assert found["badges"] == [
        {
            "element": "propose",
            "text": "第三室 承办人\u3000剩2个工作日",
            "who": "第三室 承办人",
            "remaining": "剩2个工作日",
            "tone": "soon",
        }
    ]
    assert found["counts"] == [{"element": "propose", "runs": 2, "text": "2次"}]
    assert found["focus"] == "propose"
    assert found["definition"] == {"id": "review:3", "key": "review", "name": "审查", "version": 3}
    assert "正在进行提出建议" in found["description"]


def test_diagram_of_another_process_is_not_found(cb1: Person) -> None:
    assert cb1.get("/cases/case-1/diagram/other:1.json").status_code == 404


def test_offered_and_several_tasks_on_one_element(cb1: Person, fake: FakeEngine) -> None:
    fake.tasks = {"a": task(id="a", assignee=None)}
    assert cb1.get("/cases/case-1/diagram/review:3.json").get_json()["badges"][0]["who"] == "承办部门"
    fake.tasks = {"a": task(id="a"), "b": task(id="b", days=-1)}
    badge = cb1.get("/cases/case-1/diagram/review:3.json").get_json()["badges"][0]
    assert (badge["who"], badge["tone"]) == ("2项", "over")


def _activity(element: str, kind: str, status: str, index: int | None = None) -> ActivityInstance:
    return ActivityInstance(
        f"{element}-{kind}-{index}",
        "c",
        "d",
        element,
        kind,
        element,
        None,
        index,
        status,
        NOW,
        None,
        None,
        None,
        None,
    )


def _diagram(*activities: ActivityInstance, skipped: tuple[str, ...] = ()) -> Diagram:
    return Diagram(DEFINITION, None, activities, (), True, skipped)


def test_state_active_goes_before_done_and_a_subprocess_is_open() -> None:
    diagram = _diagram(
        _activity("a", "userTask", "active"),
        _activity("a", "userTask", "completed"),
        _activity("s", "subProcess", "active"),
        _activity("c", "callActivity", "active"),
        _activity("x", "userTask", "cancelled"),
        skipped=("z",),
    )
    assert element_states(diagram) == {"a": "active", "s": "open", "c": "active", "z": "skipped"}


def test_loop_counts_as_one_run() -> None:
    body = _activity("m", "multiInstanceBody", "completed")
    runs = [_activity("m", "userTask", "completed", index) for index in range(3)]
    assert repeat_counts(_diagram(body, *runs)) == []
    assert repeat_counts(_diagram(body, *runs, body))[0]["runs"] == 2


def test_page_chooses_the_diagram_that_lives(cb1: Person) -> None:
    assert "/cases/case-1/diagram/review:3.json" in text(cb1, "/cases/case-1")
    assert "/cases/case-1/diagram/decide:1.json" in text(cb1, "/cases/case-1?diagram=decide:1")
    assert "/cases/case-1/diagram/review:3.json" in text(cb1, "/cases/case-1?diagram=nonsense")
    assert DIAGRAM.active


# -- ending a case --------------------------------------------------------------------------------


def test_end_is_offered_only_to_those_who_may(cb1: Person, fake: FakeEngine) -> None:
    assert "/cases/case-1/cancel" not in text(cb1, "/cases/case-1")
    fake.can_cancel = True
    assert "/cases/case-1/cancel" in text(cb1, "/cases/case-1")


def test_end_needs_a_reason(cb1: Person, fake: FakeEngine) -> None:
    assert "1项未办的任务一并取消" in text(cb1, "/cases/case-1/cancel")
    for reason, word in (("  ", "请写明理由。"), ("长" * 501, "不超过500字")):
        answer = cb1.post("/cases/case-1/cancel", {"reason": reason})
        assert answer.status_code == 422
        assert word in answer.get_data(as_text=True)
    fake.refusal = InvalidInput("理由太短。")
    assert "理由太短。" in cb1.post("/cases/case-1/cancel", {"reason": "x"}).get_data(as_text=True)
    assert not [call for call in fake.asked if call[0] == "cancel"]


def test_end_with_a_reason(cb1: Person, fake: FakeEngine) -> None:
    answer = cb1.post("/cases/case-1/cancel", {"reason": " 撤回举报 "})
    assert answer.headers["Location"] == "/cases/case-1"
    assert fake.asked[-1] == ("cancel", "case-1", "撤回举报", "cb1")
    fake.refusal = Conflict("本件已经办结。")
    assert cb1.post("/cases/case-1/cancel", {"reason": "x"}).status_code == 409


# -- files ----------------------------------------------------------------------------------------


def test_download_is_an_attachment_without_rights(cb1: Person, fake: FakeEngine) -> None:
    answer = cb1.get("/documents/doc-1")
    assert answer.data == b"PK text"
    assert "attachment" in answer.headers["Content-Disposition"]
    assert "filename*=UTF-8''" in answer.headers["Content-Disposition"]
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_download_asks_the_engine_who_may(sl1: Person) -> None:
    assert sl1.get("/documents/doc-1").status_code == 404


def upload(person: Person, *files: tuple[bytes, str]):
    data = {"files": [(io.BytesIO(content), name) for content, name in files]}
    return person.post("/cases/case-1/documents", data, content_type="multipart/form-data")


def test_upload(cb1: Person, fake: FakeEngine) -> None:
    answer = upload(cb1, (b"%PDF-1.7", "证据.pdf"), (b"plain", "说明.txt"))
    assert answer.headers["Location"] == "/cases/case-1#files"
    assert [call[1:3] for call in fake.asked if call[0] == "attach"] == [
        ("证据.pdf", "application/pdf"),
        ("说明.txt", "text/plain"),
    ]


@pytest.mark.parametrize(
    ("content", "name", "word"),
    [
        (b"", "x.pdf", "空文件"),
        (b"MZ", "x.pdf", "不能识别"),
        (b"%PDF-1.7", "x.html", "不能识别"),
        (b"1" * 101, "x.txt", "超过20MB"),
    ],
)
def test_upload_that_is_refused_keeps_nothing(
    cb1: Person, fake: FakeEngine, monkeypatch, content: bytes, name: str, word: str
) -> None:
    monkeypatch.setattr("web.documents.LIMIT", 100)
    upload(cb1, (b"%PDF-1.7", "good.pdf"), (content, name))
    assert [call for call in fake.asked if call[0] == "attach"] == []
    assert word in text(cb1, "/cases/case-1")


def test_upload_without_a_file_says_so(cb1: Person) -> None:
    cb1.post("/cases/case-1/documents", {})
    assert "请先选择文件" in text(cb1, "/cases/case-1")


def test_upload_beyond_all_limits(cb1: Person, app) -> None:
    app.config["MAX_CONTENT_LENGTH"] = 1000
    answer = upload(cb1, (b"1" * 5000, "x.txt"))
    assert answer.status_code == 413
    assert "文件太大" in answer.get_data(as_text=True)


PNG, JPEG, OLE = b"\x89PNG\r\n\x1a\n0", b"\xff\xd8\xff0", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.png", PNG, "image/png"),
        ("a.JPG", JPEG, "image/jpeg"),
        ("a.png", JPEG, None),
        ("a.doc", OLE, "application/msword"),
        ("a.xls", OLE, "application/vnd.ms-excel"),
        ("a.mp4", b"\x00\x00\x00\x18ftypmp42", "video/mp4"),
        ("a.txt", "中文".encode(), "text/plain"),
        ("a.txt", "中文".encode("gb18030"), "text/plain"),
        ("a.txt", b"\x00\x01", None),
        ("a.docx", b"PK\x03\x04broken", None),
        ("a.svg", b"<svg/>", None),
        ("a", b"%PDF-1.7", None),
    ],
)
def test_type_is_told_by_content_and_ending(name: str, content: bytes, kind: str | None) -> None:
    assert media_type(name, content) == kind


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\x\\证据.pdf", "证据.pdf"),
        ("a\x00b\n.txt", "ab.txt"),
        ("..", "file"),
        ("", "file"),
    ],
)
def test_file_names_are_made_safe(name: str, safe: str) -> None:
    assert safe_name(name) == safe


def test_long_file_names_keep_their_ending() -> None:
    assert len(safe_name("长" * 300 + ".pdf")) == 120
    assert safe_name("长" * 300 + ".pdf").endswith(".pdf")


def test_filled_forms_say_the_labels_of_their_fields_and_name_their_files(
    cb1: Person, fake: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    schema = {
        "properties": {
            "意见": {"title": "承办部门意见"},
            "对象": {"items": {"properties": {"名称": {"title": "职务或组织名称"}}}},
            "附件": {"x-widget": "files"},
        }
    }
    values = {"意见": "同意。", "对象": [{"名称": "所长"}], "附件": ["doc-1"]}
    view = replace(fake.case("case-1", by="cb1"), forms=(replace(FORMS[0], values=values, schema=schema),))
    monkeypatch.setattr(fake, "case", lambda *asked, **by: view)
    page = text(cb1, "/cases/case-1")
    assert "<dt>承办部门意见</dt>" in page
    assert '<th scope="col">职务或组织名称</th>' in page
    assert '<div><a href="/documents/doc-1">受理登记表.docx</a></div>' in page


def test_print_mark_comes_from_the_case_and_cannot_leave_its_string(cb1: Person) -> None:
    page = text(cb1, "/cases/case-1")
    address = re.search(r'media="print" href="([^"]+)"', page)
    assert address is not None
    answer = cb1.get(address.group(1))
    assert answer.mimetype == "text/css"
    assert 'content: "工作秘密"' in answer.get_data(as_text=True)
    forged = text(cb1, '/print-mark.css?text=a"} body{display:none}\\')
    assert forged.count("{") == 2 and 'content: "a bodydisplaynone"' in forged


def test_a_case_that_waits_for_a_signal_says_so(cb1: Person, fake: FakeEngine) -> None:
    fake.tasks.clear()
    fake.awaited = {"gate": "信号“开闸”"}
    assert "正在等待：信号“开闸”" in text(cb1, "/cases/case-1")


def test_all_opinions_stand_on_one_sheet(
    cb1: Person, fake: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = fake.case("case-1", by="cb1")
    (form,) = view.forms
    opinion = {"properties": {"意见": {"x-opinion": True}, "对象": {}}}
    written = tuple(
        replace(form, values={"意见": said, "对象": []}, schema=opinion) for said in ("先<查>清", "", "同意")
    )
    monkeypatch.setattr(fake, "case", lambda *asked, **by: replace(view, forms=written))
    page = text(cb1, "/cases/case-1/opinions")
    assert page.index("先&lt;查&gt;清") < page.index("同意") and "2条，按先后" in page
    assert "/cases/case-1/opinions" in text(cb1, "/cases/case-1")
    monkeypatch.setattr(fake, "case", lambda *asked, **by: replace(view, forms=()))
    assert "还没有意见" in text(cb1, "/cases/case-1/opinions")
