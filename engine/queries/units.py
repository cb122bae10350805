"""Units as lists are narrowed to them."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from engine.queries.reader import ZONE
from engine.store import organisation, people
from engine.store.database import Work


def unit_accounts(work: Work, name: str, now: datetime) -> frozenset[str]:
    """Accounts of who stands in the unit of this code or name, or below it, today; nobody in an unknown one.

    Accounts whose own unit is called so count, too: not every office keeps its organisation here.
    """
    known = organisation.load(work).at(now.astimezone(ZoneInfo(ZONE)).date())
    units = known.find(name)
    codes = {code for one in units for code in known.below(one.code)}
    names = {name, *(one.name for one in known.units if one.code in codes)}
    positions = {one.code for one in known.positions if one.unit in codes}
    return known.accounts(positions) | people.in_units(work, names)
