"""Sending what is due: outside of any transaction, at least once, with an id that stays the same.

What doesn't go through is tried again with growing pauses, and given up in the end, as the doctor tells.
"""

from __future__ import annotations

import json
import logging
from datetime import datetime, timedelta

from engine.commands import dispatching, mailing
from engine.commands.context import Context
from engine.errors import EngineError
from engine.handlers import calling, mail
from engine.handlers.mail import NotSent
from engine.model.notifying import topic
from engine.store import deliveries
from engine.store.deliveries import Batch, Told

PAUSES = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
    timedelta(hours=12),
    timedelta(hours=24),
    timedelta(hours=24),
)  #: between tries; behind the last it is given up, three days after the first
LEASE = timedelta(minutes=2)  #: longer than any try takes
KEPT = timedelta(days=90)  #: that what was sent is remembered
_MOST = 100  #: notifications in one mail

_log = logging.getLogger("wenze.deliveries")


def run_due(context: Context, limit: int) -> int:
    """See who gets what was told, and send what is due; gives how many were sent, dropped or failed."""
    while dispatching.dispatch(context):
        pass
    done = 0
    while done < limit and (batch := _take(context)) is not None:
        _run(context, batch)
        done += 1
    return done


def _take(context: Context) -> Batch | None:
    now = context.clock()
    with context.database.reading() as work:
        if not deliveries.due(work, now):
            return None
    with context.database.unit_of_work() as work:
        deliveries.prune(work, now - KEPT)
        return deliveries.take(work, now, now + LEASE, _MOST)


def _run(context: Context, batch: Batch) -> None:
    try:
        sent = _mail(context, batch) if batch.channel == "mail" else _call(context, batch)
    except Exception as error:
        _log.warning("delivery %s to %s failed: %s", batch.id, batch.target, type(error).__name__)
        _failed(context, batch, error)
        return
    with context.database.unit_of_work() as work:
        deliveries.settle(work, batch, "sent" if sent else "dropped", context.clock())


def _failed(context: Context, batch: Batch, error: Exception) -> None:
    said = error.message if isinstance(error, EngineError) else f"{type(error).__name__}"
    final = batch.attempts >= len(PAUSES) or (isinstance(error, NotSent) and error.final)
    with context.database.unit_of_work() as work:
        now = context.clock()
        if isinstance(error, calling.Gone):
            deliveries.settle(work, batch, "failed", now, failure=said)
            deliveries.set_active(work, batch.target, False, said, now)
        elif final:
            deliveries.settle(work, batch, "failed", now, failure=said)
        else:
            again = now + PAUSES[batch.attempts]
            deliveries.settle(work, batch, "waiting", now, failure=said, again=again)


def _mail(context: Context, batch: Batch) -> bool:
    """Whether a mail went out: what the person knows by now needs none."""
    message = mailing.compose(context, batch)
    if message is None:
        return False
    mail.send(context.channels, message)
    return True


def _call(context: Context, batch: Batch) -> bool:
    with context.database.reading() as work:
        found = deliveries.webhook_secret(work, batch.target)
        about = deliveries.told(work, batch.notification_ids)
    if found is None or not found[2] or not about:
        return False
    url, sealed, _active = found
    secret = context.seal.open(sealed, f"webhook {batch.target}")
    post(context, url, secret, about[0].id, event(context, about[0]))
    return True


def post(context: Context, url: str, secret: str, call_id: str, body: bytes) -> None:
    """Call a webhook; the id is that of the event, the time that of this try."""
    calling.call(context.channels, url, secret, call_id, int(context.clock().timestamp()), body)


def event(context: Context, told: Told) -> bytes:
    """A notification as a CloudEvent: ids and kinds, nothing of what it says."""
    data = {
        "kind": topic(told.kind),
        "process": told.process,
        "case": told.instance_id,
        "task": told.task_id,
        "user": told.user,
        "group": told.group,
    }
    return cloud_event(
        context, told.id, f"wenze.{told.kind}", told.task_id or told.instance_id, told.at, data
    )


def cloud_event(
    context: Context, event_id: str, kind: str, subject: str, at: datetime, data: dict[str, str | None]
) -> bytes:
    """CloudEvents 1.0 in JSON, structured mode."""
    found = {
        "specversion": "1.0",
        "id": event_id,
        "source": context.channels.url or "urn:wenze",
        "type": kind,
        "subject": subject,
        "time": at.isoformat(timespec="seconds"),
        "datacontenttype": "application/json",
        "data": data,
    }
    return json.dumps(found, ensure_ascii=False).encode()
