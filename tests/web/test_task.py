"""The task page: form, draft, completion, refusals."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import pytest

from engine import Conflict, InvalidInput, NotAllowed, NotFound, Problem
from tests.web.conftest import Person
from tests.web.fakes import FakeEngine
from tests.web.samples import task
from web.rulings import decisions_for

GOOD = {"revision": "4", "_action": "submit", "意见": "同意。", "结论": "同意", "对象-0-名称": "所长"}

SHOWN = (
    "提出建议",
    "剩2个工作日",
    "前序意见",
    "调查组组长",
    "处理建议表",
    "一、事实和意见",
    "办案规程第六条",
    "职务或组织名称",
    "提交审理",
    "暂存",
    "提交后送：审理室 · 审理建议",
    "5个工作日",
    "命中第2，3行",
    "本机关办案时限规定第8条",
    "待核",
    "受理登记表.docx",
    "第九项　安全事故事件",
    "围墙全长1700余米",
)


def page(person: Person, path: str = "/tasks/task-1") -> str:
    answer = person.get(path)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_page_shows_form_clock_opinions_case_and_documents(cb1: Person) -> None:
    found = page(cb1)
    for word in SHOWN:
        assert word in found, word


def test_page_names_the_diagram_and_its_focus(cb1: Person) -> None:
    found = page(cb1)
    assert 'data-diagram-url="/cases/case-1/diagram/review:3.json"' in found
    assert 'data-diagram-focus="propose"' in found


def test_page_gives_the_browser_the_conditions(cb1: Person) -> None:
    found = page(cb1)
    assert 'data-field="理由" data-kind="textarea" data-visible="结论 = &#34;不同意&#34;"' in found


def test_foreign_task_is_not_found(sl1: Person) -> None:
    assert sl1.get("/tasks/task-1").status_code == 404
    assert sl1.get("/tasks/none").status_code == 404
    assert sl1.post("/tasks/task-1", GOOD).status_code == 404
    assert sl1.post("/tasks/task-1/draft", GOOD).status_code == 404


def test_completion_sends_typed_values_and_goes_to_the_inbox(cb1: Person, fake: FakeEngine) -> None:
    data = {**GOOD, "涉及金额": "12.5", "公开": "false", "核对-事实清楚": ["", "true"], "对象-0-人数": "2"}
    answer = cb1.post("/tasks/task-1", data)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/inbox")
    _, _, values, by = fake.asked[-1]
    assert by == "cb1"
    assert values == {
        "意见": "同意。",
        "结论": "同意",
        "涉及金额": 12.5,
        "公开": False,
        "核对": {"事实清楚": True},
        "对象": [{"名称": "所长", "人数": 2}],
    }
    assert "已提交“提出建议”" in page(cb1, "/inbox")


def test_completion_goes_on_to_the_next_own_task(cb1: Person, fake: FakeEngine) -> None:
    fake.following = (task("送达", id="task-2"),)
    assert cb1.post("/tasks/task-1", GOOD).headers["Location"] == "/tasks/task-2"


def test_decisions_on_others_in_a_repeated_part_are_not_shown(cb1: Person, fake: FakeEngine) -> None:
    view = fake.task("task-1", by="cb1")
    assert view.diagram is not None
    first = view.diagram.activities[0]
    runs = (
        replace(first, id="task-1", parent_id="run-1"),
        replace(first, id="d-1", parent_id="run-1"),
        replace(first, id="d-2", parent_id="run-2"),
    )
    evaluation = view.decisions[0].evaluation
    decisions = tuple(
        replace(view.decisions[0], activity_id=id, evaluation=replace(evaluation, name=name))
        for id, name in (("d-1", "关于此人"), ("d-2", "关于他人"), ("elsewhere", "关于全案"))
    )
    changed = replace(view, diagram=replace(view.diagram, activities=runs), decisions=decisions)
    assert [one.evaluation.name for one in decisions_for(changed)] == ["关于此人", "关于全案"]


def test_many_opinions_are_folded_and_say_whom_they_are_about(
    cb1: Person, fake: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = fake.task("task-1", by="cb1")
    one = view.opinions[0]
    many = tuple(replace(one, text=f"意见{n}。", about="所长" if n == 9 else "") for n in range(1, 10))
    monkeypatch.setattr(fake, "task", lambda *asked, **by: replace(view, opinions=many))
    shown = page(cb1)
    assert "更早的意见3条" in shown and "最近6条" in shown
    assert f"{one.step}（所长）" in shown
    assert shown.index("意见3。") < shown.index("最近6条") < shown.index("意见4。")


def test_submitting_tells_what_was_submitted_and_leads_to_the_case(cb1: Person) -> None:
    cb1.post("/tasks/task-1", data=GOOD)
    said = page(cb1, "/inbox")
    assert "已提交“提出建议”。" in said
    assert '<a href="/cases/case-1">看案件进度</a>' in said


def test_faulty_form_comes_back_with_all_that_was_written(cb1: Person, fake: FakeEngine) -> None:
    answer = cb1.post("/tasks/task-1", {**GOOD, "意见": "", "对象-0-名称": "", "涉及金额": "很多"})
    found = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "未提交：有2处要改" in found
    assert 'href="#f-意见"' in found
    assert 'href="#f-对象"' in found
    assert re.search(
        r'id="f-意见" name="意见"[^>]*aria-describedby="f-意见-error" aria-invalid="true"', found
    )
    assert 'value="很多"' in found
    assert "围墙全长1700余米" in found  # what is only read stays
    assert not [call for call in fake.asked if call[0] == "complete"]


def test_stale_page_is_a_conflict_and_loses_nothing(cb1: Person) -> None:
    answer = cb1.post("/tasks/task-1", {**GOOD, "revision": "3", "意见": "写了很久"})
    found = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "写了很久" in found
    assert 'name="revision" id="revision" value="4"' in found
    assert "核对后可以再提交" in found


def test_refused_completion_is_forbidden(cb1: Person, fake: FakeEngine) -> None:
    fake.refusal = NotAllowed("您参与过调查，不能审理。")
    answer = cb1.post("/tasks/task-1", GOOD)
    assert answer.status_code == 403
    assert "您参与过调查，不能审理。" in answer.get_data(as_text=True)


def test_draft_by_button(cb1: Person, fake: FakeEngine) -> None:
    answer = cb1.post("/tasks/task-1", {"revision": "4", "_action": "save", "意见": "写到一半"})
    assert answer.headers["Location"] == "/tasks/task-1"
    assert fake.asked[-1] == ("draft", "task-1", {"意见": "写到一半"}, "cb1")


def test_enter_in_a_field_keeps_a_draft_rather_than_submits(cb1: Person) -> None:
    form = re.search(r'<form class="sheet-form".*?</form>', page(cb1), re.DOTALL).group(0)
    first = re.search(r"<button[^>]*>", form).group(0)
    assert 'name="_action" value="save"' in first


def test_draft_by_itself_renews_the_revision(cb1: Person, fake: FakeEngine) -> None:
    answer = cb1.post(
        "/tasks/task-1/draft", {"revision": "4", "意见": "写到一半"}, headers={"HX-Request": "true"}
    )
    found = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "已自动暂存" in found
    assert 'hx-target="#revision"' in found
    assert 'value="5"' in found


@pytest.mark.parametrize(
    ("refusal", "status", "word"),
    [(Conflict(), 409, "没有暂存"), (NotAllowed("已由他人办理。"), 403, "已由他人办理。")],
)
def test_draft_that_is_refused_says_so_in_place(
    cb1: Person, fake: FakeEngine, refusal: Exception, status: int, word: str
) -> None:
    fake.refusal = refusal
    answer = cb1.post("/tasks/task-1/draft", {"revision": "4"}, headers={"HX-Request": "true"})
    assert answer.status_code == status
    assert word in answer.get_data(as_text=True)
    assert "<html" not in answer.get_data(as_text=True)


def test_row_is_added_without_saving(cb1: Person, fake: FakeEngine) -> None:
    found = cb1.post("/tasks/task-1", {**GOOD, "_add": "对象"}).get_data(as_text=True)
    assert 'name="对象-0-名称" type="text" value="所长"' in found
    assert 'name="对象-1-名称"' in found
    assert "围墙全长1700余米" in found
    assert fake.asked == []


def test_row_is_removed_without_saving(cb1: Person, fake: FakeEngine) -> None:
    data = {**GOOD, "对象-1-名称": "副所长", "_remove": "对象-0"}
    found = cb1.post("/tasks/task-1", data).get_data(as_text=True)
    assert 'name="对象-0-名称" type="text" value="副所长"' in found
    assert 'name="对象-1-名称"' not in found
    assert fake.asked == []


@pytest.mark.parametrize("remove", ["对象-9", "对象-x", "无-0", "-", "意见-0"])
def test_senseless_removal_does_no_harm(cb1: Person, remove: str) -> None:
    answer = cb1.post("/tasks/task-1", {**GOOD, "_remove": remove})
    assert answer.status_code == 200
    assert 'value="所长"' in answer.get_data(as_text=True)


def test_upload_is_kept_and_named_in_the_values(cb1: Person, fake: FakeEngine) -> None:
    files = {"附件": (io.BytesIO(b"%PDF-1.7 x"), "证据.pdf")}
    cb1.post("/tasks/task-1", {**GOOD, **files}, content_type="multipart/form-data")
    attached, completed = fake.asked[-2:]
    assert attached[:3] == ("attach", "证据.pdf", "application/pdf")
    assert completed[2]["附件"] == ["new-1"]


def test_upload_of_a_wrong_type_is_refused_with_its_field(cb1: Person, fake: FakeEngine) -> None:
    files = {"附件": (io.BytesIO(b"MZ program"), "证据.pdf")}
    answer = cb1.post("/tasks/task-1", {**GOOD, **files}, content_type="multipart/form-data")
    found = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "不能识别" in found
    assert 'href="#f-附件"' in found
    assert fake.asked == []


def test_file_of_another_case_cannot_be_named(cb1: Person, fake: FakeEngine) -> None:
    cb1.post("/tasks/task-1", {**GOOD, "附件": ["", "foreign", "doc-1"]})
    assert fake.asked[-1][2]["附件"] == ["doc-1"]


def test_offered_task_is_shown_but_closed_until_claimed(cb1: Person, fake: FakeEngine) -> None:
    fake.offered = {"o1": task("审理", id="o1", assignee=None)}
    found = page(cb1, "/tasks/o1")
    assert '<fieldset class="plainset" disabled>' in found
    assert 'action="/tasks/o1/claim"' in found
    assert "先认领才能办理。" in found
    assert 'value="submit"' not in found


def test_completed_task_is_only_read(cb1: Person, fake: FakeEngine) -> None:
    done = task(status="completed", completed_by="cb1", completed_at=task().created_at)
    fake.tasks = {"task-1": done}
    found = page(cb1)
    assert '<fieldset class="plainset" disabled>' in found
    assert 'class="verbs"' not in found


def test_task_without_form_can_be_completed(cb1: Person, fake: FakeEngine) -> None:
    fake.form = None
    assert "这一步没有表单" in page(cb1)
    answer = cb1.post("/tasks/task-1", {"revision": "4", "_action": "submit"})
    assert answer.status_code == 302
    assert fake.asked[-1] == ("complete", "task-1", {}, "cb1")


def test_form_names_the_button(cb1: Person, fake: FakeEngine) -> None:
    fake.tasks = {"task-1": task(properties={"submitLabel": "报送审批"})}
    assert "报送审批" in page(cb1)


def test_values_are_escaped(cb1: Person, fake: FakeEngine) -> None:
    fake.values = {"意见": "</textarea><script>alert(1)</script>", "事实": "<img src=x>"}
    found = page(cb1)
    assert "<script>alert" not in found
    assert "<img src=x" not in found


def test_textarea_keeps_a_first_empty_line(cb1: Person, fake: FakeEngine) -> None:
    fake.values = {"意见": "\n第二行"}
    assert re.search(r'name="意见"[^>]*>\n\n第二行</textarea>', page(cb1))


# -- starting a case ------------------------------------------------------------------------------


def test_start_list_and_form(cb1: Person, sl1: Person) -> None:
    assert "从受理到办结的全过程" in page(cb1, "/start")
    assert "按第3版流程办理" in page(cb1, "/start/review")
    assert "没有您可以发起的事项" in page(sl1, "/start")


def test_start_of_what_one_may_not_start(sl1: Person, cb1: Person) -> None:
    assert sl1.get("/start/review").status_code == 403
    assert sl1.post("/start/review", GOOD).status_code == 403
    assert cb1.get("/start/unknown").status_code == 404


def test_start_sends_typed_values_then_files_and_opens_the_own_task(cb1: Person, fake: FakeEngine) -> None:
    files = {"附件": (io.BytesIO(b"%PDF-1.7 x"), "来信.pdf")}
    answer = cb1.post("/start/review", {**GOOD, **files}, content_type="multipart/form-data")
    assert answer.headers["Location"] == "/tasks/task-1"
    started, attached = fake.asked[-2:]
    assert started[:2] == ("start", "review")
    assert started[2]["对象"] == [{"名称": "所长"}]
    assert attached == ("attach", "来信.pdf", "application/pdf", "cb1", "case-1")


def test_start_with_faults_keeps_what_was_written(cb1: Person, fake: FakeEngine) -> None:
    fake.refusal = InvalidInput(problems=[Problem("请填写“结论”。", element="结论")])
    answer = cb1.post("/start/review", GOOD)
    found = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'href="#f-结论"' in found
    assert 'value="所长"' in found


def test_start_with_a_bad_file_starts_nothing(cb1: Person, fake: FakeEngine) -> None:
    files = {"附件": (io.BytesIO(b"MZ"), "x.pdf")}
    answer = cb1.post("/start/review", {**GOOD, **files}, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert fake.asked == []


def test_start_rows(cb1: Person, fake: FakeEngine) -> None:
    found = cb1.post("/start/review", {**GOOD, "_add": "对象"}).get_data(as_text=True)
    assert 'name="对象-1-名称"' in found
    assert fake.asked == []


def test_start_without_form(cb1: Person, fake: FakeEngine) -> None:
    fake.form, fake.tasks = None, {}
    assert "不用填表" in page(cb1, "/start/review")
    assert cb1.post("/start/review", {}).headers["Location"] == "/cases/case-1"


def test_engine_that_forgets_a_task_is_not_found(cb1: Person, fake: FakeEngine) -> None:
    fake.refusal = NotFound()
    assert cb1.post("/tasks/task-1", GOOD).status_code == 404
