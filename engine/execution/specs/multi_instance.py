"""Multi-instance bodies: parallel or sequential, over a collection or a number (BPMN 13.3.7)."""

from __future__ import annotations

from bisect import insort
from typing import Any

from engine.execution.case import Token
from engine.execution.expressions import evaluate, refuse
from engine.execution.program import ScopeSpec
from engine.execution.specs import countersign
from engine.execution.specs.base import NodeSpec
from engine.execution.specs.behaviours import ImplicitThrow
from engine.execution.variables import assign, visible
from engine.model.definition import Loop, Node

BODY = "multiInstanceBody"  #: kind of a body's activity; its instances have the node's kind


class MultiInstance(NodeSpec):
    """The body: makes instances, counts them, collects what they give, and ends when they are through.

    Kept between steps: `items` (elements that are not begun yet), `given` ([index, output] by index).
    """

    def __init__(self, spec: ScopeSpec, node: Node, loop: Loop, inside: NodeSpec) -> None:
        super().__init__(spec, node)
        self.kind = BODY
        self.loop = loop
        self.inside = inside
        self.throws: tuple[ImplicitThrow, ...] = ()  #: set by the compiler

    def _on_ready_hook(self, token: Token) -> None:
        token.case.record("entered", token)
        for event in self.boundaries:
            self.arm(token, event)

    @property
    def shares_node(self) -> bool:
        return True

    def _run_hook(self, token: Token) -> bool | None:
        items = self._items(token)
        count = len(items)
        token.data.update(
            nrOfInstances=count,
            nrOfCompletedInstances=0,
            nrOfActiveInstances=min(count, 1) if self.loop.sequential else count,
        )
        if self.loop.output_collection:
            token.internal_data["given"] = []
        countersign.begin(token, self.loop, items)
        if not items:
            self._deliver(token)
            return True
        if self.loop.sequential:
            token.internal_data["items"] = items
            self._next(token)
        else:
            token.case.schedule([self._instance(token, index, item) for index, item in enumerate(items)])
        return None

    def _items(self, token: Token) -> list[Any]:
        """One element for each instance; None where the collection is shorter than the cardinality."""
        items: list[Any] = []
        if self.loop.collection is not None:
            found = evaluate(token, self.loop.collection)
            if found is not None and not isinstance(found, list):
                raise refuse(token, "多实例的集合不是列表。", self.loop.collection.line)
            items = found or []
        if self.loop.cardinality is None:
            return items
        count = evaluate(token, self.loop.cardinality)
        if isinstance(count, bool) or not isinstance(count, int | float) or count != int(count) or count < 0:
            raise refuse(token, f"多实例的次数应是非负整数，现在是“{count}”。", self.loop.cardinality.line)
        return [items[index] if index < len(items) else None for index in range(int(count))]

    def _instance(self, token: Token, index: int, item: Any) -> Token:
        instance = Token(token.workflow, self.inside, token)
        instance.internal_data.update(body=token.id, index=index)
        instance.data["loopCounter"] = index
        if self.loop.element_variable:
            instance.data[self.loop.element_variable] = item
        return instance

    def _next(self, token: Token) -> None:
        items = token.internal_data["items"]
        index = token.data["nrOfInstances"] - len(items)
        token.internal_data["items"] = items[1:]
        token.case.schedule([self._instance(token, index, items[0])])

    def instance_done(self, token: Token, instance: Token) -> None:
        counts = token.data
        counts["nrOfCompletedInstances"] += 1
        left = bool(token.internal_data.get("items"))
        counts["nrOfActiveInstances"] = (
            int(left) if self.loop.sequential else counts["nrOfInstances"] - counts["nrOfCompletedInstances"]
        )
        self._collect(token, instance)
        if self.loop.countersign is not None:
            countersign.count(token, self.loop.countersign, instance)
        if not self._throw(token, instance):
            return
        if counts["nrOfCompletedInstances"] == counts["nrOfInstances"] or self._through(token, instance):
            for other in self._instances(token):
                token.case.cancel(other)
            self._deliver(token)
            token.complete()
        elif left:
            self._next(token)

    def _throw(self, token: Token, instance: Token) -> bool:
        """Throw what this completion brings about; False if that ended the whole activity."""
        for each in self.throws:
            if token.live and each.due(instance, token.data["nrOfCompletedInstances"]):
                each.throw(token)
        return token.live

    def _instances(self, token: Token) -> list[Token]:
        return [other for other in token.dependants() if "body" in other.internal_data]

    def _collect(self, token: Token, instance: Token) -> None:
        if self.loop.output_collection is None:
            return
        value = None
        if self.loop.output_element is not None:
            value = evaluate(instance, self.loop.output_element)
        insort(
            token.internal_data["given"], [instance.internal_data["index"], value], key=lambda pair: pair[0]
        )

    def _through(self, token: Token, instance: Token) -> bool:
        """Whether the completion condition holds; it also sees what was collected so far."""
        if self.loop.countersign is not None and countersign.ended(token, self.loop.countersign):
            return True
        if self.loop.completion is None:
            return False
        context = visible(instance)
        if self.loop.output_collection:
            context[self.loop.output_collection] = self._collected(token)
        return evaluate(instance, self.loop.completion, context) is True

    def _deliver(self, token: Token) -> None:
        if self.loop.output_collection:
            assign(token, self.loop.output_collection, self._collected(token))
        if self.loop.countersign is not None:
            countersign.deliver(token, self.loop.countersign)

    def _collected(self, token: Token) -> list[Any]:
        return [value for _, value in token.internal_data["given"]]
