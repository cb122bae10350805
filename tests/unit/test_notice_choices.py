"""When something is to be sent: at once or gathered, never in quiet hours; and what an installation says."""

from __future__ import annotations

from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest

from engine.errors import InvalidInput
from engine.model.channels import Channels, MailServer
from engine.model.notifying import Choices, is_address

ZONE = ZoneInfo("Asia/Shanghai")
NIGHT = (time(22), time(7, 30))
NOON = (time(12), time(14))


@pytest.mark.parametrize(
    ("choices", "at", "sent"),
    [
        (Choices(), "03-02 23:10", "03-02 23:10"),
        (Choices(digest=(15, 9)), "03-02 08:59", "03-02 09:00"),
        (Choices(digest=(15, 9)), "03-02 09:00", "03-02 15:00"),
        (Choices(digest=(15, 9)), "03-02 15:00", "03-03 09:00"),
        (Choices(quiet=NIGHT), "03-02 21:59", "03-02 21:59"),
        (Choices(quiet=NIGHT), "03-02 22:00", "03-03 07:30"),
        (Choices(quiet=NIGHT), "03-03 00:00", "03-03 07:30"),
        (Choices(quiet=NIGHT), "03-03 07:30", "03-03 07:30"),
        (Choices(quiet=NOON), "03-02 13:00", "03-02 14:00"),
        (Choices(quiet=NOON, digest=(13,)), "03-02 08:00", "03-02 14:00"),
        (Choices(quiet=NIGHT, digest=(23,)), "02-28 23:30", "03-02 07:30"),
    ],
)
def test_when_it_is_sent(choices: Choices, at: str, sent: str) -> None:
    def instant(text: str) -> datetime:
        return datetime.strptime(f"2026-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=ZONE)

    assert choices.when(instant(at)) == instant(sent)
    assert Choices.from_json(choices.to_json()) == choices


def test_addresses() -> None:
    assert is_address("zhang.san+a@mail.example.cn")
    for bad in (
        "",
        "a",
        "a@b",
        "a b@example.cn",
        "a@example.cn\n",
        "a@example.cn,b@example.cn",
        "@x.cn",
        "张@x.cn",
    ):
        assert not is_address(bad), bad


def test_what_an_installation_says() -> None:
    given = {
        "WENZE_SMTP_URL": "smtp://us%40er:p%3Aw@mail.example.cn",
        "WENZE_MAIL_FROM": "wenze@example.cn",
        "WENZE_URL": "https://wenze.example.cn/",
        "WENZE_WEBHOOK_ALLOW": "10.1.0.0/16, fd00::/8",
    }
    found = Channels.from_environment(given)
    assert found.mail == MailServer("mail.example.cn", 587, "starttls", "us@er", "p:w")
    assert found.url == "https://wenze.example.cn"
    assert len(found.allowed) == 2
    assert Channels.from_environment({}) == Channels()
    for name, bad in (
        ("WENZE_SMTP_URL", "http://x"),
        ("WENZE_SMTP_URL", "smtp://x:port"),
        ("WENZE_MAIL_FROM", ""),
        ("WENZE_WEBHOOK_ALLOW", "everywhere"),
    ):
        with pytest.raises(InvalidInput):
            Channels.from_environment({**given, name: bad})
