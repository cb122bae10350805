"""Telling people: in the page at once, by mail, and by webhook."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from engine.commands import choosing_notices, delivering, dispatching, webhooks
from engine.commands.once import again
from engine.facade.part import Part
from engine.model.notifying import Choices, Live, Webhook
from engine.queries import live
from engine.queries.preferences import preference


class Notifying(Part):
    """Telling people: in the page at once, by mail, and by webhook."""

    def live(self, by: str, since: datetime) -> Live:
        """Numbers of this user's boxes now, and of the tasks that came since this instant."""
        return live.live(self._reader, by, since)

    def notice_choices(self, by: str) -> Choices:
        """What this user wants to be mailed, and when."""
        return Choices.from_json(preference(self._reader, by, dispatching.PREFERENCE))

    def choose_notices(self, email: str, choices: Choices, *, by: str) -> None:
        """Keep where one is mailed ("": nowhere), what and when; InvalidInput names each mistake."""
        again(lambda: choosing_notices.choose(self._context, email, choices, by=by))

    def sends_mail(self) -> bool:
        """Whether this installation is told of a mail server."""
        return self._context.channels.mail is not None

    def deliver_due(self, limit: int = 20) -> int:
        """Send mails and call webhooks that are due by now; gives how many times that was tried."""
        return delivering.run_due(self._context, limit)

    def webhooks(self, by: str) -> tuple[Webhook, ...]:
        """All webhooks, the newest first. The system administrator's, as are those that follow."""
        return webhooks.listed(self._context, by=by)

    def add_webhook(self, url: str, kinds: Sequence[str] = (), process: str = "", *, by: str) -> str:
        """Call an address about these topics of a process; none, "": all. Gives the secret, shown once."""
        return again(lambda: webhooks.add(self._context, url, kinds, process, by=by))

    def switch_webhook(self, webhook_id: str, active: bool, *, by: str) -> None:
        """Switch a webhook on or off."""
        again(lambda: webhooks.switch(self._context, webhook_id, active, by=by))

    def test_webhook(self, webhook_id: str, *, by: str) -> str:
        """Call a webhook once, now; gives what went wrong, or ""."""
        return webhooks.test(self._context, webhook_id, by=by)
