"""Whether what is drawn can run: starts, ends, flows, gateways, attachments, reachability."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from engine.model.definition import Flow, Node, Scope
from engine.parsing.bpmn.names import ACTIVITIES, REFUSED_NODES, described
from engine.parsing.bpmn.reader import Reader


def check_structure(
    reader: Reader, scope: Scope, owner: str, line: int | None, *, top: bool, inside: Node | None = None
) -> Scope:
    """Note what is wrong in this scope and those in it; the scope without conditions that have no effect."""
    checker = _Checker(reader, scope)
    if inside is not None and inside.ad_hoc is not None:
        checker.ad_hoc(owner, line)
    elif inside is None or not inside.triggered:
        checker.starts(owner, line, top=top)
    for flow in scope.flows.values():
        checker.flow(flow)
    for node in scope.nodes.values():
        checker.node(node)
    checker.reach(owner, line)
    nodes = {
        key: replace(node, scope=_inside(reader, node, node.scope))
        if node.scope and node.id not in reader.refused
        else node
        for key, node in scope.nodes.items()
    }
    flows = {key: _effective(scope, flow) for key, flow in scope.flows.items()}
    return Scope(nodes, flows)


def _inside(reader: Reader, node: Node, scope: Scope) -> Scope:
    return check_structure(reader, scope, node.id, node.line, top=False, inside=node)


def _effective(scope: Scope, flow: Flow) -> Flow:
    source = scope.nodes.get(flow.source)
    return replace(flow, condition=None) if source and source.kind == "parallelGateway" else flow


@dataclass
class _Checker:
    reader: Reader
    scope: Scope

    def error(self, item: Node | Flow, message: str, hint: str) -> None:
        self.reader.note(item.id, item.line, message, hint)

    def warn(self, item: Node | Flow, message: str, hint: str) -> None:
        self.reader.note(item.id, item.line, message, hint, "warning")

    def starts(self, owner: str, line: int | None, *, top: bool) -> None:
        starts = [node for node in self.scope.nodes.values() if node.kind == "startEvent"]
        begins = [node for node in self.scope.nodes.values() if node.instantiate]
        for node in begins:
            if node.incoming or not top:
                self.error(
                    node,
                    f"发起流程的{_name(node)}必须是流程最外层的第一步，前面不能有进线。",
                    "请删除进线（和它前面的开始事件），或取消“发起流程”（instantiate）。",
                )
        if not (starts or begins):
            self._without_start(owner, line, "流程" if top else "子流程", top=top)
        none = [node for node in starts if node.event and node.event.kind == "none"]
        for node in none[1:]:
            self.error(node, f"有几个无条件的开始事件（{_name(node)}）。", "请只留一个。")
        if not top:
            for node in starts:
                if node not in none:
                    self.error(
                        node,
                        f"子流程的{_name(node)}不能等待定时或消息。",
                        "请改为普通开始事件，或把子流程改为事件子流程。",
                    )

    def _without_start(self, owner: str, line: int | None, what: str, *, top: bool) -> None:
        """BPMN 10.5.2: everything that nothing leads to begins at once; an empty subprocess is passed."""
        loose = [self.scope.nodes[name] for name in self.scope.loose()]
        if loose:
            names = "、".join(_name(node) for node in loose)
            self.reader.note(
                owner, line, f"{what}没有开始事件，将从{names}开始。", "请画一个开始事件。", "warning"
            )
        elif self.scope.nodes or top:
            self.reader.note(owner, line, f"{what}没有开始事件。", "请画一个开始事件。")
        else:
            self.reader.note(owner, line, "子流程是空的，会直接通过。", "请画出里面的步骤。", "warning")

    def ad_hoc(self, owner: str, line: int | None) -> None:
        """BPMN 10.3.5: people choose among activities; nothing starts or ends the whole."""
        for node in self.scope.nodes.values():
            if node.kind in ("startEvent", "endEvent"):
                self.error(node, f"即席子流程里不能有{_name(node)}。", "请删除它，由办理人选择先办哪一步。")
        if not self.scope.choices():
            self.reader.note(
                owner, line, "即席子流程里没有可以选办的步骤。", "请画出任务，供选办的任务不要有进线。"
            )

    def flow(self, flow: Flow) -> None:
        for end, what in ((flow.source, "起点"), (flow.target, "终点")):
            if end not in self.scope.nodes:
                where = f"“{end}”" if end else ""
                self.error(
                    flow,
                    f"顺序流 {flow.id} 的{what}{where}不存在，或者在子流程的另一侧。",
                    "请重新连线。",
                )
        source, target = self.scope.nodes.get(flow.source), self.scope.nodes.get(flow.target)
        if target and target.kind in ("startEvent", "boundaryEvent"):
            self.error(flow, f"顺序流 {flow.id} 流入了{_name(target)}。", "请改连到它后面的元素。")
        if source and source.kind == "endEvent":
            self.error(flow, f"顺序流 {flow.id} 从{_name(source)}流出。", "请删除这条线。")

    def node(self, node: Node) -> None:
        if node.id in self.reader.refused:
            return
        if node.default and node.default not in node.outgoing:
            self.error(node, f"{_name(node)}的默认流 {node.default} 不是它的出线。", "请重新指定默认流。")
        check = _CHECKS.get(node.kind, _Checker.conditional)
        check(self, node)

    def exclusive(self, node: Node) -> None:
        flows = self._outgoing(node)
        for flow in flows:
            if flow.id == node.default and flow.condition:
                self.error(flow, f"默认流 {flow.id} 不能带条件。", "请删除条件。")
            missing = not flow.condition and flow.id != node.default and len(flows) > 1
            if missing and node.kind == "exclusiveGateway":
                self.error(
                    flow,
                    f"{_name(node)}的出线 {_flow_name(flow)} 没有条件。",
                    "请填写条件，或设为默认流。",
                )
        if flows and all(flow.condition for flow in flows):
            self.warn(node, f"{_name(node)}没有默认流，条件都不成立时办理会停住。", "请指定一条默认流。")

    def complex(self, node: Node) -> None:
        if len(node.incoming) > 1 and node.activation is None:
            self.error(
                node,
                f"{_name(node)}有几条进线，但没有激活条件（activationCondition）。",
                "请填写何时放行，如 activationCount >= 2；要等全部到齐，请改用并行网关。",
            )
        self.exclusive(node)

    def parallel(self, node: Node) -> None:
        for flow in self._outgoing(node):
            if flow.condition:
                self.warn(
                    flow,
                    f"{_name(node)}的出线 {_flow_name(flow)} 的条件不起作用。",
                    "请删除条件，或改用包容网关。",
                )

    def event_gateway(self, node: Node) -> None:
        flows = self._outgoing(node)
        if len(flows) < 2:
            self.error(node, f"{_name(node)}至少要有两条出线。", "请补画可能发生的事件。")
        for flow in flows:
            target = self.scope.nodes.get(flow.target)
            if target is None:
                continue
            if target.kind not in ("intermediateCatchEvent", "receiveTask"):
                self.error(
                    flow,
                    f"{_name(node)}后面只能是中间捕获事件或接收任务，不能是{_name(target)}。",
                    "请改连到事件。",
                )
            elif node.instantiate and (
                target.event is None or target.event.kind not in ("message", "signal")
            ):
                self.error(
                    target,
                    f"{_name(node)}用来发起流程，后面的{_name(target)}只能等消息或信号。",
                    "请改为消息、信号事件或接收任务，或取消“发起流程”（instantiate）。",
                )
            elif len(target.incoming) > 1:
                self.error(target, f"{_name(node)}后面的{_name(target)}不能有别的进线。", "请分开画。")
            else:
                self.armed(node, target)
        self.conditions_elsewhere(node)

    def armed(self, gateway: Node, target: Node) -> None:
        """Note what a step cannot have behind the gateway, since it is entered only when its event comes."""
        for has, what, do in (
            (target.loop, "是多实例或循环", "请取消，或在它前面画普通网关"),
            (gateway.instantiate and target.others, "有几个事件定义", "请为每个事件各画一条出线"),
            (target.async_before, "有 asyncBefore", "请删除，异步的部分写在它后面"),
            (target.start_quantity > 1, "要到齐几次才开始（startQuantity）", "请删除"),
            (self._boundaries(target), "有边界事件", "请把该事件直接画在事件网关后面"),
            (target.for_compensation, "是补偿活动", "请另画一个活动"),
        ):
            if has:
                hint = f"事件网关后面的步骤要等事件来了才进入，{do}。"
                self.error(target, f"{_name(gateway)}后面的{_name(target)}不能执行：它{what}。", hint)

    def _boundaries(self, host: Node) -> list[Node]:
        return [node for node in self.scope.nodes.values() if node.attached_to == host.id]

    def boundary(self, node: Node) -> None:
        host = self.scope.nodes.get(node.attached_to or "")
        if host is None or host.kind not in ACTIVITIES | REFUSED_NODES:
            self.error(node, f"{_name(node)}没有附着在任务或子流程上。", "请把它放到任务或子流程的边上。")
        self.conditional(node)

    def conditional(self, node: Node) -> None:
        """Flows out of an activity or event: all without a condition, and those whose condition holds."""
        flows = self._outgoing(node)
        for flow in flows:
            if flow.id == node.default and flow.condition:
                self.error(flow, f"默认流 {flow.id} 不能带条件。", "请删除条件。")
        if flows and all(flow.condition for flow in flows):
            self.warn(
                node,
                f"{_name(node)}的出线都有条件，条件都不成立时办理会停住。",
                "请指定一条默认流，或留一条不带条件的出线。",
            )

    def conditions_elsewhere(self, node: Node) -> None:
        flows = self._outgoing(node)
        for flow in flows:
            if flow.condition:
                self.error(
                    flow,
                    f"不支持从{_name(node)}直接流出带条件的顺序流 {_flow_name(flow)}。",
                    "事件网关只按先发生的事件选路，请删除条件。",
                )

    def reach(self, owner: str, line: int | None) -> None:
        """Note nodes that nothing leads to, and a way that never ends."""
        nodes = self.scope.nodes
        starts = [node.id for node in nodes.values() if node.begins] or self.scope.loose()
        if not starts:
            return
        onward = {key: self._next(node) for key, node in nodes.items()}
        for node in nodes.values():
            if node.attached_to in onward:
                onward[node.attached_to].append(node.id)
        for link, target in self.scope.links().items():
            onward[link].append(target)
        reached = _closure(starts, onward)
        for node in nodes.values():
            if not (node.id in reached or node.id in self.reader.refused or node.beside):
                self.warn(node, f"{_name(node)}走不到。", "请连上进线，或删除。")
        backward: dict[str, list[str]] = {}
        for key, targets in onward.items():
            for target in targets:
                backward.setdefault(target, []).append(key)
        ends = [node.id for node in nodes.values() if not onward[node.id]]
        if not reached & _closure(ends, backward):
            self.reader.note(owner, line, "从开始事件走不到任何结束。", "请画出结束事件。", "warning")

    def _next(self, node: Node) -> list[str]:
        return [flow.target for flow in self._outgoing(node) if flow.target in self.scope.nodes]

    def _outgoing(self, node: Node) -> list[Flow]:
        return [self.scope.flows[each] for each in node.outgoing]


_CHECKS: Mapping[str, Callable[[_Checker, Node], None]] = {
    "exclusiveGateway": _Checker.exclusive,
    "inclusiveGateway": _Checker.exclusive,
    "complexGateway": _Checker.complex,
    "parallelGateway": _Checker.parallel,
    "eventBasedGateway": _Checker.event_gateway,
    "boundaryEvent": _Checker.boundary,
}


def _closure(starts: Iterable[str], edges: Mapping[str, list[str]]) -> set[str]:
    found = set(starts)
    todo = list(found)
    while todo:
        for each in edges.get(todo.pop(), ()):
            if each not in found:
                found.add(each)
                todo.append(each)
    return found


def _name(node: Node) -> str:
    return described(node.kind, node.name, node.id)


def _flow_name(flow: Flow) -> str:
    return f"“{flow.name}”" if flow.name else flow.id
