"""The inbox: boxes, groups, filters, paging, claiming."""

from __future__ import annotations

import re

import pytest

from engine import Conflict, NotAllowed
from tests.web.conftest import Person
from tests.web.fakes import FakeEngine
from tests.web.samples import row, task


def text(person: Person, path: str) -> str:
    answer = person.get(path)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_first_page_is_the_inbox(cb1: Person) -> None:
    assert cb1.get("/").headers["Location"] == "/inbox"


def test_rows_are_grouped_by_the_time_left(cb1: Person, fake: FakeEngine) -> None:
    due = [("later", 9), ("over", -4), ("free", None), ("today", 0), ("soon", 2)]
    fake.rows = [row(task(name, id=name, days=days)) for name, days in due]
    page = text(cb1, "/inbox")
    assert re.findall(r'<tbody role="rowgroup" id="(\w+)">', page) == [
        "over",
        "today",
        "soon",
        "later",
        "free",
    ]
    for word in ("已超期", "今天到期", "3个工作日内", "以后", "不限时", "超期4个工作日", "剩9个工作日"):
        assert word in page


def test_head_counts_what_is_urgent(cb1: Person) -> None:
    page = text(cb1, "/inbox")
    for word in ("超期2件", "今天到期1件", "临近到期4件"):
        assert word in page


def test_row_tells_step_case_sender_and_secrecy(cb1: Person, fake: FakeEngine) -> None:
    fake.rows = [row(task("提出建议", priority=80, draft={"意见": "x"}), "设施管理失职", sent_by="")]
    page = text(cb1, "/inbox")
    for word in ("提出建议", "设施管理失职", "审〔2026〕12号", "系统", "工作秘密", "急件", "草稿"):
        assert word in page


def test_titles_are_escaped(cb1: Person, fake: FakeEngine) -> None:
    fake.rows = [row(task("<b>步骤"), "<script>alert(1)</script>")]
    page = text(cb1, "/inbox")
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize(
    ("path", "box"), [("/inbox", "todo"), ("/inbox/claimable", "claimable"), ("/inbox/done", "done")]
)
def test_filters_reach_the_engine(cb1: Person, fake: FakeEngine, path: str, box: str) -> None:
    text(cb1, f"{path}?search= 设施 &process=review&due=over&after=x~y~z")
    assert fake.asked[-1] == ("inbox", "cb1", box, "设施", "review", "over", "x~y~z")


@pytest.mark.parametrize("query", ["due=nonsense", "page=-1", "status=x"])
def test_senseless_filters_do_no_harm(cb1: Person, fake: FakeEngine, query: str) -> None:
    text(cb1, f"/inbox?{query}")
    assert fake.asked[-1][-2:] == ("", "")


def test_unknown_box_is_not_found(cb1: Person) -> None:
    assert cb1.get("/inbox/secret").status_code == 404


def test_empty_box_offers_a_way_on(cb1: Person, fake: FakeEngine) -> None:
    fake.offered = {"o1": task("审理", id="o1", assignee=None)}
    page = text(cb1, "/inbox?search=zzz")
    assert "这些条件下没有待办的任务" in page
    assert "看全部1件" in page
    fake.tasks = {}
    page = text(cb1, "/inbox")
    assert "没有待办的任务" in page
    assert "看待认领" in page


def test_pages_link_to_the_next_with_the_filters(cb1: Person, fake: FakeEngine, monkeypatch) -> None:
    monkeypatch.setattr("web.inbox.SIZE", 1)
    fake.rows = [row(task(id="a"), "设施甲"), row(task(id="b"), "设施乙")]
    page = text(cb1, "/inbox?search=设施")
    assert "本页1件" in page
    assert 'rel="first"' not in page
    assert re.search(r'rel="next" href="/inbox\?after=n&amp;search=[^"]+"', page)
    page = text(cb1, "/inbox?search=设施&after=n")
    assert re.search(r'rel="first" href="/inbox\?search=[^"]+"', page)


def test_many_are_counted_to_a_hundred(cb1: Person, fake: FakeEngine) -> None:
    fake.rows = [row(task(id=f"t{number}")) for number in range(100)]
    assert '<span class="n" data-count="todo">99+</span>' in text(cb1, "/inbox")


def test_claim_from_the_list_opens_the_task(cb1: Person, fake: FakeEngine) -> None:
    fake.offered = {"o1": task("审理", id="o1", assignee=None)}
    assert 'action="/tasks/o1/claim"' in text(cb1, "/inbox/claimable")
    answer = cb1.post("/tasks/o1/claim", {"back": "/inbox/claimable"})
    assert answer.headers["Location"] == "/tasks/o1"
    assert ("claim", "o1", "cb1") in fake.asked


@pytest.mark.parametrize("refusal", [Conflict("这项任务刚才已由他人认领。"), NotAllowed("您办过前一步。")])
def test_claim_that_is_refused_says_why_and_goes_back(
    cb1: Person, fake: FakeEngine, refusal: Exception
) -> None:
    fake.refusal = refusal
    answer = cb1.post("/tasks/o1/claim", {"back": "/inbox/claimable"})
    assert answer.headers["Location"] == "/inbox/claimable"
    fake.refusal = None
    assert str(refusal) in text(cb1, "/inbox/claimable")


def test_claim_goes_back_to_this_site_only(cb1: Person, fake: FakeEngine) -> None:
    fake.refusal = Conflict()
    assert cb1.post("/tasks/o1/claim", {"back": "//evil.example"}).headers["Location"] == "/"


def test_release(cb1: Person, fake: FakeEngine) -> None:
    assert cb1.post("/tasks/task-1/release", {}).headers["Location"] == "/inbox/claimable"
    assert ("release", "task-1", "cb1") in fake.asked


def test_start_button_only_for_those_who_may(cb1: Person, sl1: Person) -> None:
    assert 'href="/start/review">登记事项' in text(cb1, "/inbox")
    assert "/start/review" not in text(sl1, "/inbox")


def test_office_gives_names_and_footer(cb1: Person) -> None:
    page = text(cb1, "/inbox")
    for word in ("办案", "某市某局", "案件", "演示数据", "第三室 承办人"):
        assert word in page


def test_process_editor_shows_only_to_those_who_may(cb1: Person, fake: FakeEngine) -> None:
    assert 'href="/processes"' not in text(cb1, "/inbox")
    fake.editor = True
    assert 'href="/processes"' in text(cb1, "/inbox")


def test_notices(cb1: Person) -> None:
    page = text(cb1, "/notices")
    assert "已批准启动，请组织调查。" in page
    assert 'href="/cases/case-1"' in page
