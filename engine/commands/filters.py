"""Keeping filters under a name, for oneself or for a group that one is in."""

from __future__ import annotations

import json
from dataclasses import replace

from engine import policy
from engine.commands import noting
from engine.commands.context import Context, allow, person
from engine.errors import InvalidInput, NotFound, Problem
from engine.model.execution import JsonObject
from engine.model.finding import COLOURS, Criteria, Place, SavedFilter
from engine.model.records import User
from engine.store import filters, people
from engine.store.database import Work
from engine.store.sql import new_id

MAX_NAME = 20
MAX_SIZE = 4_000  #: of the criteria as JSON
MOST = 30  #: of a person, and of a group
_UNSEEN = frozenset(map(chr, (*range(0x200B, 0x2010), *range(0x2028, 0x202F), *range(0x2066, 0x206A))))


def save(
    context: Context, name: str, criteria: Criteria, *, colour: str, place: Place, shared_with: str, by: str
) -> SavedFilter:
    """Keep criteria under a name."""
    with context.database.unit_of_work() as work:
        user = person(work, by)
        position = filters.last_position(work, by) + 1
        made = SavedFilter(
            new_id(), by, name.strip(), colour, place, shared_with, criteria, position, context.clock()
        )
        _check(work, user, made)
        if filters.count(work, owner=by) >= MOST:
            raise InvalidInput(f"最多保存{MOST}个筛选，请先删去不用的。")
        filters.add(work, made)
        noting.note(context, work, "filter.saved", made.id, {"new": _told(made)}, by=by)
    return made


def change(
    context: Context,
    filter_id: str,
    *,
    by: str,
    name: str | None = None,
    colour: str | None = None,
    shared_with: str | None = None,
    criteria: Criteria | None = None,
) -> SavedFilter:
    """Change what is given of a filter."""
    with context.database.unit_of_work() as work:
        user, old = _mine(work, filter_id, by)
        new = replace(
            old,
            name=old.name if name is None else name.strip(),
            colour=old.colour if colour is None else colour,
            shared_with=old.shared_with if shared_with is None else shared_with,
            criteria=old.criteria if criteria is None else criteria,
        )
        _check(work, user, new, old)
        filters.change(work, new)
        told = {"old": _told(old), "new": _told(new)}
        noting.note(context, work, "filter.changed", filter_id, told, by=by)
    return new


def remove(context: Context, filter_id: str, *, by: str) -> None:
    """Forget a filter."""
    with context.database.unit_of_work() as work:
        _, old = _mine(work, filter_id, by)
        filters.remove(work, filter_id)
        noting.note(context, work, "filter.removed", filter_id, {"old": _told(old)}, by=by)


def move(context: Context, filter_id: str, *, up: bool, by: str) -> None:
    """Put one of one's own filters before the one before it, or behind the one behind it."""
    with context.database.unit_of_work() as work:
        _, one = _mine(work, filter_id, by)
        if one.owner != by:
            raise InvalidInput("共用的筛选由保存它的人排列次序。")
        own = [each for each in filters.reaching(work, by, (), one.place) if each.owner == by]
        at = own.index(one)
        to = at - 1 if up else at + 1
        if not 0 <= to < len(own):
            return
        own[at], own[to] = own[to], own[at]
        for position, each in enumerate(own, 1):
            filters.change(work, replace(each, position=position))
        noting.note(context, work, "filter.moved", filter_id, {"order": [each.id for each in own]}, by=by)


def _mine(work: Work, filter_id: str, by: str) -> tuple[User, SavedFilter]:
    """A filter that this person may change; NotFound for who has nothing to do with it."""
    user, found = person(work, by), filters.get(work, filter_id)
    admins = people.get_setting(work, "process_admins") or ""
    if found is None or not policy.reaches(user, found, admins):
        raise NotFound
    allow(user, policy.change_filter(user, found, admins))
    return user, found


def _check(work: Work, user: User, new: SavedFilter, old: SavedFilter | None = None) -> None:
    problems = []
    unseen = any(sign in _UNSEEN or ord(sign) < 32 or sign == "\x7f" for sign in new.name)
    if not new.name or len(new.name) > MAX_NAME or unseen:
        problems.append(Problem(f"请填写名称，不超过{MAX_NAME}字，不含看不见的字符。", element="name"))
    own = filters.reaching(work, new.owner, (), new.place)
    if any(one.name == new.name and one.id != new.id for one in own if one.owner == new.owner):
        problems.append(Problem(f"已有名为“{new.name}”的筛选，请另取名称。", element="name"))
    if new.colour not in COLOURS:
        problems.append(Problem("请从列出的颜色中选择。", element="colour"))
    if not new.criteria:
        problems.append(Problem("没有可保存的条件，请先筛选。", element="criteria"))
    elif len(json.dumps(new.criteria.to_json(), ensure_ascii=False)) > MAX_SIZE:
        problems.append(Problem("条件太多太长，请减少一些再保存。", element="criteria"))
    if new.shared_with and (old is None or new.shared_with != old.shared_with):
        if why := policy.share_filter(user, new.shared_with):
            problems.append(Problem(why, element="shared_with"))
        elif filters.count(work, group=new.shared_with) >= MOST:
            text = f"“{new.shared_with}”已有{MOST}个共用的筛选，请先删去不用的。"
            problems.append(Problem(text, element="shared_with"))
    if problems:
        raise InvalidInput(problems=problems)


def _told(one: SavedFilter) -> JsonObject:
    return {
        "name": one.name,
        "colour": one.colour,
        "place": one.place,
        "shared_with": one.shared_with,
        "criteria": one.criteria.to_json(),
    }
