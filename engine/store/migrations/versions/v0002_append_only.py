"""Let nobody change or remove what is in the record."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"

RECORD = ("history_event", "audit_event", "anchor", "audit_seal", "case_seal", "register_entry")
LOOKS = 180  #: days after which entries of looks, and nothing else, may be removed


def upgrade() -> None:
    """Refuse update, delete and truncate of the record's tables."""
    if op.get_bind().dialect.name == "sqlite":
        for table in RECORD:
            _guard_on_sqlite(table)
        return
    op.execute(
        "CREATE FUNCTION refuse_record_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN "
        "IF TG_OP = 'DELETE' AND TG_TABLE_NAME = 'audit_event' THEN "
        f"IF OLD.kind LIKE 'look.%' AND OLD.at < now() - interval '{LOOKS} days' THEN RETURN OLD; END IF; "
        "END IF; "
        "RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
    )
    for table in RECORD:
        _guard_on_postgresql(table)


def _guard_on_sqlite(table: str) -> None:
    for verb in ("UPDATE", "DELETE"):
        kept = ""
        if table == "audit_event" and verb == "DELETE":
            outlived = (
                f"OLD.kind LIKE 'look.%' AND OLD.at < strftime('%Y-%m-%dT%H:%M:%S', 'now', '-{LOOKS} days')"
            )
            kept = f"WHEN NOT ({outlived}) "
        op.execute(
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} {kept}"
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )


def _guard_on_postgresql(table: str) -> None:
    for verb, level in (("UPDATE OR DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
        op.execute(
            f"CREATE TRIGGER {table}_no_{verb.split()[0].lower()} BEFORE {verb} ON {table} "
            f"FOR EACH {level} EXECUTE FUNCTION refuse_record_change()"
        )
