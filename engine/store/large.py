"""Large values: kept once by the hash of their content, outside the rows that mention them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from engine.model.execution import JsonObject
from engine.store.database import Work
from engine.store.sql import insert_new
from engine.store.tables import compact, content

LARGE = 16_000  #: bytes of JSON beyond which a value is kept apart

Hashes = dict[str, str]  #: name of a variable -> sha256 of its value's JSON


def lift(work: Work, values: JsonObject, known: Mapping[int, str]) -> tuple[JsonObject, Hashes]:
    """The values with null for large ones, which are kept; `known` are hashes by `id` of a value."""
    if len(compact(values).encode()) <= LARGE:
        return values, {}
    hashes = {name: known.get(id(value)) or _kept(work, value) for name, value in values.items()}
    large = {name: sha256 for name, sha256 in hashes.items() if sha256}
    return {name: None if name in large else value for name, value in values.items()}, large


def _kept(work: Work, value: Any) -> str:
    """The hash of a large value; "" for a small one, which stays where it is."""
    data = compact(value).encode()
    if len(data) <= LARGE:
        return ""
    sha256 = hashlib.sha256(data).hexdigest()
    insert_new(work, content, [{"sha256": sha256, "bytes": data}])
    return sha256


def restore(work: Work, lifted: Sequence[tuple[JsonObject, Hashes]]) -> dict[int, str]:
    """Put large values back in their places; gives the hash of each by its `id`."""
    wanted = {sha256 for _, hashes in lifted for sha256 in hashes.values()}
    if not wanted:
        return {}
    found = {sha256: json.loads(data) for sha256, data in contents(work, wanted).items()}
    for values, hashes in lifted:
        values.update({name: found[sha256] for name, sha256 in hashes.items()})
    return {id(value): sha256 for sha256, value in found.items()}


def contents(work: Work, wanted: Collection[str]) -> dict[str, bytes]:
    """The kept bytes of each hash."""
    rows = work.connection.execute(select(content).where(content.c.sha256.in_(sorted(wanted))))
    return {row.sha256: bytes(row.bytes) for row in rows}


def in_scopes(run: JsonObject, change: Callable[[JsonObject], JsonObject]) -> JsonObject:
    """A run of execution's state with all that holds `data` in it changed, innermost first; a copy."""
    made = dict(run)
    if "tokens" in made:
        made["tokens"] = [in_scopes(token, change) for token in made["tokens"]]
    for inner in ("run", "returning"):
        if inner in made:
            made[inner] = in_scopes(made[inner], change)
    return change(made) if "data" in made else made
