"""Handing a mail in at the office's server."""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage

from engine.errors import EngineError
from engine.model.channels import Channels, MailServer

SECONDS = 10.0  #: that the server may take for each answer


class NotSent(EngineError):
    """没有发出。"""

    def __init__(self, message: str, *, final: bool = False) -> None:
        super().__init__(message)
        self.final = final  #: another try won't do


def send(channels: Channels, message: EmailMessage) -> None:
    """Hand the mail in; NotSent says why the server didn't take it."""
    if channels.mail is None:
        raise NotSent("没有设置 WENZE_SMTP_URL。")
    try:
        with _connected(channels.mail, channels.ca_file) as server:
            if channels.mail.user:
                server.login(channels.mail.user, channels.mail.password)
            server.send_message(message)
    except smtplib.SMTPRecipientsRefused as error:
        code, said = next(iter(error.recipients.values()))
        raise NotSent(f"邮件服务器不收这个地址：{code} {_text(said)}", final=code >= 500) from error
    except smtplib.SMTPAuthenticationError as error:
        raise NotSent("邮件服务器不认账号或密码。") from error
    except smtplib.SMTPResponseException as error:
        final = error.smtp_code >= 500
        raise NotSent(f"邮件服务器答复{error.smtp_code} {_text(error.smtp_error)}", final=final) from error
    except ssl.SSLError as error:
        raise NotSent("邮件服务器的证书不受信任。") from error
    except (OSError, smtplib.SMTPException) as error:
        raise NotSent(f"连不上邮件服务器（{type(error).__name__}）。") from error


def _connected(server: MailServer, ca_file: str) -> smtplib.SMTP:
    trusted = ssl.create_default_context(cafile=ca_file or None)
    if server.tls == "tls":
        return smtplib.SMTP_SSL(server.host, server.port, timeout=SECONDS, context=trusted)
    found = smtplib.SMTP(server.host, server.port, timeout=SECONDS)
    try:
        if server.tls == "starttls":
            found.starttls(context=trusted)
    except BaseException:
        found.close()
        raise
    return found


def _text(said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return " ".join(text.split())[:200]
