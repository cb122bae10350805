"""What service-task handlers are given and give."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from engine.model.execution import JsonObject
from engine.model.records import Resource


@dataclass(frozen=True, slots=True)
class HandlerContext:
    """What a service-task handler gets: read-only facts and the task's visible variables."""

    instance_id: str
    business_key: str
    title: str
    activity_id: str
    element_id: str
    topic: str
    properties: Mapping[str, str]
    variables: JsonObject
    idempotency_key: str
    now: datetime
    people: Mapping[str, str]
    resources: Mapping[str, bytes]  #: files of the definition's deployment folder that the task names


@dataclass(frozen=True, slots=True)
class HandlerResult:
    """What a handler returns: variables for the process, and what the completing command must keep.

    Variables, documents, numbers, notifications and publications are stored in one transaction.
    """

    variables: Mapping[str, Any]
    documents: tuple[Resource, ...] = ()
    numbers: Mapping[str, str] = field(default_factory=dict)
    """Variable -> series pattern (`决〔{year}〕{n}号`): the command allocates the next number of that
    series and year, and completes the activity with the variable set to the text."""
    notifications: tuple[Notification, ...] = ()
    publications: tuple[Publication, ...] = ()


@dataclass(frozen=True, slots=True)
class Notification:
    """A message to everybody in these groups, to be kept with the case."""

    groups: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Publication:
    """A public entry; `variable` is to hold {"id", "title", "at"} once it is stored."""

    title: str
    body: str
    variable: str
