"""Ad-hoc subprocesses: in which order, until when, and what is begun without being chosen."""

from __future__ import annotations

from engine.model.definition import AdHoc, Expression, Node, Text, Value
from engine.parsing.bpmn.names import ACTIVITIES
from engine.parsing.bpmn.reader import Element, Reader, child, children, content, describe, flag
from engine.parsing.xml import local

BEGIN = "startAtOnce"


def read_ad_hoc(reader: Reader, element: Element, node: Node) -> AdHoc:
    """How the subprocess is worked off."""
    return AdHoc(
        sequential=element.get("ordering") == "Sequential",
        completion=reader.expression(element, content(child(element, "completionCondition")), "完成条件"),
        cancels=flag(element, "cancelRemainingInstances", default=True),
        begin=_begin(reader, element, node),
    )


def _begin(reader: Reader, element: Element, node: Node) -> Value | None:
    text = node.properties.get(BEGIN, "").strip()
    if text.startswith("="):
        return Expression(text[1:].strip(), node.line)
    known = {each.get("id") for each in children(element) if local(each) in ACTIVITIES}
    for name in filter(None, map(str.strip, text.split(","))):
        if name != "all" and name not in known:
            reader.error(
                element,
                f"{describe(element)}：属性 {BEGIN} 中的“{name}”不是它里面的步骤。",
                "请写步骤的id，以逗号分隔；写 all 表示全部。",
            )
    return Text(text) if text else None
