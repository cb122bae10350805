"""Moving running instances to another version: what is planned, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.errors import Problem
from engine.model.execution import OpenedJob, OpenedSubscription, OpenedTask, Step


@dataclass(frozen=True, slots=True)
class VersionChange:
    """Which versions give way to which, and which elements to which where the ids changed."""

    definitions: Mapping[str, str]  #: definition id -> the one that takes its place
    elements: Mapping[str, str] = field(default_factory=dict)  #: element or flow id -> its id there


@dataclass(frozen=True, slots=True)
class Moved:
    """A live token at its element of the other version."""

    activity_id: str
    was: str  #: element id before
    element_id: str
    definition_id: str
    kind: str
    name: str
    opened: OpenedTask | OpenedJob | OpenedSubscription | None = None  #: what it waits for, as it is now said
    reassigned: bool = False  #: the other version says something else about who does the task


@dataclass(frozen=True, slots=True)
class Migrated:
    """The outcome for one state: a step that made tokens of the other version of all its tokens."""

    step: Step
    moved: tuple[Moved, ...]


@dataclass(frozen=True, slots=True)
class PlannedMove:
    """One instance of a plan: it moves unless there are problems."""

    instance_id: str
    case: str  #: its number
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class MigrationPlan:
    """The instances that run a version, and whether each can go on in another one."""

    key: str
    name: str
    source: str  #: definition id
    target: str  #: definition id
    elements: Mapping[str, str]
    instances: tuple[PlannedMove, ...]


@dataclass(frozen=True, slots=True)
class MigrationOutcome:
    """What became of one instance of a plan."""

    instance_id: str
    case: str
    moved: bool
    problems: tuple[Problem, ...] = ()  #: why not


@dataclass(frozen=True, slots=True)
class MappingChoices:
    """Elements that only one of two versions has: id and name."""

    gone: tuple[tuple[str, str], ...]
    new: tuple[tuple[str, str], ...]
