"""A meeting's form without script: drawn, refused with names, kept, completed; then shown in the case."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine import Engine, User
from tests.integration.helpers import deploy, form, process, take
from tests.integration.test_collective import MEETING
from tests.web.attacks.world import Caller
from web import create_app

LIMITS = {"collective": "会议", "collectiveQuorum": "2/3"}


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Engine]:
    engine = Engine.open(f"sqlite:///{tmp_path / 'wenze.db'}")
    engine.add_group("甲组")
    for login in ("a1", "a2", "a3"):
        engine.add_user(User(login, f"{login}名<b>", "一科", frozenset({"甲组"})), "a long pass phrase 7")
    deploy(
        engine, process().user("meet", groups="甲组", form="m", properties=LIMITS).end(), form("m", MEETING)
    )
    yield engine
    engine.close()


def posted(**votes: str) -> dict[str, str]:
    found = {
        f"会议-{name}": text for name, text in (("agenda", "立项"), ("place", "一室"), ("recorder", "某人"))
    }
    found |= {
        "会议-time": "2026-03-02T09:00",
        "会议-chair": "a1名<b>",
        "会议-members": "",
        "_action": "submit",
    }
    for at, (person, words) in enumerate(votes.items()):
        row = {"person": person, "presence": words[:2], "vote": words[2:4], "opinion": words[4:]}
        found |= {f"会议-members-{at}-{name}": text for name, text in row.items()}
    return found


def test_a_meeting_without_script(office: Engine) -> None:
    case = office.start("p", {}, by="a1").id
    held = take(office, "a1").id
    caller = Caller(create_app(office, {"SECRET_KEY": "t", "TESTING": True}), "a1")
    page = caller.send("GET", f"/tasks/{held}").get_data(as_text=True)
    assert "至少2/3到会方可表决" in page
    assert '<input type="hidden" name="会议-members-1-person" value="a2">' in page
    assert "a2名&lt;b&gt;" in page and "a2名<b>" not in page
    bad = caller.send("POST", f"/tasks/{held}", posted(a1="出席赞成", a2="出席反对", a3="缺席"))
    text = bad.get_data(as_text=True)
    assert bad.status_code == 422
    assert "a2名&lt;b&gt;反对，请记录他的不同意见。" in text and 'href="#f-会议-members-1-opinion"' in text
    assert 'name="会议-members-2-presence" value="缺席" checked' in text
    done = caller.send("POST", f"/tasks/{held}", posted(a1="出席赞成", a2="出席反对证据不足", a3="缺席"))
    assert done.status_code == 302
    assert office.case(case, by="").variables["collective"]["outcome"] == "rejected"
    told = caller.send("GET", f"/cases/{case}").get_data(as_text=True)
    assert "应到3人，到会2人，赞成1人，反对1人，弃权0人：未通过。" in told
    assert "<td>证据不足</td>" in told and "2026-03-02 09:00" in told and "collective" not in told
