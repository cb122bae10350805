"""From what was told to what goes out: who gets a notification by which way, and when.

Done by a runner behind the step's transaction, so that nothing of it holds a step up.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from engine.commands.context import ZONE, Context
from engine.model.notifying import Channel, Choices, Webhook, topic
from engine.store import deliveries
from engine.store.database import Work
from engine.store.deliveries import Told

PREFERENCE = "notices"  #: key under which a person keeps his choices
_AT_ONCE = 100

Made = tuple[str, Channel, str, datetime]


def dispatch(context: Context) -> int:
    """Make deliveries of what was told since; gives of how many notifications."""
    with context.database.reading() as work:
        if not deliveries.undispatched(work):
            return 0
    with context.database.unit_of_work() as work:
        now = context.clock()
        found = deliveries.take_undispatched(work, now, _AT_ONCE)
        hooks = [one for one in deliveries.webhooks(work) if one.active] if found else []
        made = [one for told in found for one in _calls(told, hooks, now)]
        if context.channels.mail is not None:
            made += [one for told in found for one in _mails(work, told, now)]
        deliveries.add(work, made, now)
        return len(found)


def _calls(told: Told, hooks: Sequence[Webhook], now: datetime) -> list[Made]:
    return [
        (told.id, "webhook", one.id, now)
        for one in hooks
        if one.process in ("", told.process) and (not one.kinds or topic(told.kind) in one.kinds)
    ]


def _mails(work: Work, told: Told, now: datetime) -> list[Made]:
    """To the person or the group's members, but not to who brought it about."""
    users, groups = [told.user] if told.user else [], [told.group] if told.group else []
    local = now.astimezone(ZoneInfo(ZONE))
    made: list[Made] = []
    for user, kept in deliveries.mailed(work, users, groups, PREFERENCE).items():
        choices = Choices.from_json(kept)
        if user != told.actor and topic(told.kind) in choices.topics:
            made.append((told.id, "mail", user, choices.when(local)))
    return made
