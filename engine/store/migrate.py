"""Bring a database to the newest schema, from the migrations packaged beside this file."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

_LOCK = 0x77656E7A65  #: advisory lock on PostgreSQL, so that two processes don't migrate at once


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Run the migrations that this database lacks, in one transaction."""
    config = _config()
    heads = set(ScriptDirectory.from_config(config).get_heads())
    with connection.execution_options(writes=True).begin():
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        current = set(MigrationContext.configure(connection).get_current_heads())
        if current != heads:
            config.attributes["connection"] = connection
            command.upgrade(config, revision)


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
