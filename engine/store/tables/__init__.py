"""The tables, by what they keep. Files are stored once per content; a user task has its activity's id.

Activity ids are unique in the database here.
"""

from engine.store.tables.access import case_access, case_role
from engine.store.tables.audit import anchor, audit_event, audit_seal, case_seal
from engine.store.tables.clocks import legal_clock
from engine.store.tables.columns import NEVER, Instant, Json, compact, metadata
from engine.store.tables.definitions import (
    content,
    decision_definition,
    deployment,
    diagram_draft,
    process_definition,
    resource,
    start_timer,
)
from engine.store.tables.deliveries import delivery, webhook
from engine.store.tables.finding import saved_filter, search_text, search_token, search_value, step_name
from engine.store.tables.instances import (
    activity_instance,
    correlated_start,
    decision_evaluation,
    flow_taken,
    idempotency_key,
    incident,
    instance_group,
    job,
    participant,
    process_instance,
    subscription,
)
from engine.store.tables.organisation import (
    org_charge,
    org_holding,
    org_import,
    org_person,
    org_position,
    org_unit,
    substitution,
)
from engine.store.tables.people import membership, preference, setting, user_account, user_group
from engine.store.tables.presence import draft_save, presence
from engine.store.tables.record import (
    case_copy,
    document,
    history_event,
    notification,
    notification_read,
    publication,
    series,
)
from engine.store.tables.registers import register_entry
from engine.store.tables.sign_in import past_password, recovery_code, second_factor, session
from engine.store.tables.tasks import offer, task_separation, user_task

__all__ = [
    "NEVER",
    "Instant",
    "Json",
    "activity_instance",
    "anchor",
    "audit_event",
    "audit_seal",
    "case_access",
    "case_copy",
    "case_role",
    "case_seal",
    "compact",
    "content",
    "correlated_start",
    "decision_definition",
    "decision_evaluation",
    "delivery",
    "deployment",
    "diagram_draft",
    "document",
    "draft_save",
    "flow_taken",
    "history_event",
    "idempotency_key",
    "incident",
    "instance_group",
    "job",
    "legal_clock",
    "membership",
    "metadata",
    "notification",
    "notification_read",
    "offer",
    "org_charge",
    "org_holding",
    "org_import",
    "org_person",
    "org_position",
    "org_unit",
    "participant",
    "past_password",
    "preference",
    "presence",
    "process_definition",
    "process_instance",
    "publication",
    "recovery_code",
    "register_entry",
    "resource",
    "saved_filter",
    "search_text",
    "search_token",
    "search_value",
    "second_factor",
    "series",
    "session",
    "setting",
    "start_timer",
    "step_name",
    "subscription",
    "substitution",
    "task_separation",
    "user_account",
    "user_group",
    "user_task",
    "webhook",
]
