"""By which ways notifications leave the house, as the installation is told."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qs, unquote, urlsplit

from engine.errors import InvalidInput

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_PORTS: Mapping[str, int] = {"smtp": 587, "smtps": 465}
_URL = "WENZE_SMTP_URL 应为 smtp://账号:密码@主机:587（STARTTLS）或 smtps://账号:密码@主机:465。"
_NET = "WENZE_WEBHOOK_ALLOW 应为网段，逗号分开，如 10.1.0.0/16。"


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mails are handed in."""

    host: str
    port: int
    tls: Literal["tls", "starttls", "none"]
    user: str = ""
    password: str = ""


@dataclass(frozen=True, slots=True)
class Channels:
    """Mail server and sender, the address of the pages, and whom webhooks may call."""

    mail: MailServer | None = None
    sender: str = ""  #: address that mails come from
    url: str = ""  #: of the pages, without a slash at the end; "": mails carry no link
    allowed: tuple[Network, ...] = ()  #: networks not public that webhooks may be in
    ca_file: str = ""  #: certificates that mail servers and webhooks may be signed by; "": the machine's

    @classmethod
    def from_environment(cls, given: Mapping[str, str]) -> Channels:
        """From WENZE_SMTP_URL, _MAIL_FROM, _URL, _WEBHOOK_ALLOW, _CA_FILE; InvalidInput for nonsense."""
        server = mail_server(given["WENZE_SMTP_URL"]) if given.get("WENZE_SMTP_URL") else None
        sender = given.get("WENZE_MAIL_FROM", "").strip()
        if server and not sender:
            raise InvalidInput("设置了 WENZE_SMTP_URL，请同时用 WENZE_MAIL_FROM 写明发件地址。")
        return cls(
            mail=server,
            sender=sender,
            url=given.get("WENZE_URL", "").strip().rstrip("/"),
            allowed=networks(given.get("WENZE_WEBHOOK_ALLOW", "")),
            ca_file=given.get("WENZE_CA_FILE", "").strip(),
        )


def mail_server(url: str) -> MailServer:
    """The server at `smtp://` (STARTTLS, which `?tls=none` gives up) or `smtps://`; InvalidInput else."""
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError as error:
        raise InvalidInput(_URL) from error
    if parts.scheme not in _PORTS or not parts.hostname:
        raise InvalidInput(_URL)
    plain = parse_qs(parts.query).get("tls") == ["none"]
    return MailServer(
        host=parts.hostname,
        port=port or _PORTS[parts.scheme],
        tls="tls" if parts.scheme == "smtps" else "none" if plain else "starttls",
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
    )


def networks(text: str) -> tuple[Network, ...]:
    """Networks, separated by commas; InvalidInput for what is none."""
    try:
        return tuple(ipaddress.ip_network(one.strip()) for one in text.split(",") if one.strip())
    except ValueError as error:
        raise InvalidInput(_NET) from error
