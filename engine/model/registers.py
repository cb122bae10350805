"""Registers as pages show them, and what stands in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from engine.model.case_rules import Register
from engine.model.execution import JsonObject
from engine.model.forms import FormDefinition


@dataclass(frozen=True, slots=True)
class RegisterEntry:
    """One entry: what was filled into the register's form."""

    id: str
    key: str  #: of the process whose bundle declares the register
    register: str
    seq: int  #: in its register
    instance_id: str  #: "" outside of cases
    definition_id: str  #: version whose form it was
    at: datetime
    actor: str
    values: JsonObject
    hash: str  #: of it and the entry before


@dataclass(frozen=True, slots=True)
class EntryView:
    """An entry with what it takes to read it."""

    entry: RegisterEntry
    actor_display: str
    case: str  #: number of its case, "" outside of cases
    schema: JsonObject = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RegisterView:
    """A register as one person may use it."""

    key: str
    declared: Register
    can_write: bool
    reads_all: bool  #: else only what he wrote himself
    entries: tuple[EntryView, ...] = ()  #: newest first
    form: FormDefinition | None = None  #: to be filled in; None where he may not write
