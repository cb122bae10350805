"""Webhooks, called for real over TLS: signed, without content, tried again, and never where they mayn't."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine import Channels, Engine, InvalidInput, NotAllowed, NotFound, User
from engine.commands.delivering import PAUSES
from engine.commands.sealing import Seal
from engine.handlers import calling
from engine.model.channels import networks
from engine.store import people as accounts
from tests.conftest import PASSWORD, Clock
from tests.integration import outside
from tests.integration.helpers import begin, deploy, process, task, view
from tests.integration.outside import Receiver


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return outside.certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def hook(people: Engine, certificate: Path) -> Iterator[Receiver]:
    """A receiver, a system administrator, and an installation that may call loopback."""
    with people._context.database.unit_of_work() as work:
        accounts.add_groups(work, ["系统管理"])
        accounts.set_duties(work, {"系统管理": "system"})
    people.add_user(User("sys", "系统管理员", "", frozenset({"系统管理"})), PASSWORD)
    people._context.seal = Seal("a key for tests only, long enough to count")
    people._context.channels = Channels(allowed=networks("127.0.0.0/8"), ca_file=str(certificate))
    with outside.receiver(certificate) as found:
        yield found


def right(secret: str, headers: dict[str, str], body: bytes) -> bool:
    """Whether the signature is what Standard Webhooks says."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    made = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return headers["webhook-signature"] == f"v1,{made}"


def test_a_call_is_signed_and_carries_ids_only(people: Engine, hook: Receiver, clock: Clock) -> None:
    diagram = process().user("秘密步骤", groups="甲组").end()
    deploy(people, process("other").user("one", assignee="a1").end(), diagram)
    secret = people.add_webhook(hook.url, ["arrived"], "p", by="sys")
    assert people.test_webhook(people.webhooks("sys")[0].id, by="sys") == ""
    assert json.loads(hook.calls.pop()[2])["type"] == "wenze.test"
    case = begin(people, diagram, view("p", '"很秘密"'))
    found = task(people, "a1")
    people.start("other", {}, by="a1")  # another process
    people.urge(found.id, "快", by="ab")  # another topic
    assert people.deliver_due() == 1
    ((path, headers, body),) = hook.calls
    assert path == "/hook?key=1"
    assert headers["content-type"].startswith("application/cloudevents+json")
    assert headers["host"] == f"localhost:{hook.port}"
    assert headers["webhook-timestamp"] == str(int(clock.now.timestamp()))
    assert right(secret, headers, body)
    event = json.loads(body)
    assert event.pop("id") == headers["webhook-id"]
    assert event == {
        "specversion": "1.0",
        "source": "urn:wenze",
        "type": "wenze.task.arrived",
        "subject": found.id,
        "time": "2026-03-02T02:00:00+00:00",
        "datacontenttype": "application/json",
        "data": {
            "kind": "arrived",
            "process": "p",
            "case": case.id,
            "task": found.id,
            "user": None,
            "group": "甲组",
        },
    }
    assert people.deliver_due() == 0


def test_what_fails_is_called_again_with_the_same_id_until_it_is_given_up(
    people: Engine, hook: Receiver, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    people.add_webhook(hook.url, by="sys")
    hook.answers, hook.slow = [500, 302], 0
    begin(people, process().user("one", groups="甲组").end())
    for pause in PAUSES[:2]:
        assert people.deliver_due() == 1
        assert people.deliver_due() == 0
        assert people.webhooks("sys")[0].waiting == 1
        clock.now += pause
    assert people.webhooks("sys")[0].failure == "对方答复302。"  # a redirect isn't followed
    monkeypatch.setattr(calling, "SECONDS", 0.2)
    hook.slow = 0.6
    assert people.deliver_due() == 1
    assert people.webhooks("sys")[0].failure == "对方没有及时答复。"
    hook.slow = 0
    clock.now += PAUSES[2]
    monkeypatch.undo()
    assert people.deliver_due() == 1
    assert len(hook.calls) == 4
    assert len({headers["webhook-id"] for _path, headers, _body in hook.calls}) == 1
    assert people.diagnose() == ()

    people._context.channels = Channels(ca_file="")  # which may not call loopback, whatever its name
    people.start("p", {}, by="a1")
    for pause in (*PAUSES, PAUSES[0]):
        assert people.deliver_due() == 1
        clock.now += pause
    assert people.deliver_due() == 0
    assert len(hook.calls) == 4
    (finding,) = people.diagnose()
    assert finding.message.endswith("没有送到，已放弃：主机在内部网络，没有准许调用。")
    assert people.webhooks("sys")[0].failed == 1


def test_who_wants_no_more_is_called_no_more(people: Engine, hook: Receiver) -> None:
    people.add_webhook(hook.url, by="sys")
    hook.answers = [410]
    begin(people, process().user("one", groups="甲组").end())
    people.start("p", {}, by="a1")
    assert people.deliver_due() == 1
    (one,) = people.webhooks("sys")
    assert (one.active, one.note, len(hook.calls)) == (False, "对方答复410，不再接收。", 1)
    people.switch_webhook(one.id, True, by="sys")
    people.start("p", {}, by="a1")
    assert people.deliver_due() == 1
    assert len(hook.calls) == 2


def test_where_webhooks_may_not_go_and_who_may_not_make_them(people: Engine, hook: Receiver) -> None:
    for url in (
        "http://example.cn/",
        "https://10.0.0.1/",
        "https://169.254.169.254/latest",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://user:pw@example.cn/",
        "https:///x",
        "https://example.cn:99999/",
        "file:///etc/passwd",
    ):
        with pytest.raises(InvalidInput):
            people.add_webhook(url, by="sys")
    with pytest.raises(InvalidInput, match="没有流程"):
        people.add_webhook(hook.url, [], "nothing", by="sys")
    with pytest.raises(InvalidInput, match="没有这种通知"):
        people.add_webhook(hook.url, ["all"], by="sys")
    with pytest.raises(NotAllowed):
        people.add_webhook(hook.url, by="boss")
    with pytest.raises(NotAllowed):
        people.webhooks("boss")
    with pytest.raises(NotFound):
        people.switch_webhook("none", False, by="sys")
    ways = Channels()
    for address in (
        "127.0.0.1",
        "10.1.2.3",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "::",
        "2002:a00:1::",
        "fe80::1",
    ):
        assert not calling.permitted(address, ways), address
    assert calling.permitted("8.8.8.8", ways)
    people.add_webhook("https://localhost:1/", by="sys")
    begin(people, process().user("one", groups="甲组").end())
    assert people.deliver_due() == 1
    assert people.webhooks("sys")[0].failure == "连不上对方。"
