"""Pages in English: chosen by the person, whole, and for reading only."""

from __future__ import annotations

import ast
import re
from functools import reduce
from html.parser import HTMLParser
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.web import fakes, samples
from tests.web.conftest import Person
from tests.web.fakes import FakeEngine
from web.catalogue import CHINESE
from web.saying import Sentences, Speaker


def test_the_sign_in_page_offers_the_other_language_and_the_choice_stays(
    client: FlaskClient, fake: FakeEngine
) -> None:
    page = client.get("/sign-in").get_data(as_text=True)
    assert '<html lang="zh-CN">' in page
    assert '<a href="/sign-in?language=en&amp;next=/" lang="en" hreflang="en">English</a>' in page
    page = client.get("/sign-in?language=en").get_data(as_text=True)
    assert '<html lang="en">' in page
    assert "Sign in" in page
    assert "中文</a>" in page
    person = Person(client, "cb1")
    assert '<html lang="en">' in person.get("/inbox").get_data(as_text=True)
    assert fake.languages == {}  # for this sign-in only


def test_the_account_remembers_its_language(cb1: Person, fake: FakeEngine) -> None:
    cb1.get("/inbox")
    assert cb1.post("/account/language", {"language": "xx"}).status_code == 422
    assert cb1.post("/account/language", {"language": "en"}).status_code == 302
    assert fake.languages == {"cb1": "en"}
    assert "Language changed." in cb1.get("/inbox").get_data(as_text=True)
    again = Person(cb1.client.application.test_client(), "cb1")
    assert '<html lang="en">' in again.get("/inbox").get_data(as_text=True)
    again.post("/account/language", {"language": "zh_CN"})
    assert '<html lang="zh-CN">' in again.get("/inbox").get_data(as_text=True)


SAID = {
    "您不能办理这一项。": "You can't do this.",
    "没有流程“{key}”。": "There is no process “{key}”.",
    "“{name}”已由{who}办结，不能取回。": "“{name}” was done by {who} and can't be taken back.",
    "请改正。": "Please correct it.",
    "{value}件{text}": "{value} {text}",
    "{what}的结果": "result of {what}",
}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("您不能办理这一项。", "You can't do this."),
        ("没有流程“甲流程”。请改正。", "There is no process “Process A”. Please correct it."),
        ("“登记”已由张某办结，不能取回。", "“登记” was done by 张某 and can't be taken back."),
        ("甲组、乙组", "Group A, Group B"),
        ("甲组、丙组", "甲组、丙组"),
        ("  甲组\n", "  Group A\n"),
        ("他写道：没有办法。", "他写道：没有办法。"),
        ("xy01\u3000甲组 乙组", "xy01\u3000Group A Group B"),
        ("甲组或乙组等", "Group A or Group B and others"),
        ("多次过问案件", "多次过问案件"),
        ("3人，2个组织", "3 persons, 2 organisations"),
    ],
)
def test_finished_texts(monkeypatch: pytest.MonkeyPatch, text: str, told: str) -> None:
    monkeypatch.setattr("web.saying.sentences", lambda language: Sentences(SAID))
    words = {"甲组": "Group A", "乙组": "Group B", "甲流程": "Process A"}
    words["{n}人，{m}个组织"] = "{n} persons, {m} organisations"
    assert Speaker("en", words).say(text) == told


def test_only_what_is_read_is_exchanged() -> None:
    speaker = Speaker("en", {"同意": "Agree & go", "名称": "Name"})
    page = (
        '<option value="同意">同意</option><input value="同意" placeholder="名称">'
        "<textarea>同意</textarea><p>同意</p><script>同意</script>"
    )
    assert speaker.page(page) == (
        '<option value="同意">Agree &amp; go</option><input value="同意" placeholder="Name">'
        "<textarea>同意</textarea><p>Agree &amp; go</p><script>同意</script>"
    )
    assert CHINESE.search(page)


class Texts(HTMLParser):
    """What a reader sees or hears of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._unread = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._unread += tag in ("script", "textarea")
        self.found += [text for name, text in attrs if name in LABELS and text]

    def handle_endtag(self, tag: str) -> None:
        self._unread -= tag in ("script", "textarea")

    def handle_data(self, data: str) -> None:
        self.found += [] if self._unread else [data]


LABELS = frozenset({"aria-label", "title", "placeholder", "alt"})
PAGES = (
    "/inbox", "/inbox/claimable", "/inbox/done", "/inbox/copies", "/inbox/started", "/tasks/task-1", "/cases",
    "/cases/case-1", "/start", "/notices", "/account", "/processes", "/processes/proc", "/nowhere",
)  # fmt: skip
OWN = ("中文", "办", "某市某局")  #: the other language's own name; what the fake office is called


def _data() -> list[str]:
    """All Chinese texts that the fake office is made of, the longest first."""
    trees = [ast.parse(Path(module.__file__ or "").read_text("utf-8")) for module in (samples, fakes)]
    texts = {node.value for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    texts = {one for one in texts if isinstance(one, str) and CHINESE.search(one)}
    drawn = {name for one in texts for name in re.findall(r'name="([^"]+)"', one)}
    return sorted({"".join(one.split()) for one in texts | drawn} | {*OWN}, key=len, reverse=True)


def test_the_main_pages_have_nothing_chinese_but_data(cb1: Person, fake: FakeEngine) -> None:
    known = _data()
    cb1.post("/account/language", {"language": "en"})
    for path in PAGES:
        page = Texts()
        page.feed(cb1.get(path).get_data(as_text=True))
        for text in page.found:
            left = reduce(lambda rest, one: rest.replace(one, ""), known, "".join(text.split()))
            assert not CHINESE.search(left), (path, text.strip(), left.strip())
