"""Whom a form may name: looked up only where a form asks for somebody."""

from __future__ import annotations

from engine import parsing
from engine.commands.context import Context
from engine.model.directory import Directory
from engine.model.forms import FormDefinition
from engine.store import organisation, people
from engine.store.database import Work


def directory(context: Context, work: Work, form: FormDefinition) -> Directory | None:
    """The organisation as of today, or None where the form has no pickers or there is nobody at all."""
    if not context.staffed or not parsing.has_pickers(form.schema):
        return None
    today = context.local_now().date()
    return Directory(organisation.load(work).at(today), people.all_users(work))
