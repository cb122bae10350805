"""Pages in English: chosen by the person, whole, and for reading only."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

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
    ],
)
def test_finished_texts(monkeypatch: pytest.MonkeyPatch, text: str, told: str) -> None:
    monkeypatch.setattr("web.saying.sentences", lambda language: Sentences(SAID))
    words = {"甲组": "Group A", "乙组": "Group B", "甲流程": "Process A"}
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
