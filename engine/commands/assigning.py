"""Whom an assignment in a diagram means, by the organisation of now and by what was done in the case."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from engine.commands.context import Context
from engine.errors import InvalidInput
from engine.execution import Program
from engine.model.assigning import WHO, Named, Wish, declared
from engine.model.organisation import Organisation
from engine.store import organisation as store
from engine.store import people, tasks
from engine.store.database import Work


def staffed(context: Context, work: Work, program: Program, instance_id: str, started_by: str) -> Program:
    """The program with somebody to ask who is meant; without organisation (in trials) nobody is."""
    if not context.staffed:
        return program
    return replace(program, resolve=Resolver(context, work, instance_id, started_by).named)


@dataclass
class Resolver:
    """Asks the store within one transaction, and only when somebody is to be found."""

    context: Context
    work: Work
    instance_id: str  #: "" before the case is there
    started_by: str
    found: dict[str, frozenset[str]] = field(default_factory=dict)  #: members of groups

    @cached_property
    def now(self) -> Organisation:
        """The organisation as of today."""
        return store.load(self.work).at(self.context.local_now().date())

    def named(self, wish: Wish) -> Named:
        """Whom the wish means; a problem when nobody would see the task."""
        try:
            return self._named(wish)
        except InvalidInput as refused:
            return Named(problem=refused.message)

    def _named(self, wish: Wish) -> Named:
        parts = (wish.assignee, wish.users, wish.groups)
        apart = tuple(dict.fromkeys(step for part in parts for step in _apart(part)))
        excluded = frozenset(who for step in apart for who in self._all_doers(step))
        chosen = self._people(wish.assignee) - excluded
        users = self._people([wish.users, _only_declared(wish.groups)]) - excluded
        assignee = next(iter(chosen)) if len(chosen) == 1 else ""
        users |= chosen if len(chosen) > 1 else frozenset()
        groups = tuple(dict.fromkeys(_plain(wish.groups)))
        narrowed = bool(_positive(wish.users) or _positive(_only_declared(wish.groups)))
        fell = bool(_positive(wish.assignee)) and not chosen
        if not groups and not narrowed and len(chosen) < 2:
            groups = wish.backup
        if not (assignee or users or self._active(groups) - excluded):
            return Named(problem=f"没有人可以办理：按现在的组织机构和账号，{_told(wish)}没有找到人。")
        note = "办理人的表达式没有找到人，由候选人认领。" if fell else ""
        return Named(assignee, tuple(sorted(users)), groups, apart, note=note)

    def _people(self, value: Any) -> frozenset[str]:
        """Active accounts that a value names: texts are accounts, values of functions are asked."""
        parts = value if isinstance(value, list) else [value]
        found: set[str] = set()
        for part in parts:
            if isinstance(part, list):
                found |= self._people(part)
            elif isinstance(part, dict) and WHO in part:
                found |= self._who(part)
            else:
                found |= frozenset(_plain(part))
        return people.active(self.work, found)

    def _who(self, value: dict[str, Any]) -> frozenset[str]:
        what = value[WHO]
        if what == "initiator":
            return frozenset({self.started_by} - {""})
        if what == "doer":
            return self._doers(_needed(value, "step", "环节"))
        if what == "people":
            return self._with_role(value.get("role"), value.get("unit"))
        units = self._units(value.get("unit")) if what in ("head", "charge") else ()
        ask = self.now.heads if what == "head" else self.now.in_charge
        return frozenset(account for unit in units for account in ask(unit))

    def _with_role(self, role: Any, unit: Any) -> frozenset[str]:
        """Members of the group, or holders of the position of this name, in the unit or below it."""
        inside = None if unit is None else {one for code in self._units(unit) for one in self.now.below(code)}
        seats = [one for one in self.now.positions if inside is None or one.unit in inside]
        if role is None:
            if unit is None:
                raise InvalidInput("人员的岗位和单位不能都是空的。")
            return self.now.accounts({one.code for one in seats})
        members = self._members(str(role))
        if inside is not None:
            members &= self.now.accounts({one.code for one in seats})
        return members | self.now.accounts({one.code for one in seats if one.name == role})

    def _units(self, value: Any) -> tuple[str, ...]:
        """Codes of the units that a value means."""
        if isinstance(value, dict) and WHO in value:
            if value[WHO] == "superior":
                units = self._units(value.get("unit"))
                return tuple(dict.fromkeys(way[0] for one in units if (way := self.now.above(one))))
            if value[WHO] == "unit":
                persons = sorted(self._people(value.get("person")))
                held = [seat.unit for one in persons for seat in self.now.standing(one)]
                return tuple(dict.fromkeys(held))
        if not isinstance(value, str) or not value.strip():
            raise InvalidInput("单位是空的，应写单位名称或编号。")
        found = self.now.find(value.strip())
        if len(found) != 1:
            what = "没有" if not found else "有几个"
            raise InvalidInput(
                f"组织机构里现在{what}单位“{value}”{'' if not found else '，请改用单位编号'}。"
            )
        return (found[0].code,)

    def _doers(self, step: str) -> frozenset[str]:
        doer = tasks.last_completer(self.work, self.instance_id, step) if self.instance_id else ""
        return frozenset({doer} - {""})

    def _all_doers(self, step: str) -> frozenset[str]:
        return tasks.doers(self.work, self.instance_id, step) if self.instance_id else frozenset()

    def _members(self, group: str) -> frozenset[str]:
        if group not in self.found:
            self.found[group] = people.members(self.work, group)
        return self.found[group]

    def _active(self, groups: Iterable[str]) -> frozenset[str]:
        return frozenset(one for group in groups for one in self._members(group))


def _apart(value: Any) -> list[str]:
    """The steps of `not doer of` in a value."""
    if isinstance(value, list):
        return [step for part in value for step in _apart(part)]
    if isinstance(value, dict) and value.get(WHO) == "not":
        return [_needed(value, "step", "环节")]
    return []


def _positive(value: Any) -> list[Any]:
    """What of a value names people, rather than who isn't meant."""
    parts = value if isinstance(value, list) else [value]
    return [one for one in parts if one not in (None, "") and not _apart(one)]


def _only_declared(value: Any) -> list[Any]:
    parts = value if isinstance(value, list) else [value]
    return [one for one in parts if declared(one)]


def _plain(value: Any) -> list[str]:
    """Names in comma-separated text or a list, functions aside."""
    if isinstance(value, list):
        return [name for part in value for name in _plain(part)]
    if value is None or isinstance(value, dict):
        return []
    return [name for part in str(value).split(",") if (name := part.strip())]


def _needed(value: dict[str, Any], name: str, what: str) -> str:
    found = value.get(name)
    if not isinstance(found, str) or not found.strip():
        raise InvalidInput(f"{what}是空的，应写环节的id。")
    return found.strip()


def _told(wish: Wish) -> str:
    """The functions' values, as a person may recognise them."""
    given = [one for one in (wish.assignee, wish.users, wish.groups) if declared(one)]
    text = json.dumps(given[0] if len(given) == 1 else given, ensure_ascii=False).replace(f'"{WHO}": ', "")
    return text if len(text) <= 200 else text[:199] + "…"
