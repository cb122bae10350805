"""User tasks: whom they are offered to, who has them, whom they are kept from."""

from __future__ import annotations

from sqlalchemy import Column, Computed, ForeignKey, Index, PrimaryKeyConstraint, String, Table, Text, text

from engine.store.tables.columns import NEVER, Instant, at_, id_, json_, metadata, number_, of_instance, text_

#: what else open tasks are sorted by: behind whose they are, before their id
_SORTS = {
    "at": ("created_at",),
    "step": ("name_begin", "due_or_never"),
    "no": ("case_number", "due_or_never"),
    "from": ("sent_by", "due_or_never"),
    "priority": ("priority", "created_at"),
}
_TAKEN = "status = 'open' AND assignee IS NOT NULL"
_DUE = "status = 'open' AND due_at IS NOT NULL"


def _partial(name: str, *columns: str, where: str) -> Index:
    """An index of one box of tasks in its order: open or done, the others cost it nothing."""
    return Index(f"ix_user_task_{name}", *columns, sqlite_where=text(where), postgresql_where=text(where))


# Whom tasks are offered to: each set of candidates once, by its hash.
offer = Table(
    "offer",
    metadata,
    Column("id", String(32), nullable=False),
    text_("kind"),
    text_("name"),
    PrimaryKeyConstraint("id", "kind", "name"),
    Index(None, "kind", "name"),
)

user_task = Table(
    "user_task",
    metadata,
    id_(),
    of_instance(),
    text_("definition_id"),
    text_("element_id"),
    text_("name"),
    text_("lane"),
    text_("assignee", null=True),
    json_("candidate_groups"),
    json_("candidate_users"),
    text_("form_ref", null=True),
    number_("priority"),
    at_("created_at"),
    at_("due_at", null=True),
    at_("warn_at", null=True),
    text_("clock"),
    text_("clock_basis"),
    text_("status"),
    at_("completed_at", null=True),
    text_("completed_by", null=True),
    number_("revision"),
    json_("properties"),
    json_("local"),
    json_("draft", null=True),
    text_("sent_by"),
    text_("owner", null=True),
    json_("handed", null=True),
    text_("on_behalf_of", null=True),
    text_("part_of", null=True),
    text_("part", null=True),
    json_("opinion", null=True),
    json_("pending", null=True),
    number_("parts"),
    json_("clock_note", null=True),
    Column("offer_id", String(32), nullable=True),
    Column("case_number", Text, nullable=False),
    Column("name_begin", Text, Computed("substr(name, 1, 60)", persisted=True)),  # an index takes no more
    Column("due_or_never", Instant, Computed(f"coalesce(due_at, '{NEVER}')", persisted=True)),
    _partial("part_of", "part_of", where="part_of IS NOT NULL"),
    Index(None, "instance_id", "element_id"),
    _partial("todo", "assignee", "due_or_never", "created_at", "id", where=_TAKEN),
    _partial("offered", "offer_id", "due_or_never", "created_at", "id", "assignee", where="status = 'open'"),
    _partial("step", "name", "due_or_never", "created_at", "id", where="status = 'open'"),
    _partial("done", "completed_by", "completed_at", "created_at", "id", where="status = 'completed'"),
    *(_partial(f"todo_{key}", "assignee", *names, "id", where=_TAKEN) for key, names in _SORTS.items()),
    *(
        _partial(f"offered_{key}", "offer_id", *names, "id", "assignee", where="status = 'open'")
        for key, names in _SORTS.items()
    ),
    _partial("done_at", "completed_by", "created_at", "id", where="status = 'completed'"),
    _partial("done_step", "completed_by", "name_begin", "completed_at", "id", where="status = 'completed'"),
    _partial("done_no", "completed_by", "case_number", "completed_at", "id", where="status = 'completed'"),
    _partial("due", "due_or_never", "created_at", "id", where=_DUE),
    _partial("warned", "warn_at", "due_or_never", where="status = 'open' AND warn_at IS NOT NULL"),
)

task_separation = Table(
    "task_separation",
    metadata,
    Column("task_id", ForeignKey("user_task.id"), nullable=False),
    text_("element_id"),
    PrimaryKeyConstraint("task_id", "element_id"),
)
