"""Any single change to a row of the record is found, whatever it is."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine import Engine, User
from tests.conftest import MEMBERS, PASSWORD, Clock
from tests.integration.helpers import begin, do, process

TABLES = ("history_event", "audit_event", "anchor", "audit_seal", "case_seal", "document")
UNTOLD = {
    ("document", "activity_id"),
    ("document", "media_type"),
    ("document", "created_at"),
    ("document", "created_by"),
}


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Path:
    """A database with a record all of which was sealed days ago, without triggers."""
    path, clock = tmp_path_factory.mktemp("sealed") / "wenze.db", Clock()
    shutil.copy(sqlite_template, path)
    engine = Engine.open(f"sqlite:///{path}", clock=clock)
    for login, groups in MEMBERS.items():
        for group in groups:
            engine.add_group(group)
        engine.add_user(User(login, login, "", groups), PASSWORD)
    for _ in range(2):
        case = begin(engine, process().user("one", groups="甲组").user("two", groups="甲组").end())
        engine.attach("甲.txt", b"some text", "text/plain", by="a1", instance_id=case.id)
        do(engine, "a1", "one", 甲="乙")
        engine.note("export", by="a1", data={"rows": 12})
        engine.note_look("document", "d", by="a2", instance_id=case.id, reason="核对")
        engine.seal_record()
        clock.advance(days=2)
    engine.note("export", by="a1")
    engine.seal_record()
    engine.close()
    with closing(sqlite3.connect(path)) as connection, connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f'DROP TRIGGER "{name}"')
    return path


@pytest.fixture
def copied(sealed: Path, tmp_path: Path) -> Iterator[tuple[Path, Engine]]:
    path, clock = tmp_path / "copy.db", Clock()
    shutil.copy(sealed, path)
    clock.advance(days=8)
    engine = Engine.open(f"sqlite:///{path}", clock=clock)
    yield path, engine
    engine.close()


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_change_of_a_row_is_found(copied: tuple[Path, Engine], data: st.DataObject) -> None:
    path, engine = copied
    table = data.draw(st.sampled_from(TABLES))
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        rows = connection.execute(f"SELECT rowid, * FROM {table}").fetchall()
        names = [one[1] for one in connection.execute(f"PRAGMA table_info({table})")]
        row = data.draw(st.sampled_from(rows))
        kind = data.draw(st.sampled_from(["change", "remove", "exchange", "insert"]))
        before = connection.execute(f"SELECT * FROM {table}").fetchall()
        if kind == "remove":
            undo = _remove(connection, table, names, row)
        elif kind == "change":
            undo = _change(connection, table, names, row, data)
        elif kind == "exchange":
            undo = _exchange(connection, table, names, row, data.draw(st.sampled_from(rows)), data)
        else:
            undo = _insert(connection, table, names, row)
        connection.commit()
        try:
            if undo:
                assert engine.verify_record().breaches, (table, kind, row)
        finally:
            for statement, values in undo:
                connection.execute(statement, values)
            connection.commit()
        assert (
            connection.execute(f"SELECT * FROM {table} ORDER BY rowid").fetchall() == before
            or kind == "remove"
        )


Undo = list[tuple[str, tuple[object, ...]]]


def _remove(connection: sqlite3.Connection, table: str, names: list[str], row: tuple[object, ...]) -> Undo:
    connection.execute(f"DELETE FROM {table} WHERE rowid = ?", row[:1])
    listed = ", ".join(names)
    marks = ", ".join("?" for _ in row)
    if names[0] in ("id", "number", "event_id") and row[0] == row[1]:  # an INTEGER PRIMARY KEY is the rowid
        return [(f"INSERT INTO {table} ({listed}) VALUES ({marks[3:]})", row[1:])]
    return [(f"INSERT INTO {table} (rowid, {listed}) VALUES ({marks})", row)]


def _change(
    connection: sqlite3.Connection, table: str, names: list[str], row: tuple[object, ...], data: st.DataObject
) -> Undo:
    place = data.draw(st.integers(0, len(names) - 1))
    name, old = names[place], row[place + 1]
    if (table, name) in UNTOLD:
        return []
    new: object
    if isinstance(old, int):
        new = old + data.draw(st.sampled_from([-1, 1, 1000]))
    elif isinstance(old, str) and data.draw(st.booleans()) and old:
        at = data.draw(st.integers(0, len(old) - 1))
        new = old[:at] + ("1" if old[at] != "1" else "2") + old[at + 1 :]
    else:
        new = f"{old or ''}x"
    if name == "at" and isinstance(old, str) and isinstance(new, str) and _same_instant(old, new):
        return []
    return _set(connection, table, name, row, new)


def _same_instant(old: str, new: str) -> bool:
    try:
        return datetime.fromisoformat(old) == datetime.fromisoformat(new)
    except (ValueError, TypeError):
        return False


def _exchange(
    connection: sqlite3.Connection,
    table: str,
    names: list[str],
    one: tuple[object, ...],
    other: tuple[object, ...],
    data: st.DataObject,
) -> Undo:
    place = data.draw(st.integers(0, len(names) - 1))
    name = names[place]
    if one[place + 1] == other[place + 1] or (table, name) in UNTOLD:
        return []
    try:
        return _set(connection, table, name, one, other[place + 1])
    except sqlite3.IntegrityError:  # a key is there once
        return []


def _insert(connection: sqlite3.Connection, table: str, names: list[str], row: tuple[object, ...]) -> Undo:
    """The row once more, under another key."""
    key = {"history_event": "seq", "anchor": "number", "audit_seal": "event_id", "case_seal": "instance_id"}
    place = names.index(key.get(table, "id"))
    values = list(row[1:])
    values[place] = f"{values[place]}x" if isinstance(values[place], str) else -1 - int(str(values[place]))
    marks = ", ".join("?" for _ in values)
    connection.execute(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})", values)
    return [(f"DELETE FROM {table} WHERE {names[place]} = ?", (values[place],))]


def _set(connection: sqlite3.Connection, table: str, name: str, row: tuple[object, ...], new: object) -> Undo:
    old_rowid = row[0]
    try:
        connection.execute(f"UPDATE {table} SET {name} = ? WHERE rowid = ?", (new, old_rowid))
    except sqlite3.IntegrityError:
        return []
    moved = new if isinstance(new, int) and name in ("id", "number", "event_id") else old_rowid
    old = row[1 + [c[1] for c in connection.execute(f"PRAGMA table_info({table})")].index(name)]
    return [(f"UPDATE {table} SET {name} = ? WHERE rowid = ?", (old, moved))]
