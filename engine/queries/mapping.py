"""What a person maps by hand when running cases move to another version: elements whose ids changed."""

from __future__ import annotations

from engine.model.definition import Node
from engine.model.migration import MappingChoices
from engine.queries.reader import Reader
from engine.store.database import Work

Steps = dict[str, str]  #: element id -> its name


def mapping_choices(reader: Reader, key: str, source: int, target: int) -> MappingChoices:
    """The elements that only the old version has, and those that only the new one has, each with its name."""
    with reader.database.reading() as work:
        old, new = (_steps(reader, work, f"{key}:{version}") for version in (source, target))
    gone = tuple((id, name) for id, name in old.items() if id not in new)
    return MappingChoices(gone, tuple((id, name) for id, name in new.items() if id not in old))


def _steps(reader: Reader, work: Work, definition_id: str) -> Steps:
    nodes = reader.library.process(work, definition_id).scope.walk()
    return {node.id: node.name or node.id for node in nodes if _stands(node)}


def _stands(node: Node) -> bool:
    """Whether a case may stand there for a while."""
    return node.kind != "startEvent" and node.kind != "endEvent"
