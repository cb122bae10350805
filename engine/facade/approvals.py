"""The approval verbs that move no token."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from engine.commands import copying, delegating, signing, suspending, telling, urging
from engine.commands.once import again
from engine.commands.signing import SignMode
from engine.facade.part import Part
from engine.model.views import Copy
from engine.queries import copies as received


class Approvals(Part):
    """Transferring, delegating, signing, copying, urging, resting."""

    def transfer(self, task_id: str, to: str, reason: str, *, by: str) -> None:
        """Give a task that one has to another person for good; process administrators may give any."""
        again(lambda: delegating.transfer(self._context, task_id, to, reason, by=by))

    def delegate(self, task_id: str, to: str, reason: str, *, by: str) -> None:
        """Let another person work on one's task; it comes back by `resolve`, and one completes it."""
        again(lambda: delegating.delegate(self._context, task_id, to, reason, by=by))

    def resolve(self, task_id: str, answer: str, *, by: str) -> None:
        """Give a delegated task back with an answer; the owner takes it back by this, saying why."""
        again(lambda: delegating.resolve(self._context, task_id, answer, by=by))

    def add_signers(
        self, task_id: str, signers: Sequence[str], mode: SignMode, reason: str, *, by: str
    ) -> tuple[str, ...]:
        """Ask people to sign one's task before, beside or after one's own work; gives their tasks' ids."""
        return again(lambda: signing.add_signers(self._context, task_id, signers, mode, reason, by=by))

    def sign(self, task_id: str, agree: bool, text: str = "", *, by: str) -> None:
        """Sign what one was asked to sign; who disagrees says why."""
        again(lambda: signing.sign(self._context, task_id, agree, text, by=by))

    def remove_signer(self, task_id: str, reason: str, *, by: str) -> None:
        """Do without a signer who hasn't signed; `task_id` is that of his task."""
        again(lambda: signing.remove_signer(self._context, task_id, reason, by=by))

    def copy_to(
        self,
        instance_id: str,
        people: Sequence[str],
        note: str = "",
        *,
        by: str,
        task_id: str | None = None,
        asked: bool = False,
    ) -> None:
        """Send people a copy of a case for information: they see it, and can do no more.

        `asked`: each is to confirm that he has read it (`confirm_read`).
        """
        again(
            lambda: copying.copy_to(
                self._context, instance_id, people, note, by=by, task_id=task_id, asked=asked
            )
        )

    def confirm_read(self, copy_id: str, remark: str = "", *, by: str) -> None:
        """Confirm that one has read what was sent round, with a remark if one likes."""
        again(lambda: copying.confirm(self._context, copy_id, remark, by=by))

    def read_copies(self, copy_ids: Sequence[str], *, by: str) -> None:
        """Keep that this user has read these of the copies that he got."""
        again(lambda: copying.read(self._context, copy_ids, by=by))

    def copies(self, by: str, *, unread: bool = False) -> tuple[Copy, ...]:
        """What was copied to this user, newest first; `unread`: only what he hasn't read."""
        return received.copies(self._reader, by, unread=unread)

    def copied(self, copy_ids: Collection[str], *, by: str) -> tuple[Copy, ...]:
        """Those of these copies that are this user's."""
        return received.copied(self._reader, by, copy_ids)

    def urge(self, task_id: str, text: str = "", *, by: str) -> None:
        """Ask who has a task to get it done; Conflict if one did so less than four hours ago."""
        again(lambda: urging.urge(self._context, task_id, text, by=by))

    def suspend(self, instance_id: str, reason: str, *, by: str) -> None:
        """Let a case rest: nothing is done in it, and no clock or timer runs, until it is resumed."""
        again(lambda: suspending.suspend(self._context, instance_id, reason, by=by))

    def resume(self, instance_id: str, reason: str, *, by: str) -> None:
        """Let a case go on; its due dates and timers are later by the time that it rested."""
        again(lambda: suspending.resume(self._context, instance_id, reason, by=by))

    def mark_read(self, notice_ids: Sequence[str] = (), *, by: str) -> None:
        """Keep that this user has read these of his notifications; none given: all of them."""
        again(lambda: telling.mark_read(self._context, notice_ids, by=by))
