"""The flow nodes, flows and lanes of a process or an embedded subprocess.

Ignored, since they only explain: data stores, text annotations, groups, pools that
are black boxes, message flows, auditing, monitoring, and extensions of namespaces that no engine reads.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from engine.model.definition import Assignment, Expression, Flow, Node, Scope
from engine.parsing.bpmn.activities import read_activity, read_form
from engine.parsing.bpmn.ad_hoc import read_ad_hoc
from engine.parsing.bpmn.compensation import with_handlers
from engine.parsing.bpmn.conditions import read_condition
from engine.parsing.bpmn.data import own_data, tell_stores, with_data
from engine.parsing.bpmn.events import read_event
from engine.parsing.bpmn.names import ACTIVITIES, EVENTS, NODES, REFUSED_NODES, SUBPROCESSES, chinese
from engine.parsing.bpmn.payload import read_payload
from engine.parsing.bpmn.reader import (
    Element,
    Reader,
    camunda,
    child,
    children,
    content,
    describe,
    documentation,
    flag,
    reference,
)
from engine.parsing.bpmn.vocabulary import check_vocabulary, properties
from engine.parsing.xml import line_of, local


def read_scope(reader: Reader, element: Element, lanes: Mapping[str, str], lane: str = "") -> Scope:
    """Everything that flows in this element; `lane` is what nodes without a lane of their own stand in."""
    tell_stores(reader, element)
    nodes: dict[str, Node] = {}
    flows: dict[str, Flow] = {}
    for each in children(element):
        kind = local(each)
        if kind == "sequenceFlow":
            flow = _flow(reader, each)
            if flow:
                flows[flow.id] = flow
        elif kind in NODES or kind in REFUSED_NODES:
            node = _node(reader, each, lanes, lane)
            if node:
                nodes[node.id] = node
    return Scope(with_handlers(element, _connected(nodes, flows)), flows)


def read_lanes(reader: Reader, process: Element) -> tuple[dict[str, str], tuple[str, ...]]:
    """Node id -> name of its innermost lane, and the names of all innermost lanes in order."""
    found: dict[str, str] = {}
    names: list[str] = []
    ids = {each.get("id") for each in process.iter("*")}
    for lane in _lanes(process, "laneSet"):
        name = (lane.get("name") or "").strip()
        refs = [content(each) for each in children(lane, "flowNodeRef")]
        innermost = child(lane, "childLaneSet") is None
        if innermost and name and name not in names:
            names.append(name)
        if innermost and refs and not name:
            reader.warn(lane, f"泳道 {lane.get('id') or ''} 没有名称。", "请填写承办的岗位或部门。")
        for ref in refs:
            found[ref] = name or found.get(ref, "")
            if ref not in ids:
                reader.warn(lane, f"泳道“{name}”引用了不存在的元素 {ref}。", "请在编辑器中重新放置。")
    return found, tuple(names)


def _lanes(element: Element, name: str) -> Iterator[Element]:
    """Lanes, outer before inner."""
    for holder in children(element, name):
        for lane in children(holder, "lane"):
            yield lane
            yield from _lanes(lane, "childLaneSet")


def _flow(reader: Reader, element: Element) -> Flow | None:
    check_vocabulary(reader, element)
    if not element.get("id"):
        reader.error(element, "顺序流没有id。", "请给它一个id。")
        return None
    return Flow(
        id=element.get("id") or "",
        source=reference(element.get("sourceRef")),
        target=reference(element.get("targetRef")),
        name=element.get("name") or "",
        condition=_condition(reader, element),
        line=line_of(element),
    )


def _condition(reader: Reader, flow: Element) -> Expression | None:
    element = child(flow, "conditionExpression")
    return None if element is None else read_condition(reader, element)


def _node(reader: Reader, element: Element, lanes: Mapping[str, str], outer: str) -> Node | None:
    kind = local(element)
    element_id = element.get("id") or ""
    if not element_id:
        reader.error(element, f"{chinese(kind)}没有id。", "请给它一个id。")
        return None
    node = Node(
        id=element_id,
        kind=kind,
        name=element.get("name") or "",
        line=line_of(element),
        lane=lanes.get(element_id) or outer,
        documentation=documentation(element),
        default=reference(element.get("default")) or None,
    )
    if kind in REFUSED_NODES:
        reader.error(element, f"不支持{describe(element)}。", "请改用支持的元素。")
        reader.refused.add(element_id)
        return node
    check_vocabulary(reader, element)
    node = replace(
        node,
        properties=properties(reader, element),
        async_before="true" in (camunda(element, "asyncBefore"), camunda(element, "async")),
        async_after=camunda(element, "asyncAfter") == "true",
    )
    return _detailed(reader, element, node, lanes)


def _detailed(reader: Reader, element: Element, node: Node, lanes: Mapping[str, str]) -> Node:
    if node.kind in ACTIVITIES:
        node = read_activity(reader, element, node)
    if node.kind in EVENTS:
        node = read_event(reader, element, read_payload(reader, element, node))
    node = with_data(reader, element, node)
    if node.kind == "startEvent":
        form = read_form(reader, element)
        return replace(node, assignment=Assignment(form_ref=form)) if form else node
    if node.kind == "transaction" and element.get("method", "##Compensate") != "##Compensate":
        reader.refuse(element, f"事务方式 {element.get('method')}", "请删除 method 属性，取消时逐步补偿。")
    if node.kind == "adHocSubProcess":
        node = replace(node, ad_hoc=read_ad_hoc(reader, element, node))
    if node.kind in SUBPROCESSES:
        triggered = flag(element, "triggeredByEvent")
        node = replace(node, triggered=triggered, data=own_data(reader, element))
        return replace(node, scope=read_scope(reader, element, lanes, node.lane))
    if node.kind == "complexGateway":
        text = content(child(element, "activationCondition"))
        return replace(node, activation=reader.expression(element, text, "激活条件"))
    if node.kind == "eventBasedGateway":
        if element.get("eventGatewayType", "Exclusive") != "Exclusive":
            reader.refuse(element, "并行的事件网关", "请改用普通事件网关，几个消息都要等到的，请画并行网关。")
        return replace(node, instantiate=flag(element, "instantiate"))
    return node


def _connected(nodes: Mapping[str, Node], flows: Mapping[str, Flow]) -> dict[str, Node]:
    incoming: dict[str, list[str]] = {}
    outgoing: dict[str, list[str]] = {}
    for flow in flows.values():
        incoming.setdefault(flow.target, []).append(flow.id)
        outgoing.setdefault(flow.source, []).append(flow.id)
    return {
        key: replace(node, incoming=tuple(incoming.get(key, ())), outgoing=tuple(outgoing.get(key, ())))
        for key, node in nodes.items()
    }
