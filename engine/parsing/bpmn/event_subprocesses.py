"""Event subprocesses as drawn: one start event that says what begins them, and nothing that leads there."""

from __future__ import annotations

from engine.model.definition import Node, Scope
from engine.parsing.bpmn.names import described
from engine.parsing.bpmn.reader import Reader

_THROWN = ("error", "escalation")
_ONCE = (*_THROWN, "compensate")  #: kinds of which only one of the same can begin
_ONLY = (
    *_THROWN,
    "conditional",
    "compensate",
)  #: kinds that start event subprocesses only


def check_event_subprocesses(reader: Reader, scope: Scope) -> None:
    """Note every event subprocess, here and further in, that could not begin."""
    _Checker(reader).scope(scope, None)


class _Checker:
    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def scope(self, scope: Scope, owner: Node | None) -> None:
        """Check this scope and those in it."""
        nodes = scope.nodes.values()
        if owner is None:
            for node in nodes:
                if node.kind == "startEvent" and _kind(node) in _ONLY:
                    self._elsewhere(node)
                elif node.kind == "startEvent" and node.others:
                    hint = "请为每个事件画一个开始事件。"
                    self._note(node, f"不支持{_name(node)}有几个事件定义。", hint)
        for node in nodes:
            if node.triggered and node.scope:
                self._event_subprocess(scope, node, node.scope)
                self._compensation(node, _starts(node.scope), owner)
            if node.scope:
                self.scope(node.scope, node)
        self._same(
            [start for node in nodes if node.triggered and node.scope for start in _starts(node.scope)]
        )

    def _elsewhere(self, node: Node) -> None:
        hint = "请改为普通开始事件，或把它放进事件子流程（triggeredByEvent）。"
        self._note(node, f"{_name(node)}等待的事件只能发起事件子流程。", hint)

    def _event_subprocess(self, scope: Scope, node: Node, inside: Scope) -> None:
        if node.kind != "subProcess" or node.loop or node.for_compensation:
            message = f"{_name(node)}不能是事务、多实例、循环或补偿活动。"
            self._note(node, message, "请在它里面再画一个这样的子流程。")
        if node.incoming or node.outgoing:
            hint = "请删除这些顺序流，它由自己的开始事件发起。"
            self._note(node, f"{_name(node)}不能有进线或出线。", hint)
        for other in scope.nodes.values():
            if other.attached_to == node.id:
                hint = "请把边界事件移到它里面的活动上。"
                self._note(other, f"{_name(node)}的边上不能有{_name(other)}。", hint)
        starts = _starts(inside)
        if len(starts) != 1:
            message = f"{_name(node)}应当恰有一个开始事件，现有{len(starts)}个。"
            self._note(node, message, "请画一个开始事件，选定消息、信号、定时、条件、错误、升级等类型。")
        for start in starts:
            self._start(start)

    def _compensation(self, node: Node, starts: list[Node], owner: Node | None) -> None:
        """Only what was completed is undone, and nothing undoes a whole process or an event subprocess."""
        if any(_kind(start) == "compensate" for start in starts) and (owner is None or owner.triggered):
            hint = "请把要补偿的步骤连同它一起放进一个普通子流程，或改用补偿边界事件。"
            self._note(node, f"{_name(node)}等待补偿，但它所在的这一层不会被补偿。", hint)

    def _start(self, start: Node) -> None:
        if _kind(start) == "none":
            hint = "请选定消息、信号、定时、条件、错误、升级等类型，或改为普通子流程。"
            self._note(start, f"事件子流程的{_name(start)}没有事件定义。", hint)
        elif _kind(start) == "error" and not start.interrupting:
            self._note(start, f"{_name(start)}：错误开始事件必须是中断的。", "请改为中断型。")

    def _same(self, starts: list[Node]) -> None:
        """Of several that catch the same, only one could ever begin."""
        seen: set[tuple[str, str]] = set()
        for start in starts:
            what = (_kind(start), start.event.name if start.event else "")
            if what in seen and what[0] in _ONCE:
                hint = "请只留一个，或改用不同的代码。"
                self._note(start, f"同一层有几个事件子流程等待同样的事件（{_name(start)}）。", hint)
            seen.add(what)

    def _note(self, node: Node, message: str, hint: str) -> None:
        self._reader.note(node.id, node.line, message, hint)


def _starts(scope: Scope) -> list[Node]:
    return [node for node in scope.nodes.values() if node.kind == "startEvent"]


def _kind(node: Node) -> str:
    return node.event.kind if node.event else "none"


def _name(node: Node) -> str:
    return described("eventSubProcess" if node.triggered else node.kind, node.name, node.id)
