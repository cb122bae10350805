"""Whom and what a form's pickers offer: persons, positions and units, found by Chinese or by pinyin."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from engine.model import pinyin
from engine.model.organisation import Holding, Organisation, Position
from engine.model.records import User

KINDS: Mapping[str, str] = {"person": "人员", "position": "岗位", "unit": "单位"}
FACTS = ("name", "position", "unit", "rank", "post", "managedBy")  #: of a choice, for other fields
MOST = 20  #: choices that are ever listed at once
LONGEST_QUERY = 40


@dataclass(frozen=True, slots=True)
class Choice:
    """What may be chosen: `name` is written into the form, the rest tells it apart."""

    name: str
    code: str
    note: str = ""  #: shown beside it
    circles: frozenset[str] = frozenset()  #: roles and units, by name and code, that it belongs to
    facts: Mapping[str, str] = field(default_factory=dict)  #: what other fields may take from it

    @property
    def texts(self) -> tuple[str, ...]:
        """What it is found by."""
        return (self.name, self.note, self.code)

    def within(self, among: Collection[str] | None) -> bool:
        """Whether it belongs to one of these circles; None is no restriction."""
        return among is None or not self.circles.isdisjoint(among)


@dataclass(frozen=True)
class Directory:
    """The organisation as of a day and the roles of its accounts."""

    organisation: Organisation
    users: tuple[User, ...] = ()

    @cached_property
    def _names(self) -> Mapping[str, str]:
        return {one.code: one.name for one in self.organisation.units}

    @cached_property
    def _around(self) -> Mapping[str, frozenset[str]]:
        """Names and codes of a unit and of those above it, by its code."""
        whole = self.organisation
        return {
            one.code: frozenset(
                word
                for code in (one.code, *whole.above(one.code))
                for word in (code, self._names.get(code, ""))
            )
            for one in whole.units
        }

    @cached_property
    def _choices(self) -> Mapping[str, tuple[Choice, ...]]:
        return {"unit": self._units(), "position": self._positions(), "person": self._persons()}

    def knows(self, kind: str) -> bool:
        """Whether there is anything of this kind at all: an office may not have told its organisation."""
        return bool(self._choices[kind])

    def find(
        self, kind: str, query: str, among: Collection[str] | None = None, most: int = MOST
    ) -> tuple[Choice, ...]:
        """Those that fit all words of the query, the likeliest first."""
        words = query.lower().split() if len(query) <= LONGEST_QUERY else ["\0"]
        ranked = []
        for at, one in enumerate(self._choices[kind]):
            if one.within(among) and (rank := _rank(one, words)) is not None:
                ranked.append((rank, at, one))
        return tuple(one for _, _, one in sorted(ranked, key=lambda found: found[:2])[:most])

    def settle(self, kind: str, text: str, among: Collection[str] | None = None) -> tuple[str, str]:
        """The name that the text means, and what is wrong with it, "" if nothing."""
        named = [one for one in self._choices[kind] if text in (one.name, one.code)]
        inside = [one for one in named if one.within(among)]
        if inside:
            return inside[0].name, ""
        if named:
            return text, f"里的“{text}”不在可选的范围内，请另选"
        found = self.find(kind, text, among, most=6)
        names = list(dict.fromkeys(one.name for one in found))
        if len(names) == 1:
            return names[0], ""
        if names:
            return text, f"里的“{text}”可以是{'、'.join(names)}，请写明是哪一个"
        return text, f"里的“{text}”在组织机构里没有找到，请从列表中选"

    def _units(self) -> tuple[Choice, ...]:
        return tuple(
            Choice(
                one.name,
                one.code,
                self._names.get(one.parent, ""),
                self._around[one.code],
                {"unit": one.name, "name": one.name},
            )
            for one in self.organisation.units
        )

    def _positions(self) -> tuple[Choice, ...]:
        persons = {one.code: one for one in self.organisation.persons}
        holders: dict[str, list[str]] = {}
        for one in self.organisation.holdings:
            if one.person in persons:
                holders.setdefault(one.position, []).append(persons[one.person].name)
        return tuple(self._position(one, holders.get(one.code, [])) for one in self.organisation.positions)

    def _position(self, one: Position, holders: Iterable[str]) -> Choice:
        unit = self._names.get(one.unit, "")
        shown = [holder for holder in holders if holder != one.name][:3]
        note = "　".join(filter(None, (unit, "、".join(shown))))
        return Choice(one.name, one.code, note, self._around.get(one.unit, frozenset()), self._facts(one))

    def _facts(self, one: Position) -> Mapping[str, str]:
        return {
            "name": one.name,
            "position": one.name,
            "unit": self._names.get(one.unit, ""),
            "rank": one.rank,
            "post": one.post,
            "managedBy": one.managed_by,
        }

    def _persons(self) -> tuple[Choice, ...]:
        held: dict[str, list[Holding]] = {}
        for one in self.organisation.holdings:
            held.setdefault(one.person, []).append(one)
        positions = {one.code: one for one in self.organisation.positions}
        roles = {user.id: user.groups for user in self.users if user.active}
        closed = {user.id for user in self.users if not user.active}
        found = []
        for person in self.organisation.persons:
            mine = [positions[one.position] for one in held.get(person.code, ()) if one.position in positions]
            if not mine or person.account in closed:
                continue
            around: frozenset[str] = frozenset().union(
                *(self._around.get(one.unit, frozenset()) for one in mine)
            )
            note = "、".join(f"{self._names.get(one.unit, '')} {one.name}".strip() for one in mine[:2])
            facts = {**self._facts(mine[0]), "name": person.name}
            circles = around | roles.get(person.account, frozenset())
            found.append(Choice(person.name, person.code, note, circles, facts))
        return _distinct(found)


def _distinct(choices: list[Choice]) -> tuple[Choice, ...]:
    """Persons of the same name get their position behind it."""
    seen: dict[str, int] = {}
    for one in choices:
        seen[one.name] = seen.get(one.name, 0) + 1
    return tuple(
        one
        if seen[one.name] == 1
        else Choice(f"{one.name}（{one.note}）", one.code, one.note, one.circles, one.facts)
        for one in choices
    )


def _rank(one: Choice, words: list[str]) -> int | None:
    """How far the choice is from the words, 0 for nothing; None where one of them doesn't fit."""
    worst = 0
    for word in words:
        ranks = [rank for text in one.texts if (rank := _fits(text.lower(), word)) is not None]
        if not ranks:
            return None
        first = _fits(one.name.lower(), word)
        worst = max(worst, min(ranks) * 2 + (first is None))
    return worst


def _fits(text: str, word: str) -> int | None:
    if text.startswith(word):
        return 0
    if word in text:
        return 1
    if re.fullmatch(r"[a-z']+", word):
        at = pinyin.found(text, word.replace("'", ""))
        return None if at is None else (2 if at == 0 else 3)
    return None
