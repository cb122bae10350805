"""Signals that events refer to."""

from __future__ import annotations

from engine.model.definition import Event, Node, Scope
from engine.parsing.bpmn.names import THROWING, described
from engine.parsing.bpmn.reader import Element, Reader, describe, reference


def signal_event(reader: Reader, element: Element, definition: Element) -> Event:
    """The signal that an event definition refers to; one that is missing or nameless is noted."""
    ref = reference(definition.get("signalRef"))
    signal = reader.signals.get(ref)
    if not ref:
        reader.error(
            definition,
            f"{describe(element)}没有指明信号（signalRef）。",
            "请选定一个有名称的信号；抛出和等待的要用同一个名称。",
        )
    elif signal is None:
        reader.error(definition, f"{describe(element)}：没有信号 {ref}。", "请定义此信号，或改正引用。")
    if signal is None:
        return Event("signal")
    name = (signal.get("name") or "").strip()
    if not name:
        reader.error(signal, f"{describe(element)}：信号 {ref} 没有名称（name）。", "请填写信号名称。")
    elif name.startswith(("=", "${", "#{")):
        reader.refuse(definition, f"算出来的信号名称“{name}”", "请写固定的名称，所有在等待它的步骤都会收到。")
    return Event("signal", name=name)


def check_signals(reader: Reader, scope: Scope) -> None:
    """Warn of a process that the signal starts which it throws: it would start itself again and again."""
    begins = {_signal(node) for node in scope.nodes.values() if node.kind == "startEvent"} - {""}
    for node in scope.walk():
        if node.kind in THROWING and _signal(node) in begins:
            message = f"流程由信号“{_signal(node)}”发起，{described(node.kind, node.name, node.id)}又抛出它。"
            hint = "流程会一再发起自己，请改用另一个信号，或确认它不会每次都走到这里。"
            reader.note(node.id, node.line, message, hint, "warning")


def _signal(node: Node) -> str:
    return node.event.name if node.event and node.event.kind == "signal" else ""
