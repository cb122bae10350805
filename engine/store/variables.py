"""How a case's variables stand in its row: once, and rewritten only as far as they changed.

What is kept is one whole text that stays as it is, and beside it the variables that changed since; when these
have grown, all is written as a whole anew. So a step writes little, however much data the case has.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from engine.model.execution import JsonObject
from engine.store.tables import compact

_MOST_CHANGED = 1_000  #: bytes beside the whole; PostgreSQL moves nothing out of a row that is small


@dataclass(frozen=True, slots=True)
class Kept:
    """Variables as the row has them."""

    whole: JsonObject = field(default_factory=dict)
    changed: JsonObject = field(default_factory=dict)

    @property
    def data(self) -> JsonObject:
        """All of them."""
        return self.whole | self.changed


NOTHING = Kept()


def columns(state: JsonObject, variables: JsonObject, before: Kept) -> JsonObject:
    """What is to be written; a value that is the same object is the same: execution changes none in place."""
    run = state.get("run", {})
    data, data_before = run.get("data", {}), before.data
    returning = {name: value for name, value in variables.items() if data.get(name, state) is not value}
    tokens = {**state, "run": {name: value for name, value in run.items() if name != "data"}}
    changes = {name: value for name, value in data.items() if data_before.get(name, state) is not value}
    found: JsonObject = {"state": tokens | ({"returning": returning} if returning else {})}
    changed = before.changed | changes
    if data_before.keys() - data.keys() or len(compact(changed).encode()) > _MOST_CHANGED:
        return found | {"variables": data, "changed": {}}
    return found | ({"changed": changed} if changes else {})


def load(row: Any) -> tuple[JsonObject, JsonObject, Kept]:
    """State, variables with those that running calls will return, and how they are kept."""
    kept = Kept(row.variables, row.changed)
    data = kept.data
    state = {name: value for name, value in row.state.items() if name != "returning"}
    if "run" in state:
        state["run"] = {"data": data, **state["run"]}
    return state, data | row.state.get("returning", {}), kept
