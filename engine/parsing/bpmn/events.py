"""Event definitions: of events, of receive tasks and of send tasks."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from engine.model.definition import Event, EventKind, Expression, Node, Text, TimerKind, Value
from engine.parsing.bpmn.conditions import read_condition
from engine.parsing.bpmn.names import CATCHING, EVENT_KINDS, chinese
from engine.parsing.bpmn.reader import (
    Element,
    Reader,
    camunda,
    child,
    children,
    content,
    describe,
    describe_near,
    flag,
    reference,
)
from engine.parsing.bpmn.signals import signal_event
from engine.parsing.bpmn.times import LITERALS, is_duration
from engine.parsing.bpmn.vocabulary import check_vocabulary
from engine.parsing.xml import local

_SUFFIX = "EventDefinition"


def read_event(reader: Reader, element: Element, node: Node) -> Node:
    """The node with its event; unsupported kinds are noted."""
    found = definitions(reader, element)
    event = Event("none")
    if found:
        event, node = _definition(reader, element, found[0], node)
    elif "none" not in EVENT_KINDS[node.kind]:
        allowed = "、".join(chinese(kind + _SUFFIX) for kind in EVENT_KINDS[node.kind])
        reader.error(element, f"{describe(element)}没有事件定义。", f"请选定类型：{allowed}。")
    node = replace(node, event=event)
    if len(found) > 1:
        node = _several(reader, element, node, found)
    if node.kind == "startEvent":
        return replace(node, interrupting=flag(element, "isInterrupting", default=True))
    if node.kind == "boundaryEvent":
        node = replace(
            node,
            attached_to=reference(element.get("attachedToRef")) or None,
            interrupting=flag(element, "cancelActivity", default=True),
        )
        if event.kind in ("compensate", "cancel"):
            node = replace(node, interrupting=True)
        if event.kind == "error" and not node.interrupting:
            reader.error(element, f"{describe(element)}：错误边界事件必须是中断的。", "请改为中断型。")
    return node


def _several(reader: Reader, element: Element, node: Node, found: list[Element]) -> Node:
    """An event with several definitions, of kinds that can wait, or be thrown, side by side."""
    others = tuple(_definition(reader, element, each, node)[0] for each in found[1:])
    node = replace(node, others=others, all_of=flag(element, "parallelMultiple"))
    allowed = _SIDE_BY_SIDE if node.kind in CATCHING else _THROWN_TOGETHER
    strange = [event.kind for event in node.events if event.kind not in (*allowed, "none")]
    kinds = "、".join(chinese(kind + _SUFFIX) for kind in dict.fromkeys(strange))
    if kinds:
        what = "几个事件定义" if node.kind in CATCHING else "一起抛出"
        reader.refuse(element, f"同一事件有{what}而其中有{kinds}", "请把它拆成单独的事件来画。")
    elif node.topic:
        reader.refuse(element, "同一事件有几个定义而由处理程序发送", "请拆成几个事件。")
    return node


_SIDE_BY_SIDE = ("timer", "message", "signal", "conditional")
_THROWN_TOGETHER = ("message", "signal", "escalation")


def thrown_event(reader: Reader, element: Element, definition: Element) -> Event:
    """What an activity throws by this definition without an event of its own being drawn."""
    node = Node(element.get("id") or "", "implicitThrowEvent")
    return _definition(reader, element, definition, node)[0]


def definition_of(reader: Reader, element: Element, ref: str) -> Element | None:
    """The reusable event definition that an element refers to; a missing one is noted."""
    found = reader.definitions.get(ref)
    if found is None:
        reader.error(element, f"{describe_near(element)}：没有事件定义 {ref}。", "请改正引用。")
    return found


def message_event(reader: Reader, element: Element, source: Element, node: Node) -> Event | None:
    """The message that `source` (an event definition or a task) refers to; else the element's own name."""
    name = (element.get("name") or "").strip()
    ref = reference(source.get("messageRef"))
    if ref:
        message = reader.messages.get(ref)
        if message is None:
            reader.error(source, f"{describe(element)}：没有消息 {ref}。", "请定义此消息，或改正引用。")
            return None
        name = (message.get("name") or "").strip()
    if not name:
        reader.error(source, f"{describe(element)}：消息没有名称。", "请选定一个有名称的消息。")
        return None
    if name.startswith(("=", "${", "#{")):
        reader.refuse(source, f"算出来的消息名称“{name}”", "请写固定的名称，用属性 correlationKey 区分。")
    _check_life(reader, element, node)
    return Event("message", name=name, correlation=_correlation(reader, element, node))


def _check_life(reader: Reader, element: Element, node: Node) -> None:
    text = node.properties.get("timeToLive", "").strip()
    if text and not text.startswith("=") and not is_duration(text):
        reader.error(
            element,
            f"{describe(element)}：消息保留的时间（timeToLive）“{text}”的写法不对。",
            "请写时长，如 P7D；PT0S 表示不保留。",
        )


