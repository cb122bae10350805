"""Service-task handlers: each turns a task's facts into a result that the completing command stores.

A handler is a pure function of its context: no database, no network, no clock; run twice it gives the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from engine.handlers.document import make_documents
from engine.handlers.notices import notify, publish
from engine.handlers.numbers import allocate_number
from engine.handlers.settings import missing_settings
from engine.model.handling import HandlerContext, HandlerResult

__all__ = ["Handler", "missing_settings", "registry"]

Handler = Callable[[HandlerContext], HandlerResult]

#: Topic of a service task -> its handler.
registry: Mapping[str, Handler] = MappingProxyType(
    {
        "document": make_documents,
        "notify": notify,
        "number": allocate_number,
        "publish": publish,
    }
)
