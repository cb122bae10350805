"""A mail server and a webhook's receiver on loopback, both with TLS, that fail as a test asks them to."""

from __future__ import annotations

import email
import email.policy
import ipaddress
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

USER, SECRET = "wenze", "a mail password"


def certificate(folder: Path) -> Path:
    """A file with key and certificate of localhost, which signs itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(1))
        .not_valid_after(now + timedelta(1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "localhost.pem"
    plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, *plain) + made.public_bytes(serialization.Encoding.PEM)
    )
    return file


def _tls(file: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


class Mailbox:
    """What the mail server took, and what it is to answer."""

    def __init__(self) -> None:
        self.port = 0
        self.mails: list[EmailMessage] = []
        self.answer = "250 taken"  #: to a mail
        self.refuses: dict[str, str] = {}  #: recipient -> answer

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _more: Any) -> str:
        if address in self.refuses:
            return self.refuses[address]
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        self.mails.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        return self.answer


def _knows(_server: Any, _session: Any, _envelope: Any, _way: str, given: Any) -> AuthResult:
    right = LoginPassword(USER.encode(), SECRET.encode())
    return AuthResult(success=given == right, handled=False)


class _OnAnyPort(Controller):
    """A server that takes a free port."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def mail_server(certificate: Path) -> Iterator[Mailbox]:
    """A server that wants STARTTLS and a password."""
    box = Mailbox()
    server = _OnAnyPort(
        box,
        hostname="127.0.0.1",
        port=0,
        tls_context=_tls(certificate),
        require_starttls=True,
        authenticator=_knows,
        auth_required=True,
    )
    server.start()
    box.port = server.port
    try:
        yield box
    finally:
        server.stop()


@dataclass
class Receiver:
    """Who is called: what came, and what is answered, in turn; then 204."""

    port: int = 0
    calls: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    slow: float = 0

    @property
    def url(self) -> str:
        """Its address."""
        return f"https://localhost:{self.port}/hook?key=1"


@contextmanager
def receiver(certificate: Path) -> Iterator[Receiver]:
    """A receiver over HTTPS."""
    found = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            found.calls.append((self.path, {k.lower(): v for k, v in self.headers.items()}, body))
            time.sleep(found.slow)
            status = found.answers.pop(0) if found.answers else 204
            self.send_response(status)
            if status == 302:
                self.send_header("location", found.url)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.socket = _tls(certificate).wrap_socket(server.socket, server_side=True)
    found.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
