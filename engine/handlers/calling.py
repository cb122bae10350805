"""Calling a webhook: signed, over TLS only, to nobody but who may be called."""

from __future__ import annotations

import base64
import hashlib
import hmac
import ipaddress
import socket
import ssl
from collections.abc import Mapping
from urllib.parse import urlsplit

import urllib3

from engine.errors import InvalidInput
from engine.handlers.mail import NotSent
from engine.model.channels import Channels

SECONDS = 10.0  #: to connect and to be answered
PREFIX = "whsec_"  #: of a secret, behind it base64
GONE = 410  #: the answer of who wants to be called no more
MOST_URL = 1_000


class Gone(NotSent):
    """对方不再接收。"""


def check_address(url: str, channels: Channels) -> None:
    """InvalidInput for an address that no webhook may have; names are looked up at each call only."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise InvalidInput("网址有误。") from error
    if parts.scheme != "https" or not parts.hostname or len(url) > MOST_URL or not url.isprintable():
        raise InvalidInput("网址须以 https:// 开头，写明主机。")
    if parts.username is not None or parts.password is not None or parts.fragment or port == 0:
        raise InvalidInput("网址里不要写账号、密码和“#”后的内容，签名密钥由系统生成。")
    try:
        literal = ipaddress.ip_address(parts.hostname)
    except ValueError:
        return
    if not permitted(str(literal), channels):
        raise InvalidInput("不能调用内部网络的地址，除非用 WENZE_WEBHOOK_ALLOW 准许它的网段。")


def permitted(address: str, channels: Channels) -> bool:
    """Whether a webhook may be at this IP address: public, or in a network that is allowed."""
    found = ipaddress.ip_address(address.split("%")[0])
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    if any(found.version == one.version and found in one for one in channels.allowed):
        return True
    inner = isinstance(found, ipaddress.IPv6Address) and (found.sixtofour or found.teredo)
    return found.is_global and not found.is_multicast and not inner


def signature(secret: str, call_id: str, at: int, body: bytes) -> str:
    """The value of `webhook-signature` for a call: HMAC-SHA256 over id, time in seconds, and body."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = f"{call_id}.{at}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def call(channels: Channels, url: str, secret: str, call_id: str, at: int, body: bytes) -> None:
    """Post the body; NotSent unless the answer is 2xx. Redirects aren't followed."""
    headers = {
        "content-type": "application/cloudevents+json; charset=utf-8",
        "user-agent": "wenze-webhook",
        "webhook-id": call_id,
        "webhook-timestamp": str(at),
        "webhook-signature": signature(secret, call_id, at, body),
    }
    status = _post(channels, url, headers, body)
    if status == GONE:
        raise Gone("对方答复410，不再接收。", final=True)
    if not 200 <= status < 300:
        raise NotSent(f"对方答复{status}。")


def _post(channels: Channels, url: str, headers: Mapping[str, str], body: bytes) -> int:
    """The status of the answer by the first address of the host, if the host has none that is forbidden.

    The connection goes to the address that was looked at, so that no other answer of the name server
    leads elsewhere.
    """
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or 443
    try:
        found = [str(one[4][0]) for one in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError) as error:
        raise NotSent(f"找不到主机“{host}”。") from error
    if not found or not all(permitted(one, channels) for one in found):
        raise NotSent("主机在内部网络，没有准许调用。")
    try:
        trusted = ssl.create_default_context(cafile=channels.ca_file or None)
        with urllib3.HTTPSConnectionPool(
            found[0],
            port,
            ssl_context=trusted,
            server_hostname=host,
            assert_hostname=host,
            timeout=urllib3.Timeout(total=SECONDS),
            retries=False,
        ) as pool:
            target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            named = parts.netloc
            answer = pool.urlopen(
                "POST",
                target,
                body=body,
                headers={**headers, "host": named},
                redirect=False,
                preload_content=False,
            )
            answer.close()
            return answer.status
    except urllib3.exceptions.SSLError as error:
        raise NotSent("对方的证书不受信任。") from error
    except urllib3.exceptions.NewConnectionError as error:
        raise NotSent("连不上对方。") from error
    except urllib3.exceptions.TimeoutError as error:
        raise NotSent("对方没有及时答复。") from error
    except (urllib3.exceptions.HTTPError, OSError) as error:
        raise NotSent(f"调用中断（{type(error).__name__}）。") from error
