"""What a mail says: how much has come of which kind, and of a case only what its bundle lets out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from email.message import EmailMessage
from email.utils import format_datetime

from engine.commands.context import Context
from engine.model.case_rules import CIRCLES
from engine.model.notifying import TOPICS, Topic, is_address, topic
from engine.store import deliveries, people
from engine.store.database import Work
from engine.store.deliveries import Batch, Told

_FOOT = "这封邮件由系统发出，请不要回复。要不要邮件、什么时候发，在“我的账号”的“通知”里设置。"


def compose(context: Context, batch: Batch) -> EmailMessage | None:
    """The mail of a batch, or None when its person is gone or all of it is known to him by now."""
    with context.database.reading() as work:
        user = people.get(work, batch.target)
        if user is None or not user.active or not is_address(user.email):
            return None
        found = deliveries.reaching(work, user.id, batch.notification_ids)
        if not found:
            return None
        office = people.get_setting(work, "office") or {}
        titles = list(dict.fromkeys(line for one in found if (line := _titled(context, work, one))))
    said = summary(found)
    message = EmailMessage()
    message["Subject"] = f"【{office.get('product') or 'wenze'}】您有{said}，请登录查看"
    message["From"] = context.channels.sender
    message["To"] = user.email
    message["Date"] = format_datetime(batch.since)
    message["Message-ID"] = f"<{batch.id}@{context.channels.sender.rpartition('@')[2].strip('<> ')}>"
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    link = f"{context.channels.url}/inbox" if context.channels.url else ""
    parts = [f"{user.display}，您好：", f"您有{said}，请登录查看。{link}", "\n".join(titles), _FOOT]
    message.set_content("\n\n".join(one for one in parts if one) + "\n", cte="base64")
    return message


def summary(found: Sequence[Told]) -> str:
    """How much there is of what, a task once: 2件新任务、1件退回的任务."""
    several = {(topic(one.kind), one.task_id or one.id) for one in found}
    counted = Counter[Topic](of for of, _about in several)
    return "、".join(f"{counted[one]}件{text}" for one, text in TOPICS.items() if counted[one])


def _titled(context: Context, work: Work, one: Told) -> str:
    """A line with step, number and title, if the case's bundle lets them out for its grade; never a text."""
    rules = context.library.case_rules(work, one.definition_id)
    everybody = all(circle in one.shown_to for circle in CIRCLES)
    if rules is None or one.grade not in rules.mail_titles or not everybody:
        return ""
    return "　".join(
        part for part in (f"· {one.step}" if one.step else "·", one.business_key, one.title) if part
    )
