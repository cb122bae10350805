"""Global tasks: tasks beside the processes of a file, which call activities call (BPMN 10.3.6).

Each becomes a process of one step, so that it is deployed, bound and called as processes are.
"""

from __future__ import annotations

from engine.model.definition import Node, ProcessModel, Scope
from engine.parsing.bpmn.activities import read_activity
from engine.parsing.bpmn.names import GLOBAL_TASKS
from engine.parsing.bpmn.reader import Element, Reader, children, describe, documentation
from engine.parsing.bpmn.vocabulary import check_vocabulary, properties
from engine.parsing.xml import line_of, local


def read_global_tasks(reader: Reader, root: Element) -> tuple[ProcessModel, ...]:
    """The global tasks of a file, in its order; what no process could run is noted."""
    return tuple(filter(None, (_read(reader, each) for each in children(root, *GLOBAL_TASKS))))


def _read(reader: Reader, element: Element) -> ProcessModel | None:
    key = element.get("id") or ""
    if not key:
        reader.error(element, f"{describe(element)}没有id。", "请给它一个id，调用活动以此调用。")
        return None
    check_vocabulary(reader, element)
    node = Node(
        id=key,
        kind=GLOBAL_TASKS[local(element)],
        name=(element.get("name") or "").strip(),
        line=line_of(element),
        documentation=documentation(element),
        properties=properties(reader, element),
    )
    return ProcessModel(
        key=key,
        name=node.name or key,
        scope=Scope({key: read_activity(reader, element, node)}, {}),
        resource=reader.resource,
        line=node.line,
        documentation=node.documentation,
        is_task=True,
    )
