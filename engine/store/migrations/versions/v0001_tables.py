"""Lay the tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine.store.tables import Instant, Json

revision = "0001"
down_revision = None


def _box(name: str, columns: list[str], where: str) -> None:
    condition = sa.text(where)
    op.create_index(
        f"ix_user_task_{name}", "user_task", columns, sqlite_where=condition, postgresql_where=condition
    )


def _sorted_boxes() -> None:
    """What boxes are sorted by besides their clock, and what is due."""
    sorts = {
        "at": ["created_at"],
        "step": ["name_begin", "due_or_never"],
        "no": ["case_number", "due_or_never"],
        "from": ["sent_by", "due_or_never"],
        "priority": ["priority", "created_at"],
    }
    for key, columns in sorts.items():
        _box(f"todo_{key}", ["assignee", *columns, "id"], "status = 'open' AND assignee IS NOT NULL")
        _box(f"offered_{key}", ["offer_id", *columns, "id", "assignee"], "status = 'open'")
    done = {
        "at": ["created_at"],
        "step": ["name_begin", "completed_at"],
        "no": ["case_number", "completed_at"],
    }
    for key, columns in done.items():
        _box(f"done_{key}", ["completed_by", *columns, "id"], "status = 'completed'")
    _box("due", ["due_or_never", "created_at", "id"], "status = 'open' AND due_at IS NOT NULL")
    _box("warned", ["warn_at", "due_or_never"], "status = 'open' AND warn_at IS NOT NULL")


def _key(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=200), nullable=False)


def _days() -> tuple[sa.Column[str], sa.Column[str]]:
    return (
        sa.Column("since", sa.String(length=10), nullable=False),
        sa.Column("until", sa.String(length=10), nullable=False),
    )


def _organisation() -> None:
    op.create_table(
        "org_unit",
        _key("code"),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("parent", sa.Text(), nullable=False),
        *_days(),
        sa.PrimaryKeyConstraint("code", "since", name="pk_org_unit"),
    )
    op.create_table(
        "org_position",
        _key("code"),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("head", sa.Boolean(), nullable=False),
        sa.Column("rank", sa.Text(), nullable=False),
        sa.Column("post", sa.Text(), nullable=False),
        sa.Column("managed_by", sa.Text(), nullable=False),
        *_days(),
        sa.PrimaryKeyConstraint("code", "since", name="pk_org_position"),
    )
    op.create_table(
        "org_person",
        _key("code"),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("account", sa.String(length=200), nullable=True),
        sa.Column("email", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["user_account.id"], name="fk_org_person_account"),
        sa.PrimaryKeyConstraint("code", name="pk_org_person"),
    )
    op.create_index("ix_org_person_account", "org_person", ["account"], unique=True)
    for name, other in (("org_holding", "person"), ("org_charge", "unit")):
        op.create_table(
            name,
            *(_key(one) for one in sorted((other, "position"))),
            *_days(),
            sa.PrimaryKeyConstraint(*sorted((other, "position")), "since", name=f"pk_{name}"),
        )
    op.create_table(
        "org_import",
        sa.Column("revision", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("changes", Json(), nullable=False),
        sa.PrimaryKeyConstraint("revision", name="pk_org_import"),
    )


def _sign_in() -> None:
    """Sessions, second factors, earlier passwords."""
    op.create_table(
        "session",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.String(length=200), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("seen_at", Instant(), nullable=False),
        sa.Column("ends_at", Instant(), nullable=False),
        sa.Column("idle_minutes", sa.Integer(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("needs", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name="fk_session_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_session"),
    )
    op.create_index("ix_session_user_id", "session", ["user_id"], unique=False)
    op.create_index("ix_session_ends_at", "session", ["ends_at"], unique=False)
    op.create_table(
        "second_factor",
        sa.Column("user_id", sa.String(length=200), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("confirmed_at", Instant(), nullable=True),
        sa.Column("last_step", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name="fk_second_factor_user_id"),
        sa.PrimaryKeyConstraint("user_id", name="pk_second_factor"),
    )
    op.create_table(
        "recovery_code",
        sa.Column("user_id", sa.String(length=200), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("used_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name="fk_recovery_code_user_id"),
        sa.PrimaryKeyConstraint("user_id", "hash", name="pk_recovery_code"),
    )
    op.create_table(
        "past_password",
        sa.Column("user_id", sa.String(length=200), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name="fk_past_password_user_id"),
        sa.PrimaryKeyConstraint("user_id", "position", name="pk_past_password"),
    )


def _substitution() -> None:
    op.create_table(
        "substitution",
        sa.Column("id", sa.String(length=200), nullable=False),
        sa.Column("person", sa.String(length=200), nullable=False),
        sa.Column("substitute", sa.String(length=200), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("until", Instant(), nullable=False),
        sa.Column("processes", Json(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["user_account.id"], name="fk_substitution_person"),
        sa.ForeignKeyConstraint(["substitute"], ["user_account.id"], name="fk_substitution_substitute"),
        sa.PrimaryKeyConstraint("id", name="pk_substitution"),
    )
    for name in ("person", "substitute"):
        op.create_index(f"ix_substitution_{name}", "substitution", [name], unique=False)


def _deliveries() -> None:
    waits = sa.text("dispatched_at IS NULL")
    op.create_index(
        "ix_notification_waiting", "notification", ["created_at"], sqlite_where=waits, postgresql_where=waits
    )
    op.create_table(
        "delivery",
        sa.Column("id", sa.String(length=200), nullable=False),
        sa.Column("notification_id", sa.String(length=200), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("batch", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("locked_until", Instant(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("done_at", Instant(), nullable=True),
        sa.Column("failure", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["notification_id"], ["notification.id"], name="fk_delivery_notification_id"),
        sa.PrimaryKeyConstraint("id", name="pk_delivery"),
        sa.UniqueConstraint(
            "notification_id", "channel", "target", name="uq_delivery_notification_id_channel_target"
        ),
    )
    is_open = sa.text("status = 'waiting'")
    op.create_index("ix_delivery_due", "delivery", ["due_at"], sqlite_where=is_open, postgresql_where=is_open)
    op.create_index("ix_delivery_target_created_at", "delivery", ["target", "created_at"], unique=False)
    op.create_table(
        "webhook",
        sa.Column("id", sa.String(length=200), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("kinds", Json(), nullable=False),
        sa.Column("process", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_webhook"),
    )


def upgrade() -> None:
    """Make all tables."""
    op.create_table(
        "content",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("bytes", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_content"),
    )
    op.create_table(
        "deployment",
        sa.Column("id", sa.String(length=200), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("deployed_at", Instant(), nullable=False),
        sa.Column("deployed_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_deployment"),
        sa.UniqueConstraint("seq", name="uq_deployment_seq"),
    )
    op.create_table(
        "diagram_draft",
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("based_on", sa.Integer(), nullable=False),
        sa.Column("saved_at", Instant(), nullable=False),
        sa.Column("saved_by", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_diagram_draft"),
    )
    op.create_table(
        "series",
        sa.Column("pattern", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("pattern", "year", name="pk_series"),
    )
    op.create_table(
        "setting",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("value", Json(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_setting"),
    )
    op.create_table(
        "idempotency_key",
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("answer", Json(), nullable=True),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "key", name="pk_idempotency_key"),
    )
    op.create_index("ix_idempotency_key_expires_at", "idempotency_key", ["expires_at"], unique=False)
    op.create_table(
        "user_account",
        sa.Column("id", sa.String(length=200), nullable=False),
        sa.Column("display", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until", Instant(), nullable=True),
        sa.Column("password_at", Instant(), nullable=True),
        sa.Column("must_change", sa.Boolean(), nullable=False),
        sa.Column("duty", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_user_account"),
    )
    _sign_in()
    op.create_table(
        "user_group",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("duty", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_user_group"),
    )
    op.create_table(
        "decision_definition",
        sa.Column("deployment_id", sa.String(length=200), nullable=False),
        sa.Column("decision_id", sa.Text(), nullable=False),
        sa.Column("resource", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["deployment_id"], ["deployment.id"], name="fk_decision_definition_deployment_id"
        ),
        sa.PrimaryKeyConstraint("deployment_id", "decision_id", name="pk_decision_definition"),
    )
    op.create_index(
        "ix_decision_definition_decision_id", "decision_definition", ["decision_id"], unique=False
    )
    op.create_table(
        "membership",
        sa.Column("user_id", sa.String(length=200), nullable=False),
        sa.Column("group_name", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["group_name"], ["user_group.name"], name="fk_membership_group_name"),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name="fk_membership_user_id"),
        sa.PrimaryKeyConstraint("user_id", "group_name", name="pk_membership"),
    )
    _organisation()
    _substitution()
    op.create_table(
        "preference",
        sa.Column("user_id", sa.String(length=200), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("value", Json(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name="fk_preference_user_id"),
        sa.PrimaryKeyConstraint("user_id", "key", name="pk_preference"),
    )
    op.create_table(
        "process_definition",
        sa.Column("id", sa.String(length=200), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("resource", sa.Text(), nullable=False),
        sa.Column("deployment_id", sa.String(length=200), nullable=False),
        sa.Column("deployed_at", Instant(), nullable=False),
        sa.Column("deployed_by", sa.Text(), nullable=False),
        sa.Column("checksum", sa.String(length=64), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("starter_groups", Json(), nullable=False),
        sa.Column("properties", Json(), nullable=False),
        sa.Column("documentation", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["deployment_id"], ["deployment.id"], name="fk_process_definition_deployment_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_process_definition"),
        sa.UniqueConstraint("key", "version", name="uq_process_definition_key_version"),
    )
    op.create_table(
        "resource",
        sa.Column("deployment_id", sa.String(length=200), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["deployment_id"], ["deployment.id"], name="fk_resource_deployment_id"),
        sa.ForeignKeyConstraint(["sha256"], ["content.sha256"], name="fk_resource_sha256"),
        sa.PrimaryKeyConstraint("deployment_id", "name", name="pk_resource"),
    )
    op.create_index("ix_resource_name", "resource", ["name"], unique=False)
    op.create_table(
        "process_instance",
        sa.Column("id", sa.String(length=200), nullable=False),
        sa.Column("definition_id", sa.String(length=200), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("business_key", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("started_at", Instant(), nullable=False),
        sa.Column("started_by", sa.Text(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("suspended_at", Instant(), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("grade", sa.Text(), nullable=False),
        sa.Column("shown_to", sa.Text(), nullable=False),
        sa.Column("properties", Json(), nullable=False),
        sa.Column("bindings", Json(), nullable=False),
        sa.Column("state", Json(), nullable=False),
        sa.Column("variables", Json(), nullable=False),
        sa.Column("changed", Json(), nullable=False),
        sa.Column("large", Json(), nullable=False),
        sa.Column("history_seq", sa.Integer(), nullable=False),
        sa.Column("history_hash", sa.String(length=72), nullable=False),
        sa.ForeignKeyConstraint(
            ["definition_id"], ["process_definition.id"], name="fk_process_instance_definition_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_process_instance"),
    )
    op.create_index("ix_process_instance_business_key", "process_instance", ["business_key"], unique=False)
    op.create_index(
        "ix_process_instance_status_started_at", "process_instance", ["status", "started_at"], unique=False
    )
    for name, column in (("", ()), ("_no", ("business_key",)), ("_state", ("status",))):
        op.create_index(
            f"ix_process_instance_started{name}",
            "process_instance",
            ["started_by", *column, "started_at", "id"],
        )
    op.create_table(
        "activity_instance",
        sa.Column("id", sa.String(length=200), nullable=False),
        sa.Column("instance_id", sa.String(length=200), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("definition_id", sa.Text(), nullable=False),
        sa.Column("element_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("parent_id", sa.Text(), nullable=True),
        sa.Column("loop_index", sa.Integer(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("started_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["process_instance.id"], name="fk_activity_instance_instance_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_activity_instance"),
    )
    op.create_index(
        "ix_activity_instance_instance_id_seq", "activity_instance", ["instance_id", "seq"], unique=False
    )
    op.create_table(
        "correlated_start",
        sa.Column("instance_id", sa.String(length=200), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("correlation", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["process_instance.id"], name="fk_correlated_start_instance_id"
        ),
        sa.PrimaryKeyConstraint("instance_id", name="pk_correlated_start"),
    )
    op.create_index(
        "ix_correlated_start_key_correlation", "correlated_start", ["key", "correlation"], unique=False
    )
    op.create_table(
        "decision_evaluation",
        sa.Column("id", sa.String(length=200), nullable=False),
        sa.Column("instance_id", sa.String(length=200), nullable=False),
        sa.Column("activity_id", sa.Text(), nullable=False),
        sa.Column("element_id", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("evaluation", Json(), nullable=False),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["process_instance.id"], name="fk_decision_evaluation_instance_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_decision_evaluation"),
    )
    op.create_index(
        "ix_decision_evaluation_instance_id", "decision_evaluation", ["instance_id"], unique=False
    )
    op.create_table(
        "document",
        sa.Column("id", sa.String(length=200), nullable=False),
        sa.Column("instance_id", sa.String(length=200), nullable=False),
        sa.Column("activity_id", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name="fk_document_instance_id"),
        sa.ForeignKeyConstraint(["sha256"], ["content.sha256"], name="fk_document_sha256"),
        sa.PrimaryKeyConstraint("id", name="pk_document"),
    )
    op.create_index("ix_document_instance_id", "document", ["instance_id"], unique=False)
    op.create_table(
        "flow_taken",
        sa.Column("instance_id", sa.String(length=200), nullable=False),
        sa.Column("parent_id", sa.Text(), nullable=False),
        sa.Column("flow_id", sa.Text(), nullable=False),
        sa.Column("definition_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name="fk_flow_taken_instance_id"),
        sa.PrimaryKeyConstraint("instance_id", "parent_id", "definition_id", "flow_id", name="pk_flow_taken"),
    )
    op.create_table(
        "history_event",
        sa.Column("instance_id", sa.String(length=200), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("activity_id", sa.Text(), nullable=True),
        sa.Column("data", Json(), nullable=False),
        sa.Column("hash", sa.String(length=72), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("on_behalf_of", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["process_instance.id"], name="fk_history_event_instance_id"
        ),
        sa.PrimaryKeyConstraint("instance_id", "seq", name="pk_history_event"),
    )
    op.create_index("ix_history_event_at", "history_event", ["at"], unique=False, postgresql_using="brin")
    op.create_table(
        "incident",
        sa.Column("id", sa.String(length=200), nullable=False),
        sa.Column("job_id", sa.Text(), nullable=False),
        sa.Column("instance_id", sa.String(length=200), nullable=False),
        sa.Column("element_id", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("feel", sa.Text(), nullable=False),
        sa.Column("stack", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("resolved_at", Instant(), nullable=True),
        sa.Column("resolved_by", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name="fk_incident_instance_id"),
        sa.PrimaryKeyConstraint("id", name="pk_incident"),
    )
    op.create_index("ix_incident_instance_id", "incident", ["instance_id"], unique=False)
    op.create_index("ix_incident_job_id", "incident", ["job_id"], unique=False)
    op.create_table(
        "instance_group",
        sa.Column("instance_id", sa.String(length=200), nullable=False),
        sa.Column("group_name", sa.Text(), nullable=False),
        sa.Column("seen", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["process_instance.id"], name="fk_instance_group_instance_id"
        ),
        sa.PrimaryKeyConstraint("instance_id", "group_name", name="pk_instance_group"),
    )
    op.create_index("ix_instance_group_group_name", "instance_group", ["group_name"], unique=False)
    op.create_table(
        "start_timer",
        sa.Column("definition_id", sa.Text(), nullable=False),
        sa.Column("element_id", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("timer", Json(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("failure", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("definition_id", "element_id", name="pk_start_timer"),
    )
    op.create_index("ix_start_timer_due_at", "start_timer", ["due_at"], unique=False)
    op.create_index("ix_start_timer_key", "start_timer", ["key"], unique=False)
    op.create_table(
        "job",
        sa.Column("id", sa.String(length=200), nullable=False),
        sa.Column("instance_id", sa.String(length=200), nullable=False),
        sa.Column("activity_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("element_id", sa.Text(), nullable=False),
        sa.Column("definition_id", sa.Text(), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("payload", Json(), nullable=True),
        sa.Column("correlation", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("locked_until", Instant(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name="fk_job_instance_id"),
        sa.PrimaryKeyConstraint("id", name="pk_job"),
    )
    op.create_index("ix_job_activity_id", "job", ["activity_id"], unique=False)
    op.create_index("ix_job_instance_id", "job", ["instance_id"], unique=False)
    op.create_index("ix_job_status_due_at", "job", ["status", "due_at"], unique=False)
    op.create_table(
        "notification",
        sa.Column("id", sa.String(length=200), nullable=False),
        sa.Column("instance_id", sa.String(length=200), nullable=False),
        sa.Column("group_name", sa.Text(), nullable=True),
        sa.Column("user_id", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("task_id", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("on_behalf_of", sa.Text(), nullable=True),
        sa.Column("dispatched_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name="fk_notification_instance_id"),
        sa.PrimaryKeyConstraint("id", name="pk_notification"),
    )
    op.create_index(
        "ix_notification_group_name_created_at", "notification", ["group_name", "created_at"], unique=False
    )
    op.create_index(
        "ix_notification_user_id_created_at", "notification", ["user_id", "created_at"], unique=False
    )
    op.create_index(
        "ix_notification_task_id_kind_actor", "notification", ["task_id", "kind", "actor"], unique=False
    )
    _deliveries()
    op.create_table(
        "notification_read",
        sa.Column("notification_id", sa.String(length=200), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["notification_id"], ["notification.id"], name="fk_notification_read_notification_id"
        ),
        sa.PrimaryKeyConstraint("notification_id", "user_id", name="pk_notification_read"),
    )
    op.create_table(
        "participant",
        sa.Column("instance_id", sa.String(length=200), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("seen", sa.Boolean(), nullable=False),
        sa.Column("until", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name="fk_participant_instance_id"),
        sa.PrimaryKeyConstraint("instance_id", "user_id", "role", name="pk_participant"),
    )
    op.create_index(
        "ix_participant_user_id_instance_id_seen_until",
        "participant",
        ["user_id", "instance_id", "seen", "until"],
        unique=False,
    )
    op.create_table(
        "case_access",
        sa.Column("id", sa.String(length=200), nullable=False),
        sa.Column("instance_id", sa.String(length=200), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("given_by", sa.Text(), nullable=False),
        sa.Column("given_at", Instant(), nullable=False),
        sa.Column("until", Instant(), nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=False),
        sa.Column("end_reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name="fk_case_access_instance_id"),
        sa.PrimaryKeyConstraint("id", name="pk_case_access"),
    )
    op.create_index("ix_case_access_instance_id", "case_access", ["instance_id"], unique=False)
    op.create_table(
        "case_role",
        sa.Column("id", sa.String(length=200), nullable=False),
        sa.Column("instance_id", sa.String(length=200), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("bars", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name="fk_case_role_instance_id"),
        sa.PrimaryKeyConstraint("id", name="pk_case_role"),
    )
    op.create_index("ix_case_role_instance_id", "case_role", ["instance_id"], unique=False)
    op.create_index(
        "ix_case_role_user_id_status_bars_instance_id",
        "case_role",
        ["user_id", "status", "bars", "instance_id"],
        unique=False,
    )
    op.create_table(
        "case_copy",
        sa.Column("id", sa.String(length=200), nullable=False),
        sa.Column("instance_id", sa.String(length=200), nullable=False),
        sa.Column("task_id", sa.Text(), nullable=True),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("sent_by", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("read_at", Instant(), nullable=True),
        sa.Column("asked", sa.Boolean(), nullable=False),
        sa.Column("confirmed_at", Instant(), nullable=True),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name="fk_case_copy_instance_id"),
        sa.PrimaryKeyConstraint("id", name="pk_case_copy"),
    )
    op.create_index("ix_case_copy_instance_id", "case_copy", ["instance_id"], unique=False)
    op.create_index("ix_case_copy_received", "case_copy", ["user_id", "created_at", "id"])
    op.create_index("ix_case_copy_received_from", "case_copy", ["user_id", "sent_by", "created_at", "id"])
    op.create_table(
        "publication",
        sa.Column("id", sa.String(length=200), nullable=False),
        sa.Column("instance_id", sa.String(length=200), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name="fk_publication_instance_id"),
        sa.PrimaryKeyConstraint("id", name="pk_publication"),
    )
    op.create_table(
        "subscription",
        sa.Column("id", sa.String(length=200), nullable=False),
        sa.Column("instance_id", sa.String(length=200), nullable=False),
        sa.Column("activity_id", sa.Text(), nullable=False),
        sa.Column("element_id", sa.Text(), nullable=False),
        sa.Column("definition_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("correlation", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name="fk_subscription_instance_id"),
        sa.PrimaryKeyConstraint("id", name="pk_subscription"),
    )
    op.create_index("ix_subscription_activity_id", "subscription", ["activity_id"], unique=False)
    op.create_index(
        "ix_subscription_message_correlation", "subscription", ["message", "correlation"], unique=False
    )
    op.create_table(
        "user_task",
        sa.Column("id", sa.String(length=200), nullable=False),
        sa.Column("instance_id", sa.String(length=200), nullable=False),
        sa.Column("definition_id", sa.Text(), nullable=False),
        sa.Column("element_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("lane", sa.Text(), nullable=False),
        sa.Column("assignee", sa.Text(), nullable=True),
        sa.Column("candidate_groups", Json(), nullable=False),
        sa.Column("candidate_users", Json(), nullable=False),
        sa.Column("form_ref", sa.Text(), nullable=True),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("due_at", Instant(), nullable=True),
        sa.Column("warn_at", Instant(), nullable=True),
        sa.Column("clock", sa.Text(), nullable=False),
        sa.Column("clock_basis", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("completed_at", Instant(), nullable=True),
        sa.Column("completed_by", sa.Text(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("properties", Json(), nullable=False),
        sa.Column("local", Json(), nullable=False),
        sa.Column("draft", Json(), nullable=True),
        sa.Column("sent_by", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("handed", Json(), nullable=True),
        sa.Column("on_behalf_of", sa.Text(), nullable=True),
        sa.Column("part_of", sa.Text(), nullable=True),
        sa.Column("part", sa.Text(), nullable=True),
        sa.Column("opinion", Json(), nullable=True),
        sa.Column("pending", Json(), nullable=True),
        sa.Column("parts", sa.Integer(), nullable=False),
        sa.Column("clock_note", Json(), nullable=True),
        sa.Column("offer_id", sa.String(length=32), nullable=True),
        sa.Column("case_number", sa.Text(), nullable=False),
        sa.Column("name_begin", sa.Text(), sa.Computed("substr(name, 1, 60)", persisted=True)),
        sa.Column(
            "due_or_never",
            Instant(),
            sa.Computed("coalesce(due_at, '9999-12-31T00:00:00.000000+00:00')", persisted=True),
        ),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name="fk_user_task_instance_id"),
        sa.PrimaryKeyConstraint("id", name="pk_user_task"),
    )
    op.create_index(
        "ix_user_task_instance_id_element_id", "user_task", ["instance_id", "element_id"], unique=False
    )
    _box("part_of", ["part_of"], "part_of IS NOT NULL")
    _box("todo", ["assignee", "due_or_never", "created_at", "id"], "status = 'open' AND assignee IS NOT NULL")
    _box("offered", ["offer_id", "due_or_never", "created_at", "id", "assignee"], "status = 'open'")
    _box("done", ["completed_by", "completed_at", "created_at", "id"], "status = 'completed'")
    _sorted_boxes()
    op.create_table(
        "offer",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", "kind", "name", name="pk_offer"),
    )
    op.create_index("ix_offer_kind_name", "offer", ["kind", "name"], unique=False)
    op.create_table(
        "task_separation",
        sa.Column("task_id", sa.String(length=200), nullable=False),
        sa.Column("element_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["task_id"], ["user_task.id"], name="fk_task_separation_task_id"),
        sa.PrimaryKeyConstraint("task_id", "element_id", name="pk_task_separation"),
    )
    _audit()
    _registers()
    _finding()
    _clocks()
    _presence()


def _audit() -> None:
    op.create_table(
        "audit_event",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("on_behalf_of", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("instance_id", sa.Text(), nullable=True),
        sa.Column("object", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("data", Json(), nullable=False),
        sa.Column("hash", sa.String(length=72), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit_event"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_audit_event_at", "audit_event", ["at"], unique=False)
    op.create_index("ix_audit_event_instance_id", "audit_event", ["instance_id"], unique=False)
    op.create_index("ix_audit_event_actor_at", "audit_event", ["actor", "at"], unique=False)
    _anchors()


def _anchors() -> None:
    op.create_table(
        "anchor",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("previous", sa.String(length=72), nullable=False),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.Column("events_digest", sa.String(length=72), nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.Column("cases_digest", sa.String(length=72), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=72), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_anchor"),
    )
    op.create_index("ix_anchor_at", "anchor", ["at"], unique=False)
    op.create_table(
        "audit_seal",
        sa.Column(
            "event_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("anchor", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("hash", sa.String(length=72), nullable=False),
        sa.PrimaryKeyConstraint("event_id", name="pk_audit_seal"),
    )
    op.create_index("ix_audit_seal_anchor_event_id", "audit_seal", ["anchor", "event_id"], unique=False)
    op.create_table(
        "case_seal",
        sa.Column("anchor", sa.Integer(), nullable=False),
        sa.Column("instance_id", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=72), nullable=False),
        sa.PrimaryKeyConstraint("anchor", "instance_id", name="pk_case_seal"),
    )
    op.create_index("ix_case_seal_instance_id_seq", "case_seal", ["instance_id", "seq"], unique=False)


def _registers() -> None:
    op.create_table(
        "register_entry",
        sa.Column("id", sa.String(length=200), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("register", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("instance_id", sa.String(length=200), nullable=True),
        sa.Column("definition_id", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("data", Json(), nullable=False),
        sa.Column("hash", sa.String(length=72), nullable=False),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["process_instance.id"], name="fk_register_entry_instance_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_register_entry"),
        sa.UniqueConstraint("key", "register", "seq", name="uq_register_entry_key_register_seq"),
    )
    op.create_index("ix_register_entry_instance_id", "register_entry", ["instance_id"], unique=False)


def _finding() -> None:
    op.create_index(
        "ix_user_task_step",
        "user_task",
        ["name", "due_or_never", "created_at", "id"],
        unique=False,
        sqlite_where=sa.text("status = 'open'"),
        postgresql_where=sa.text("status = 'open'"),
    )
    op.create_table(
        "search_text",
        sa.Column("instance_id", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name="fk_search_text_instance_id"),
        sa.PrimaryKeyConstraint("instance_id", name="pk_search_text"),
    )
    op.create_table(
        "search_token",
        sa.Column("token", sa.String(length=8), nullable=False),
        sa.Column("instance_id", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name="fk_search_token_instance_id"),
        sa.PrimaryKeyConstraint("token", "instance_id", name="pk_search_token"),
    )
    op.create_table(
        "search_value",
        sa.Column("instance_id", sa.String(length=200), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("number", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name="fk_search_value_instance_id"),
        sa.PrimaryKeyConstraint("instance_id", "name", name="pk_search_value"),
    )
    op.create_index("ix_search_value_name_text", "search_value", ["name", "text"], unique=False)
    op.create_index("ix_search_value_name_number", "search_value", ["name", "number"], unique=False)
    op.create_table(
        "step_name",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_step_name"),
    )
    op.create_table(
        "saved_filter",
        sa.Column("id", sa.String(length=200), nullable=False),
        sa.Column("owner", sa.String(length=200), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("colour", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("shared_with", sa.Text(), nullable=False),
        sa.Column("criteria", Json(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["owner"], ["user_account.id"], name="fk_saved_filter_owner"),
        sa.PrimaryKeyConstraint("id", name="pk_saved_filter"),
    )
    op.create_index("ix_saved_filter_owner", "saved_filter", ["owner"], unique=False)
    op.create_index("ix_saved_filter_shared_with", "saved_filter", ["shared_with"], unique=False)


def _clocks() -> None:
    op.create_table(
        "legal_clock",
        sa.Column("id", sa.String(length=200), nullable=False),
        sa.Column("instance_id", sa.String(length=200), nullable=False),
        sa.Column("definition_id", sa.Text(), nullable=False),
        sa.Column("element_id", sa.Text(), nullable=False),
        sa.Column("activity_id", sa.Text(), nullable=False),
        sa.Column("scope_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("length", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("unverified", sa.Boolean(), nullable=False),
        sa.Column("warn", sa.Text(), nullable=False),
        sa.Column("limits", Json(), nullable=False),
        sa.Column("until", Json(), nullable=False),
        sa.Column("supervisors", Json(), nullable=False),
        sa.Column("started_at", Instant(), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("warn_at", Instant(), nullable=False),
        sa.Column("moves", Json(), nullable=False),
        sa.Column("paused_at", Instant(), nullable=True),
        sa.Column("waits_for", sa.Text(), nullable=False),
        sa.Column("years", Json(), nullable=False),
        sa.Column("told", sa.Text(), nullable=False),
        sa.Column("next_at", Instant(), nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name="fk_legal_clock_instance_id"),
        sa.PrimaryKeyConstraint("id", name="pk_legal_clock"),
    )
    op.create_index("ix_legal_clock_instance_id", "legal_clock", ["instance_id"], unique=False)
    op.create_index("ix_legal_clock_ended_at_id", "legal_clock", ["ended_at", "id"], unique=False)
    for name, columns, text in (
        ("next_at", ["next_at"], "next_at IS NOT NULL"),
        ("live", ["due_at", "id"], "ended_at IS NULL"),
    ):
        where = sa.text(text)
        op.create_index(
            f"ix_legal_clock_{name}", "legal_clock", columns, sqlite_where=where, postgresql_where=where
        )


def _presence() -> None:
    op.create_table(
        "presence",
        sa.Column("task_id", sa.String(length=200), nullable=False),
        sa.Column("user_id", sa.String(length=200), nullable=False),
        sa.Column("seen_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["task_id"], ["user_task.id"], name="fk_presence_task_id"),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name="fk_presence_user_id"),
        sa.PrimaryKeyConstraint("task_id", "user_id", name="pk_presence"),
    )
    op.create_table(
        "draft_save",
        sa.Column("task_id", sa.String(length=200), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("saved_by", sa.String(length=200), nullable=False),
        sa.Column("saved_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["task_id"], ["user_task.id"], name="fk_draft_save_task_id"),
        sa.PrimaryKeyConstraint("task_id", name="pk_draft_save"),
    )
