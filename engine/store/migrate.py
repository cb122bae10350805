"""Bring a database to the newest schema, from the migrations packaged beside this file."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from engine.errors import Unavailable

_LOCK = 0x77656E7A65  #: advisory lock on PostgreSQL, so that two processes don't migrate at once


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Run the migrations that this database lacks, in one transaction."""
    config = _config()
    script = ScriptDirectory.from_config(config)
    heads, known = set(script.get_heads()), {one.revision for one in script.walk_revisions()}
    with connection.execution_options(writes=True).begin():
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        current = set(MigrationContext.configure(connection).get_current_heads())
        if current - known:
            raise Unavailable(
                "数据库打不开：它由更新版本的程序建立或升级过，请改用那个版本的程序，或者恢复升级前的备份。"
            )
        if current != heads:
            config.attributes["connection"] = connection
            command.upgrade(config, revision)


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
