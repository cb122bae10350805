"""BPMN XML with Camunda's attributes out of processes made by `tests.builders`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from xml.sax.saxutils import escape, quoteattr

from engine.model.definition import Assignment, Call, Expression, Loop, Node, ProcessModel, Scope, Text, Value

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" id="definitions" targetNamespace="http://wenze.test/bpmn">\n'
)


def to_xml(*processes: ProcessModel) -> bytes:
    """BPMN XML with Camunda's attributes for processes made by `Builder`."""
    events = [event for process in processes for node in process.scope.walk() for event in node.events]
    kinds = ("message", "error", "escalation", "signal")
    roots = {(event.kind, event.name) for event in events if event.name and event.kind in kinds}
    head = "".join(
        f"<{kind} id={quoteattr(_ref(kind, name))} name={quoteattr(name)}"
        + (f" {kind}Code={quoteattr(name)}" if kind in ("error", "escalation") else "")
        + "/>\n"
        for kind, name in sorted(roots)
    )
    body = "".join(_process(process) for process in processes)
    return f"{_HEAD}{head}{body}</definitions>\n".encode()


def _ref(kind: str, name: str) -> str:
    return f"{kind}_" + "".join(char if char.isalnum() else "_" for char in name)


def _process(process: ProcessModel) -> str:
    groups = ",".join(process.starter_groups)
    return (
        f'<process id={quoteattr(process.key)} name={quoteattr(process.name)} isExecutable="true"'
        f"{_attributes({'camunda:candidateStarterGroups': groups})}>\n"
        f"{_extensions(_properties(process.properties))}{_scope(process.scope)}</process>\n"
    )


def _scope(scope: Scope) -> str:
    text = "".join(_node(node) for node in scope.nodes.values())
    for flow in scope.flows.values():
        head = f'<sequenceFlow id="{flow.id}" sourceRef="{flow.source}" targetRef="{flow.target}"'
        condition = _expression("conditionExpression", flow.condition)
        text += f"{head}>{condition}</sequenceFlow>\n" if condition else f"{head}/>\n"
    for node in scope.nodes.values():
        if node.handler:
            text += f'<association id="to-{node.id}" sourceRef="{node.id}" targetRef="{node.handler}"/>\n'
    return text


def _node(node: Node) -> str:
    inner = _extensions(_parameters(node) + _properties(_node_properties(node)) + _mappings(node.call))
    inner += "".join(f"<incoming>{flow}</incoming>" for flow in node.incoming)
    inner += "".join(f"<outgoing>{flow}</outgoing>" for flow in node.outgoing)
    inner += "".join(_event(replace(node, event=each)) for each in node.events)
    inner += _loop(node.loop) + _expression("activationCondition", node.activation)
    if node.kind == "scriptTask" and node.script:
        inner += f"<script>{escape('=' + node.script.feel)}</script>"
    if node.scope:
        inner += _scope(node.scope)
    if node.ad_hoc:
        inner += _expression("completionCondition", node.ad_hoc.completion)
    return f"<{node.kind}{_attributes(_node_attributes(node))}>{inner}</{node.kind}>\n"


def _node_attributes(node: Node) -> dict[str, str | None]:
    assignment = node.assignment or Assignment()
    message = node.event.name if node.event and node.kind in ("receiveTask", "sendTask") else ""
    return {
        "id": node.id,
        "name": node.name,
        "default": node.default,
        "attachedToRef": node.attached_to,
        "cancelActivity": None if node.interrupting or node.kind == "startEvent" else "false",
        "isInterrupting": None if node.interrupting or node.kind != "startEvent" else "false",
        "parallelMultiple": "true" if node.all_of else None,
        "triggeredByEvent": "true" if node.triggered else None,
        "messageRef": _ref("message", message) if message else None,
        "calledElement": node.call.key if node.call else None,
        "scriptFormat": "feel" if node.script else None,
        "ordering": "Sequential" if node.ad_hoc and node.ad_hoc.sequential else None,
        "cancelRemainingInstances": "false" if node.ad_hoc and not node.ad_hoc.cancels else None,
        "instantiate": "true" if node.instantiate else None,
        "startQuantity": _many(node.start_quantity),
        "completionQuantity": _many(node.completion_quantity),
        "isForCompensation": "true" if node.for_compensation else None,
        "camunda:resultVariable": node.result_variable,
        "camunda:decisionRef": node.decision_ref,
        "camunda:type": "external" if node.topic else None,
        "camunda:topic": node.topic,
        "camunda:asyncBefore": "true" if node.async_before else None,
        "camunda:asyncAfter": "true" if node.async_after else None,
        "camunda:assignee": _text(assignment.assignee),
        "camunda:candidateGroups": _text(assignment.candidate_groups),
        "camunda:candidateUsers": _text(assignment.candidate_users),
        "camunda:dueDate": _text(assignment.due_date),
        "camunda:priority": _text(assignment.priority),
        "camunda:formRef": assignment.form_ref,
    }


