"""Let nobody change or remove what is in the record."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"

_MESSAGE = "history_event is append-only"


def upgrade() -> None:
    """Refuse update, delete and truncate of history_event."""
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER history_event_no_{verb.lower()} BEFORE {verb} ON history_event "
                f"BEGIN SELECT RAISE(ABORT, '{_MESSAGE}'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION refuse_history_change() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{_MESSAGE}'; END $$"
    )
    for verb, level in (("UPDATE OR DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
        op.execute(
            f"CREATE TRIGGER history_event_no_{verb.split()[0].lower()} BEFORE {verb} ON history_event "
            f"FOR EACH {level} EXECUTE FUNCTION refuse_history_change()"
        )
