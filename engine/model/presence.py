"""Two at one task: who saved its draft last."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class DraftSave:
    """The save that made this revision of a task."""

    task_id: str
    revision: int
    saved_by: str  #: user id
    saved_at: datetime
