"""Link events as drawn: every throwing one must lead to one catching one of its scope (BPMN 10.5.5)."""

from __future__ import annotations

from engine.model.definition import Node, Scope
from engine.parsing.bpmn.names import described
from engine.parsing.bpmn.reader import Reader


def check_links(reader: Reader, scope: Scope) -> None:
    """Note every link event of this scope, and of those in it, that cannot be followed."""
    links = [node for node in scope.nodes.values() if node.event and node.event.kind == "link"]
    catching = [node for node in links if node.kind == "intermediateCatchEvent"]
    names = [_link(node) for node in catching]
    for node in catching:
        _catching(reader, node, names)
    for node in links:
        if node not in catching:
            _throwing(reader, node, names)
    for node in scope.nodes.values():
        if node.scope:
            check_links(reader, node.scope)


def _catching(reader: Reader, node: Node, names: list[str]) -> None:
    if node.incoming:
        message = f"链接捕获事件{_name(node)}不能有进线。"
        reader.note(node.id, node.line, message, "请删除进线，改用同名的链接抛出事件。")
    if names.count(_link(node)) > 1:
        message = f"同一层有几个名为“{_link(node)}”的链接捕获事件（{_name(node)}）。"
        reader.note(node.id, node.line, message, "请只留一个，或改用不同的链接名称。")


def _throwing(reader: Reader, node: Node, names: list[str]) -> None:
    if node.outgoing:
        message = f"链接抛出事件{_name(node)}不能有出线。"
        reader.note(node.id, node.line, message, "请删除出线，从同名的链接捕获事件继续画。")
    if _link(node) and _link(node) not in names:
        message = f"{_name(node)}没有对应的链接捕获事件“{_link(node)}”。"
        reader.note(node.id, node.line, message, "请在同一层画一个同名的链接捕获事件，或改正名称。")


def _link(node: Node) -> str:
    return node.event.name if node.event else ""


def _name(node: Node) -> str:
    return described(node.kind, node.name, node.id)
