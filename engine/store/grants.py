"""What the program's own role may do on PostgreSQL: everything it needs, and add to the record only."""

from __future__ import annotations

from sqlalchemy import text

from engine.errors import InvalidInput
from engine.store.database import Work

RECORD = ("history_event", "audit_event", "anchor", "audit_seal", "case_seal")


def statements(role: str, schema: str = "public") -> tuple[str, ...]:
    """The SQL that the owner of the tables runs; the role must not be the owner, nor a superuser."""
    name, within = _quoted(role), _quoted(schema)
    record = ", ".join(f"{within}.{one}" for one in RECORD)
    return (
        f"GRANT USAGE ON SCHEMA {within} TO {name}",
        f"REVOKE CREATE ON SCHEMA {within} FROM {name}",
        f"REVOKE CREATE ON SCHEMA {within} FROM PUBLIC",
        f"REVOKE ALL ON ALL TABLES IN SCHEMA {within} FROM {name}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {within} TO {name}",
        f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA {within} TO {name}",
        f"REVOKE UPDATE, DELETE ON {record} FROM {name}",
        f"REVOKE INSERT, UPDATE, DELETE ON {within}.alembic_version FROM {name}",
    )


def _quoted(name: str) -> str:
    doubled = name.replace('"', '""')
    return f'"{doubled}"'


def grant(work: Work, role: str) -> tuple[str, ...]:
    """Run them; InvalidInput where there are no roles, or for one that could undo it."""
    if work.connection.dialect.name != "postgresql":
        raise InvalidInput("SQLite没有数据库角色，记录由触发器保护。数据文件的权限由操作系统管理。")
    found = work.connection.execute(
        text(
            "SELECT rolsuper, pg_has_role(:role, (SELECT nspowner FROM pg_namespace WHERE nspname = "
            "current_schema()), 'MEMBER') OR EXISTS (SELECT FROM pg_tables WHERE tableowner = :role "
            "AND schemaname = current_schema()) AS owns, current_schema() AS within "
            "FROM pg_roles WHERE rolname = :role"
        ),
        {"role": role},
    ).first()
    if found is None:
        raise InvalidInput(f"数据库中没有角色“{role}”，请先 CREATE ROLE。")
    if found.rolsuper or found.owns:
        raise InvalidInput(f"角色“{role}”是超级用户或表的属主，限制对它无效。程序应使用另一个角色。")
    run = statements(role, found.within)
    for statement in run:
        work.connection.execute(text(statement))
    return run
