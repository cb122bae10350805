"""Engine: the one object that callers hold; every method is one line over commands and queries."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path

from engine.commands.context import Context
from engine.commands.library import Library
from engine.commands.sealing import Seal
from engine.facade.access import Access
from engine.facade.accounts import Accounts
from engine.facade.administration import Administration
from engine.facade.approvals import Approvals
from engine.facade.auditing import Auditing, refusals_recorded
from engine.facade.clocks import Clocks
from engine.facade.definitions import Definitions
from engine.facade.dossiers import Dossiers
from engine.facade.filling import Filling
from engine.facade.finding import Finding
from engine.facade.instances import Instances
from engine.facade.moves import Moves
from engine.facade.notifying import Notifying
from engine.facade.operations import Operations
from engine.facade.organisation import Organising
from engine.facade.preferences import Preferences
from engine.facade.reads import Box, Reads
from engine.facade.registers import Registers
from engine.facade.signing_in import SigningIn
from engine.facade.tasks import Tasks
from engine.model.channels import Channels
from engine.queries.reader import Reader
from engine.store.database import Database

__all__ = ["Box", "Engine"]


def _utcnow() -> datetime:
    return datetime.now(UTC)


@refusals_recorded
class Engine(
    Access,
    Accounts,
    Definitions,
    Dossiers,
    Filling,
    Instances,
    Tasks,
    Approvals,
    Moves,
    Reads,
    Notifying,
    Operations,
    Registers,
    Organising,
    SigningIn,
    Auditing,
    Administration,
    Clocks,
    Preferences,
    Finding,
):
    """The process engine of one database. `by` is a user id; "" is the system itself, which may do all."""

    def __init__(self, context: Context) -> None:
        self._context = context
        context.database.clock = context.clock
        self._reader = Reader(context.database, context.clock, context.library)

    @classmethod
    def open(
        cls,
        url: str,
        *,
        resources: Path | None = None,
        clock: Callable[[], datetime] | None = None,
        secrets_key: str = "",
        channels: Channels | None = None,
    ) -> Engine:
        """Open (and migrate) the database at this SQLAlchemy URL; `resources` is the root of the bundles.

        `secrets_key` (32 characters or more) encrypts people's second factors. Without `channels` no mail
        leaves the house.
        """
        seal, ways = Seal(secrets_key), channels or Channels()
        return cls(Context(Database(url), clock or _utcnow, Library(), resources, seal=seal, channels=ways))

    def close(self) -> None:
        """Give back the connections."""
        self._context.database.close()

    def together(self) -> AbstractContextManager[None]:
        """Have this thread read from one snapshot all that it reads meanwhile, anew behind each change."""
        return self._context.database.together()

    def on_jobs(self, wake: Callable[[], None]) -> None:
        """Call `wake` whenever new jobs have been committed here; the one called before is forgotten."""
        self._context.wake = wake

    def now(self) -> datetime:
        """The instant by the engine's clock."""
        return self._context.clock()
