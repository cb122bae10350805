"""Webhooks: made, tried and switched by the system administrator, each act in the record."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Sequence

from engine import policy
from engine.commands import delivering
from engine.commands.administering import noted
from engine.commands.context import Context, allow, person
from engine.errors import InvalidInput, NotFound
from engine.handlers import calling
from engine.handlers.mail import NotSent
from engine.model.notifying import TOPICS, Webhook
from engine.store import definitions, deliveries
from engine.store.database import Work
from engine.store.sql import new_id

MOST = 50
_DEED = "keep webhooks"


def add(context: Context, url: str, kinds: Sequence[str], process: str, *, by: str) -> str:
    """Call this address from now on about these topics (none: all) of a process; gives the new secret."""
    url = url.strip()
    calling.check_address(url, context.channels)
    if set(kinds) - set(TOPICS):
        raise InvalidInput("没有这种通知。")
    secret = calling.PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()
    with context.database.unit_of_work() as work:
        _allow(work, by)
        if process and definitions.latest(work, process) is None:
            raise InvalidInput(f"没有流程“{process}”。")
        if len(deliveries.webhooks(work)) >= MOST:
            raise InvalidInput(f"最多{MOST}个。")
        made = Webhook(new_id(), url, tuple(sorted(set(kinds))), process, True, by, context.clock(), "")
        deliveries.add_webhook(work, made, context.seal.close(secret, f"webhook {made.id}"))
        data = {"url": url, "kinds": list(made.kinds), "process": process}
        noted(context, work, "webhook.added", by, made.id, data)
    return secret


def listed(context: Context, *, by: str) -> tuple[Webhook, ...]:
    """All webhooks, the newest first."""
    with context.database.reading() as work:
        _allow(work, by)
        return deliveries.webhooks(work)


def switch(context: Context, webhook_id: str, active: bool, *, by: str) -> None:
    """Switch a webhook on or off; off, what waits for it is dropped."""
    with context.database.unit_of_work() as work:
        _allow(work, by)
        note = "" if active else "由管理员停用。"
        if not deliveries.set_active(work, webhook_id, active, note, context.clock()):
            raise NotFound("没有这个推送。")
        noted(context, work, "webhook.enabled" if active else "webhook.disabled", by, webhook_id, {})


def test(context: Context, webhook_id: str, *, by: str) -> str:
    """Call a webhook once, now; gives what went wrong, or ""."""
    with context.database.reading() as work:
        _allow(work, by)
        found = deliveries.webhook_secret(work, webhook_id)
    if found is None:
        raise NotFound("没有这个推送。")
    url, sealed, _active = found
    call_id = new_id()
    body = delivering.cloud_event(context, call_id, "wenze.test", webhook_id, context.clock(), {})
    failure = ""
    try:
        delivering.post(context, url, context.seal.open(sealed, f"webhook {webhook_id}"), call_id, body)
    except NotSent as error:
        failure = error.message
    with context.database.unit_of_work() as work:
        noted(context, work, "webhook.tested", by, webhook_id, {"failure": failure})
    return failure


def _allow(work: Work, by: str) -> None:
    user = person(work, by)
    allow(user, policy.administer(user, _DEED))