def is_external(reader: Reader, element: Element) -> bool:
    """Whether the element names an external worker's topic; a half-filled pair is noted."""
    kind, topic = camunda(element, "type"), camunda(element, "topic")
    if kind == "external" and topic:
        return True
    if kind not in (None, "external"):
        reader.refuse(element, f' camunda:type="{kind}"', "请改为 external 并填写 topic。")
    elif kind or topic:
        missing = "camunda:topic" if kind else 'camunda:type="external"'
        reader.error(element, f"{describe_near(element)}缺少 {missing}。", "请补齐，二者须同时填写。")
    return False


def definitions(reader: Reader, element: Element) -> list[Element]:
    """The event definitions of an event: its own and those that it refers to."""
    found = [each for each in children(element) if local(each).endswith(_SUFFIX)]
    for ref in children(element, "eventDefinitionRef"):
        target = definition_of(reader, ref, reference(content(ref)))
        if target is not None:
            found.append(target)
    return found


def _definition(reader: Reader, element: Element, definition: Element, node: Node) -> tuple[Event, Node]:
    kind = local(definition).removesuffix(_SUFFIX)
    check_vocabulary(reader, definition)
    if kind not in EVENT_KINDS[node.kind]:
        reader.error(
            element, f"{chinese(node.kind)}不能是{chinese(local(definition))}。", "请改用别的事件类型。"
        )
        return Event("none"), node
    if kind == "timer":
        return _timer(reader, element, definition), node
    if kind == "message":
        if node.kind not in CATCHING and is_external(reader, definition):
            node = replace(node, topic=camunda(definition, "topic"))
            return Event("message", name=(element.get("name") or "").strip()), node
        return message_event(reader, element, definition, node) or Event("message"), node
    if kind == "signal":
        return signal_event(reader, element, definition), node
    if kind in ("error", "escalation"):
        return _thrown(reader, element, definition, cast(EventKind, kind)), node
    if kind == "conditional":
        return _conditional(reader, element, definition), node
    if kind == "link":
        return _link(reader, element, definition), node
    if kind == "compensate":
        waits = flag(definition, "waitForCompletion", default=True)
        return Event("compensate", name=reference(definition.get("activityRef")), waits=waits), node
    return Event(cast(EventKind, kind)), node


def _timer(reader: Reader, element: Element, definition: Element) -> Event:
    found = list(children(definition, "timeDate", "timeDuration", "timeCycle"))
    if len(found) != 1 or not content(found[0]):
        reader.error(definition, f"{describe(element)}没有写明时间。", "请填写日期、时长或循环中的一种。")
        return Event("timer")
    kind = cast(TimerKind, local(found[0]).removeprefix("time").lower())
    value = reader.value(found[0], content(found[0]), "时间")
    if isinstance(value, Text):
        _check_literal(reader, element, found[0], kind, value)
    return Event("timer", timer=kind, value=value)


def _check_literal(reader: Reader, element: Element, source: Element, kind: str, value: Value) -> None:
    accepts, hint = LITERALS[kind]
    if isinstance(value, Text) and not accepts(value.value):
        reader.error(source, f"{describe(element)}：时间“{value.value}”的写法不对。", hint)


def _thrown(reader: Reader, element: Element, definition: Element, kind: EventKind) -> Event:
    """An error or escalation by its code; one that catches may name none, and then catches all."""
    what = chinese(kind)
    ref = reference(definition.get(f"{kind}Ref"))
    if not ref:
        if local(element) not in CATCHING:
            reader.error(definition, f"{describe(element)}没有指明{what}。", f"请选定一个{what}。")
        return Event(kind)
    root = (reader.errors if kind == "error" else reader.escalations).get(ref)
    code = "" if root is None else (root.get(f"{kind}Code") or "").strip()
    if root is None:
        reader.error(definition, f"{describe(element)}：没有{what} {ref}。", f"请定义此{what}，或改正引用。")
    elif not code:
        reader.error(root, f"{what} {ref} 没有代码（{kind}Code）。", f"请填写{what}代码。")
    return Event(kind, name=code)


def _conditional(reader: Reader, element: Element, definition: Element) -> Event:
    condition = child(definition, "condition")
    text = content(condition)
    if condition is None or not text:
        reader.error(definition, f"{describe(element)}没有条件。", "请填写FEEL条件，如 金额 > 100。")
        return Event("conditional")
    return Event("conditional", value=read_condition(reader, condition))


def _link(reader: Reader, element: Element, definition: Element) -> Event:
    name = (definition.get("name") or "").strip()
    if not name:
        reader.error(definition, f"{describe(element)}没有链接名称。", "请填写名称，与对应的链接事件相同。")
    return Event("link", name=name)


def _correlation(reader: Reader, element: Element, node: Node) -> Expression | None:
    key = node.properties.get("correlationKey", "")
    return reader.expression(element, key, "属性 correlationKey") if key else None
