"""Mails about notifications, through a real server: what they say, when they go, what if they can't."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import time
from pathlib import Path

import pytest

from engine import Channels, Choices, Engine, InvalidDefinition, InvalidInput, Resource
from engine.commands.delivering import PAUSES
from engine.model.channels import mail_server as parsed
from tests.conftest import Clock
from tests.integration import outside
from tests.integration.helpers import begin, process, take, view
from tests.integration.outside import SECRET, USER, Mailbox

LINK = "https://wenze.example.cn"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return outside.certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def box(people: Engine, certificate: Path) -> Iterator[Mailbox]:
    """A mailbox of the office; a1, a2 and out have addresses there."""
    with outside.mail_server(certificate) as found:
        server = parsed(f"smtp://{USER}:{SECRET.replace(' ', '%20')}@127.0.0.1:{found.port}")
        people._context.channels = Channels(server, "wenze@example.cn", LINK, ca_file=str(certificate))
        for one in ("a1", "a2", "out"):
            people.choose_notices(f"{one}@example.cn", Choices(), by=one)
        yield found


def said(box: Mailbox, number: int = -1) -> str:
    return box.mails[number].get_content()


def test_a_new_task_is_mailed_without_a_word_about_its_case(people: Engine, box: Mailbox) -> None:
    secret = view("p", '"名字很秘密"')
    begin(people, process().user("秘密步骤", groups="甲组").user("two", assignee="out").end(), secret)
    assert people.deliver_due() == 1  # a1 began the case himself
    (mail,) = box.mails
    assert (mail["To"], mail["From"]) == ("a2@example.cn", "wenze@example.cn")
    assert mail["Subject"] == "【wenze】您有1件新任务，请登录查看"
    assert f"您有1件新任务，请登录查看。{LINK}/inbox" in said(box)
    assert "秘密" not in f"{mail['Subject']}{said(box)}"
    assert mail["Message-ID"].endswith("@example.cn>")
    assert people.deliver_due() == 0
    taken = take(people, "a2")
    people.urge(taken.id, "秘密的话", by="ab")
    people.complete(taken.id, {}, by="a2")  # what a2 was urged to do is done
    people.copy_to(taken.instance_id, ["out"], "秘密的附言", by="a2")
    people.choose_notices("out@example.cn", Choices(frozenset({"arrived", "copied"})), by="out")
    assert people.deliver_due() == 2
    assert [one["To"] for one in box.mails] == ["a2@example.cn", "out@example.cn"]
    assert "您有1件新任务、1件抄送，请登录查看" in said(box)
    assert "秘密" not in said(box)


def test_titles_stand_in_mails_where_the_bundle_lets_them(people: Engine, box: Mailbox) -> None:
    grades = [
        {"name": "open", "meaning": "x", "shownTo": ["tasks", "supervisors", "copies", "notices", "public"]},
        {"name": "closed", "meaning": "x", "shownTo": ["tasks"]},
    ]
    rules = {"process": "p", "grades": grades, "grade": "grade", "defaultGrade": "closed"}
    files = [process().user("one", assignee="a2").end(), view("p", '"某件事"')]
    with pytest.raises(InvalidDefinition) as refused:
        bad = json.dumps({**rules, "mailTitles": ["closed"]}).encode()
        people.deploy([Resource("t/p.case.json", bad)], name="x", by="")
    assert "/mailTitles/0" in str(refused.value.problems)
    begin(people, *files, Resource("t/p.case.json", json.dumps({**rules, "mailTitles": ["open"]}).encode()))
    people.deliver_due()
    assert "某件事" not in said(box)
    people.start("p", {"grade": "open"}, by="a1")
    people.deliver_due()
    assert "· one　" in said(box)
    assert "某件事" in said(box)


def test_what_fails_is_tried_again_with_the_same_id_and_given_up(
    people: Engine, box: Mailbox, clock: Clock
) -> None:
    box.answer = "451 later"  # though it took the mail
    begin(people, process().user("one", assignee="a2").end())
    assert people.deliver_due() == 1
    assert people.deliver_due() == 0
    clock.now += PAUSES[0]
    box.answer = "250 taken"
    assert people.deliver_due() == 1
    assert len({one["Message-ID"] for one in box.mails}) == 1
    assert people.deliver_due() == 0
    assert people.diagnose() == ()
    ways, box.refuses["a2@example.cn"] = people._context.channels, "550 no such mailbox"
    people.start("p", {}, by="a1")
    people.deliver_due()
    (finding,) = people.diagnose()
    assert (finding.kind, finding.severity) == ("delivery.failed", "warning")
    assert "给“a2”的邮件有1件没有送到，已放弃：邮件服务器不收这个地址：550 no such mailbox" in finding.message
    people.choose_notices("a1@example.cn", Choices(frozenset()), by="a1")
    nobody = replace(ways.mail, port=1)
    people._context.channels = replace(ways, mail=nobody)
    people.start("p", {}, by="a1")
    for pause in PAUSES:
        assert people.deliver_due() == 1
        clock.now += pause
    assert people.deliver_due() == 1
    assert people.deliver_due() == 0
    assert people.diagnose()[0].message.startswith("给“a2”的邮件有2件没有送到")
    assert len(people.inbox("a2", "todo").items) == 3  # no step was held up


def test_what_is_gathered_goes_in_one_mail_at_its_hour(people: Engine, box: Mailbox, clock: Clock) -> None:
    """It is 10:00 in the office; a1 is mailed at 9 and 14, a2 not between 9 and 16."""
    people.choose_notices("a1@example.cn", replace(Choices(), digest=(9, 14)), by="a1")
    quiet = replace(Choices(), quiet=(time(9), time(16)))
    people.choose_notices("a2@example.cn", quiet, by="a2")
    assert people.notice_choices("a2") == quiet
    begin(people, process().user("one", groups="甲组").user("two", assignee="a1").end())
    clock.advance(minutes=1)
    for _ in range(2):
        people.start("p", {}, by="ab")
    people.deliver_due()
    clock.advance(hours=3, minutes=58)
    taken = people.inbox("ab", "claimable").items[-1].task  # one of those that a1 didn't bring about
    people.claim(taken.id, by="ab")  # so that it is no news to a1 any more
    assert people.deliver_due() == 0
    clock.advance(minutes=1)
    assert people.deliver_due() == 1
    assert "您有1件新任务" in said(box)
    assert box.mails[0]["To"] == "a1@example.cn"
    clock.advance(hours=2)
    assert people.deliver_due() == 1
    assert [one["To"] for one in box.mails] == ["a1@example.cn", "a2@example.cn"]
    with pytest.raises(InvalidInput, match="邮箱"):
        people.choose_notices("a1@example.cn\nBcc: x@example.cn", Choices(), by="a1")


def test_a_task_that_is_sent_back_is_told_as_such(people: Engine, box: Mailbox) -> None:
    begin(people, process().user("one", assignee="a2").user("two", assignee="a1").end())
    people.deliver_due()
    people.complete(people.inbox("a2", "todo").items[0].task.id, {}, by="a2")
    people.deliver_due()
    people.send_back(people.inbox("a1", "todo").items[0].task.id, "one", "材料不全", by="a1")
    assert people.deliver_due() == 1
    assert box.mails[-1]["To"] == "a2@example.cn"
    assert "您有1件退回的任务，请登录查看" in said(box)
    assert "材料不全" not in said(box)
