"""Compensation and transactions as drawn: which activity undoes which, and whether that can be asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from engine.model.definition import Node, Scope
from engine.parsing.bpmn.names import BPMN, described
from engine.parsing.bpmn.reader import Element, Reader, reference


def with_handlers(element: Element, nodes: Mapping[str, Node]) -> dict[str, Node]:
    """The nodes of a scope; compensation boundary events know what their association leads to."""
    if not any(is_event(node, "compensate") and node.kind == "boundaryEvent" for node in nodes.values()):
        return dict(nodes)
    ends: dict[str, set[str]] = {}
    for each in element.getroottree().iter(f"{{{BPMN}}}association"):
        source, target = reference(each.get("sourceRef")), reference(each.get("targetRef"))
        ends.setdefault(source, set()).add(target)
        ends.setdefault(target, set()).add(source)
    found = {}
    for key, node in nodes.items():
        handlers = [nodes[end] for end in sorted(ends.get(key, ())) if end in nodes]
        handlers = [handler for handler in handlers if handler.for_compensation]
        is_boundary = node.kind == "boundaryEvent" and is_event(node, "compensate")
        found[key] = replace(node, handler=handlers[0].id) if is_boundary and len(handlers) == 1 else node
    return found


def check_compensation(reader: Reader, scope: Scope) -> None:
    """Note everything about compensation and transactions that cannot run."""
    _Checker(reader).scope(scope, (), None)


def is_event(node: Node, kind: str) -> bool:
    """Whether the node is an event of this kind."""
    return node.event is not None and node.event.kind == kind


def compensable(scope: Scope, node: Node) -> bool:
    """Whether the activity has a handler, or is a subprocess with something inside that has one."""
    if any(other.attached_to == node.id and other.handler for other in scope.nodes.values()):
        return True
    inside = node.scope
    if inside is not None and any(_undoes(each) for each in inside.nodes.values()):
        return True
    return inside is not None and any(compensable(inside, each) for each in inside.nodes.values())


def _undoes(node: Node) -> bool:
    """Whether it is an event subprocess that undoes what it stands in."""
    inside = node.scope.nodes.values() if node.triggered and node.scope else ()
    return any(each.kind == "startEvent" and is_event(each, "compensate") for each in inside)


@dataclass
class _Checker:
    reader: Reader

    def error(self, node: Node, message: str, hint: str) -> None:
        self.reader.note(node.id, node.line, message, hint)

    def scope(self, scope: Scope, outer: tuple[Scope, ...], owner: Node | None) -> None:
        handlers = [node.handler for node in scope.nodes.values() if node.handler]
        for node in scope.nodes.values():
            if node.for_compensation:
                self.handler(node, handlers)
            elif node.kind == "boundaryEvent":
                self.boundary(scope, node)
            elif is_event(node, "compensate") and node.kind != "startEvent":
                beside = owner is not None and owner.triggered
                self.throw(node, (scope, *outer), outer[0] if beside and outer else scope)
            elif is_event(node, "cancel"):
                self.cancel_end(node, owner, outer)
            if node.scope:
                self.scope(node.scope, (scope, *outer), node)

    def handler(self, node: Node, handlers: list[str]) -> None:
        if node.incoming or node.outgoing:
            self.error(
                node,
                f"补偿活动{_name(node)}不能有进线或出线。",
                "请删除这些顺序流，用关联线把补偿边界事件连到它；或取消“补偿”（isForCompensation）。",
            )
        if handlers.count(node.id) != 1:
            message = "没有补偿边界事件连到" if node.id not in handlers else "有几个补偿边界事件连到"
            self.error(
                node, f"{message}补偿活动{_name(node)}。", "请从一个补偿边界事件画一条关联线（虚线）到它。"
            )

    def boundary(self, scope: Scope, node: Node) -> None:
        host = scope.nodes.get(node.attached_to or "")
        for kind in ("compensate", "cancel"):
            same = [
                each
                for each in scope.nodes.values()
                if each.attached_to == node.attached_to and is_event(each, kind)
            ]
            if node in same[1:]:
                self.error(node, f"同一活动上有几个同类的边界事件（{_name(node)}）。", "请只留一个。")
        if is_event(node, "compensate"):
            self.compensation_boundary(node, host)
        elif is_event(node, "cancel") and host is not None and host.kind != "transaction":
            self.error(
                node,
                f"取消边界事件{_name(node)}只能附着在事务子流程上，不能在{_name(host)}上。",
                "请把它移到事务子流程的边上，或改用错误边界事件。",
            )

    def compensation_boundary(self, node: Node, host: Node | None) -> None:
        if node.outgoing:
            self.error(
                node,
                f"补偿边界事件{_name(node)}不能有出线。",
                "请改用关联线（虚线）连到补偿活动。",
            )
        if node.handler is None:
            self.error(
                node,
                f"补偿边界事件{_name(node)}没有用关联线连到一个补偿活动。",
                '请画一条关联线到同一层的一个活动，并把它设为补偿活动（isForCompensation="true"）。',
            )
        if host is not None and host.for_compensation:
            self.error(node, f"补偿活动{_name(host)}自己不能再被补偿。", "请删除它上面的补偿边界事件。")

    def throw(self, node: Node, scopes: tuple[Scope, ...], whole: Scope) -> None:
        """`whole`: what is undone when no activity is named."""
        ref = node.event.name if node.event else ""
        found = next((scope for scope in scopes if ref in scope.nodes), None)
        if not ref:
            if not any(compensable(whole, each) for each in whole.nodes.values()):
                message = f"{_name(node)}所在的这一层没有可补偿的活动，不起作用。"
                self.reader.note(node.id, node.line, message, "请给活动加补偿边界事件。", "warning")
        elif found is None:
            self.error(
                node,
                f"{_name(node)}要补偿的活动 {ref} 不存在，或不在同一层或外层。",
                "请改正 activityRef，或不填而补偿整个这一层。",
            )
        elif not compensable(found, found.nodes[ref]):
            self.error(
                node,
                f"{_name(node)}要补偿的{_name(found.nodes[ref])}没有补偿活动。",
                "请给它加补偿边界事件，并用关联线连到补偿活动。",
            )

    def cancel_end(self, node: Node, owner: Node | None, outer: tuple[Scope, ...]) -> None:
        if owner is None or owner.kind != "transaction":
            self.error(
                node,
                f"取消结束事件{_name(node)}只能直接放在事务子流程里。",
                "请改用事务子流程，或改用错误结束事件、终止结束事件。",
            )
        elif not any(
            each.attached_to == owner.id and is_event(each, "cancel") for each in outer[0].nodes.values()
        ):
            self.error(
                node,
                f"{_name(owner)}有取消结束事件{_name(node)}，但没有取消边界事件。",
                "请在事务子流程的边上加一个取消边界事件，画出取消以后怎么办。",
            )


def _name(node: Node) -> str:
    return described(node.kind, node.name, node.id)
