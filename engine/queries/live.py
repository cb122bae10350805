"""What a page that stays open shows of its person's boxes."""

from __future__ import annotations

from datetime import datetime, timedelta

from engine.model.notifying import Live
from engine.queries.inbox import MOST_COUNTED, tally
from engine.queries.reader import Reader, person
from engine.store import boxes, notices

LONGEST = timedelta(hours=12)  #: that arrivals are counted back


def live(reader: Reader, by: str, since: datetime) -> Live:
    """Numbers of a person's boxes now, and of tasks that came since; tasks done or taken meanwhile aside."""
    since = max(since, reader.clock() - LONGEST)
    with reader.database.reading() as work:
        person(work, by)
        counted = tally(work, by, reader.clock())
        came = boxes.within(work, by, notices.arrivals(work, by, since, MOST_COUNTED))
        return Live(
            todo=counted["todo"],
            claimable=counted["claimable"],
            copies=counted["copies"],
            started=counted["started"],
            supervised=counted.get("supervised", 0),
            notices=notices.count_unread(work, by, MOST_COUNTED),
            arrived=sum(came.values()),
            offered=len(came) - sum(came.values()),
        )
