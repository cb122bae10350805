"""Used databases made empty again: many times quicker than dropping them and copying the template anew."""

from __future__ import annotations

from dataclasses import dataclass

import psycopg
from psycopg import Connection, sql

_SHAPE = """
SELECT md5(string_agg(part, '|' ORDER BY part)) FROM (
  SELECT concat_ws(' ', relname, relkind, relacl, relowner, relnatts) AS part
    FROM pg_class WHERE relnamespace = 'public'::regnamespace
  UNION ALL SELECT concat_ws(' ', tgrelid::regclass, tgname, tgenabled) FROM pg_trigger WHERE NOT tgisinternal
  UNION ALL SELECT concat_ws(' ', conrelid::regclass, conname) FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace
  UNION ALL SELECT concat_ws(' ', proname, proacl, md5(prosrc)) FROM pg_proc
    WHERE pronamespace = 'public'::regnamespace
  UNION ALL SELECT concat_ws(' ', nspname, nspacl) FROM pg_namespace WHERE nspname !~ '^pg_'
  UNION ALL SELECT concat_ws(' ', setrole, setconfig) FROM pg_db_role_setting
    WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())
) AS parts
"""
_OTHERS = """
SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
_NAMES = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = %s"


@dataclass(frozen=True, slots=True)
class Clean:
    """A migrated database that nothing has been written into: what others are brought back to."""

    shape: str
    tables: tuple[str, ...]  #: that are empty
    kept: tuple[str, ...]  #: what the migrations themselves wrote, as text
    sequences: tuple[str, ...]

    @classmethod
    def of(cls, dsn: str) -> Clean:
        """That of this database, which must be as it was migrated."""
        with psycopg.connect(dsn, autocommit=True) as connection:
            tables = _names(connection, "r")
            filled = _filled(connection, tables)
            return cls(
                _shape(connection),
                tuple(name for name in tables if name not in filled),
                tuple(_content(connection, name) for name in filled),
                _names(connection, "S"),
            )

    def restore(self, dsn: str) -> bool:
        """Empty this database; False if a test has changed more than rows, or may not be undone like this."""
        with psycopg.connect(dsn, autocommit=True) as connection:
            connection.execute(_OTHERS)
            if connection.pgconn.parameter_status(b"is_superuser") != b"on":
                return False
            others = [name for name in _names(connection, "r") if name not in self.tables]
            kept = tuple(_content(connection, name) for name in others)
            if (_shape(connection), kept) != (self.shape, self.kept):
                return False
            connection.execute("SET session_replication_role = replica")  # no triggers, no foreign keys
            wipe = [f'DELETE FROM "{name}"' for name in _filled(connection, self.tables)]
            wipe += [f"SELECT setval('\"{name}\"', 1, false)" for name in self.sequences]
            connection.execute(sql.SQL("; ".join(wipe)))
            return True


def _shape(connection: Connection) -> str:
    found = connection.execute(_SHAPE).fetchone()
    return str(found and found[0])


def _names(connection: Connection, kind: str) -> tuple[str, ...]:
    return tuple(sorted(name for (name,) in connection.execute(_NAMES, (kind,))))


def _filled(connection: Connection, tables: tuple[str, ...]) -> list[str]:
    asked = [f"SELECT '{name}' WHERE EXISTS (SELECT FROM \"{name}\")" for name in tables]
    return [name for (name,) in connection.execute(sql.SQL(" UNION ALL ".join(asked)))]


def _content(connection: Connection, table: str) -> str:
    return str(connection.execute(sql.SQL(f'SELECT t::text FROM "{table}" AS t ORDER BY 1')).fetchall())
