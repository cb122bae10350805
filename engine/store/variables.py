"""How a case's variables stand in its row: once, and rewritten only as far as they changed.

What is kept is one whole text that stays as it is, and beside it the variables that changed since; when these
have grown, all is written as a whole anew. So a step writes little, however much data the case has. Large
values stand apart, and so do those of the scopes inside.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.model.execution import JsonObject
from engine.store.database import Work
from engine.store.large import Hashes, in_scopes, lift, restore
from engine.store.tables import compact

_MOST_CHANGED = 1_000  #: bytes beside the whole; PostgreSQL moves nothing out of a row that is small


@dataclass(frozen=True, slots=True)
class Kept:
    """Variables as the row has them, large values put back, whose hashes are known by `id` of the value."""

    whole: JsonObject = field(default_factory=dict)
    changed: JsonObject = field(default_factory=dict)
    hashes: Mapping[int, str] = field(default_factory=dict)

    @property
    def data(self) -> JsonObject:
        """All of them."""
        return self.whole | self.changed


NOTHING = Kept()


def columns(work: Work, state: JsonObject, variables: JsonObject, before: Kept) -> JsonObject:
    """What is to be written; a value that is the same object is the same: execution changes none in place."""
    run = state.get("run", {})
    data, data_before = run.get("data", {}), before.data
    returning = {name: value for name, value in variables.items() if data.get(name, state) is not value}
    tokens = {**state, "run": {name: value for name, value in run.items() if name != "data"}}
    changes = {name: value for name, value in data.items() if data_before.get(name, state) is not value}
    tokens |= {"returning": {"data": returning}} if returning else {}
    found = {"state": _lifted(work, tokens, before)}
    changed = before.changed | changes
    if data_before.keys() - data.keys() or len(compact(changed).encode()) > _MOST_CHANGED:
        whole, large = lift(work, data, before.hashes)
        return found | {"variables": whole, "large": large, "changed": {}}
    return found | ({"changed": changed} if changes else {})


def load(work: Work, row: Any) -> tuple[JsonObject, JsonObject, Kept]:
    """State, variables with those that running calls will return, and how they are kept."""
    lifted: list[tuple[JsonObject, Hashes]] = [(row.variables, row.large)]

    def note(scope: JsonObject) -> JsonObject:
        if "large" in scope:
            lifted.append((scope["data"], scope.pop("large")))
        return scope

    state = in_scopes(row.state, note)
    hashes = restore(work, lifted)
    kept = Kept(row.variables, row.changed, hashes)
    data, returning = kept.data, state.pop("returning", {"data": {}})["data"]
    if "run" in state:
        state["run"] = {"data": data, **state["run"]}
    return state, data | returning, kept


def _lifted(work: Work, state: JsonObject, before: Kept) -> JsonObject:
    """The state without the large values of the scopes in it."""

    def apart(scope: JsonObject) -> JsonObject:
        data, large = lift(work, scope["data"], before.hashes)
        return scope | {"data": data, "large": large} if large else scope

    return in_scopes(state, apart)