def _node_properties(node: Node) -> dict[str, str]:
    more = dict(node.properties)
    if node.event and node.event.correlation:
        more["correlationKey"] = "=" + node.event.correlation.feel
    if node.ad_hoc and node.ad_hoc.begin:
        more["startAtOnce"] = _text(node.ad_hoc.begin) or ""
    if node.loop and node.loop.output_collection and node.loop.output_element:
        more["outputCollection"] = node.loop.output_collection
        more["outputElement"] = "=" + node.loop.output_element.feel
    return more


def _event(node: Node) -> str:
    what = node.event
    if what is None or what.kind == "none" or node.kind in ("receiveTask", "sendTask"):
        return ""
    inner, reference = "", ""
    if what.timer:
        tag = {"date": "timeDate", "duration": "timeDuration", "cycle": "timeCycle"}[what.timer]
        inner = f'<{tag} xsi:type="tFormalExpression">{escape(_text(what.value) or "")}</{tag}>'
    elif what.kind == "conditional" and isinstance(what.value, Expression):
        inner = _expression("condition", what.value)
    elif what.kind == "compensate":
        reference = f' activityRef="{what.name}"' if what.name else ""
        reference += "" if what.waits else ' waitForCompletion="false"'
    elif what.kind == "link":
        reference = f" name={quoteattr(what.name)}"
    elif what.name:
        reference = f' {what.kind}Ref="{_ref(what.kind, what.name)}"'
    return f"<{what.kind}EventDefinition{reference}>{inner}</{what.kind}EventDefinition>"


def _loop(loop: Loop | None) -> str:
    if loop is None:
        return ""
    if loop.repeat is not None:
        repeat, tag = loop.repeat, "standardLoopCharacteristics"
        more = {
            "testBefore": "true" if repeat.test_before else None,
            "loopMaximum": None if repeat.maximum is None else str(repeat.maximum),
        }
        return f"<{tag}{_attributes(more)}>{_expression('loopCondition', repeat.condition)}</{tag}>"
    attributes = {
        "isSequential": "true" if loop.sequential else None,
        "camunda:collection": "=" + loop.collection.feel if loop.collection else None,
        "camunda:elementVariable": loop.element_variable,
    }
    inner = _expression("loopCardinality", loop.cardinality) + _expression(
        "completionCondition", loop.completion
    )
    tag = "multiInstanceLoopCharacteristics"
    return f"<{tag}{_attributes(attributes)}>{inner}</{tag}>"


def _mappings(call: Call | None) -> str:
    if call is None:
        return ""
    text = '<camunda:in variables="all"/>' if call.all_in else ""
    text += '<camunda:out variables="all"/>' if call.all_out else ""
    for tag, mappings in (("in", call.inputs), ("out", call.outputs)):
        for item in mappings:
            text += (
                f"<camunda:{tag} sourceExpression={quoteattr(_text(item.value) or '')} "
                f"target={quoteattr(item.target)}/>"
            )
    return text


def _parameters(node: Node) -> str:
    text = ""
    for tag, mappings in (("inputParameter", node.inputs), ("outputParameter", node.outputs)):
        for item in mappings:
            content = escape(_text(item.value) or "")
            text += f"<camunda:{tag} name={quoteattr(item.target)}>{content}</camunda:{tag}>"
    return f"<camunda:inputOutput>{text}</camunda:inputOutput>" if text else ""


def _properties(properties: Mapping[str, str]) -> str:
    items = "".join(
        f"<camunda:property name={quoteattr(name)} value={quoteattr(text)}/>"
        for name, text in properties.items()
    )
    return f"<camunda:properties>{items}</camunda:properties>" if items else ""


def _extensions(content: str) -> str:
    return f"<extensionElements>{content}</extensionElements>" if content else ""


def _expression(tag: str, expression: Expression | None) -> str:
    if expression is None:
        return ""
    return f'<{tag} xsi:type="tFormalExpression">{escape("=" + expression.feel)}</{tag}>'


def _attributes(attributes: Mapping[str, str | None]) -> str:
    return "".join(f" {name}={quoteattr(text)}" for name, text in attributes.items() if text)


def _many(quantity: int) -> str | None:
    return None if quantity == 1 else str(quantity)


def _text(item: Value | None) -> str | None:
    if item is None:
        return None
    return item.value if isinstance(item, Text) else "=" + item.feel
