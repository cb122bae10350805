"""Small processes for tests: `Builder("p").start().user("a", groups="g").end()` as AST or as BPMN XML.

Every call adds a node and a flow from the node before it. `at(id)` goes back to a node, `to(id)` connects to
an existing one, `when(feel)` and `default()` qualify the next flow. A flow is named `source-target`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from engine.model.definition import (
    AdHoc,
    Assignment,
    Call,
    Event,
    Expression,
    Flow,
    Loop,
    Node,
    Parameter,
    ProcessModel,
    Scope,
    Text,
    Value,
)
from tests.builders_xml import to_xml


def value(text: str | None) -> Value | None:
    """A literal, or FEEL if it begins with "="."""
    if text is None:
        return None
    return Expression(text[1:].strip()) if text.startswith("=") else Text(text)


def feel(text: str | None) -> Expression | None:
    """FEEL, with or without the leading "="."""
    return None if text is None else Expression(text.removeprefix("=").strip())


def assigns(mapping: Mapping[str, str] | None) -> tuple[Parameter, ...]:
    """Parameters from `{"target": "literal or =FEEL"}`."""
    return tuple(Parameter(key, value(text) or Text("")) for key, text in (mapping or {}).items())


def many(
    collection: str | None = None,
    *,
    times: str | None = None,
    element: str | None = None,
    sequential: bool = False,
    until: str | None = None,
    output: tuple[str, str] | None = None,
) -> Loop:
    """Multi-instance characteristics; `output` is (outputCollection, outputElement)."""
    return Loop(
        sequential=sequential,
        collection=feel(collection),
        cardinality=feel(times),
        element_variable=element,
        completion=feel(until),
        output_collection=output[0] if output else None,
        output_element=feel(output[1]) if output else None,
    )


def event(kind: str, name: str = "", timer: str | None = None, correlation: str | None = None) -> Event:
    """An event definition; `timer` is like "duration PT1H", "date =when" or "cycle R3/PT1H"."""
    which, text = timer.split(" ", 1) if timer else (None, None)
    if kind == "conditional":
        return Event(kind, value=feel(name))
    return Event(kind=kind, timer=which, value=value(text), name=name, correlation=feel(correlation))  # type: ignore[arg-type]


@dataclass
class Builder:
    """Builds one process, or the inside of an embedded subprocess."""

    key: str = "p"
    name: str = ""
    starter_groups: tuple[str, ...] = ()
    properties: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._nodes: dict[str, Node] = {}
        self._flows: dict[str, Flow] = {}
        self._here: str | None = None
        self._condition: Expression | None = None
        self._default = False

    # nodes -----------------------------------------------------------------------------------------------
    def node(self, id: str, kind: str, **more: Any) -> Builder:
        """Add any node and connect the current node to it."""
        self._nodes[id] = Node(id=id, kind=kind, **{"name": id, **_common(more)})
        return self.to(id, move=True)

    def start(self, id: str = "start", *, form: str | None = None, **more: Any) -> Builder:
        self._here = None
        if form:
            more["assignment"] = Assignment(form_ref=form)
        return self.node(id, "startEvent", **{"event": event("none"), **more})

    def end(self, id: str = "end", kind: str = "none", name: str = "", **more: Any) -> Builder:
        return self.node(id, "endEvent", event=event(kind, name), **more)

    def user(
        self,
        id: str,
        *,
        groups: str | None = None,
        users: str | None = None,
        assignee: str | None = None,
        due: str | None = None,
        form: str | None = None,
        priority: str | None = None,
        kind: str = "userTask",
        **more: Any,
    ) -> Builder:
        assignment = Assignment(
            assignee=value(assignee),
            candidate_groups=value(groups),
            candidate_users=value(users),
            due_date=value(due),
            priority=value(priority),
            form_ref=form,
        )
        return self.node(id, kind, assignment=assignment, **more)

    def task(self, id: str, **more: Any) -> Builder:
        return self.node(id, "task", **more)

    def script(self, id: str, text: str, result: str | None = None, **more: Any) -> Builder:
        return self.node(id, "scriptTask", script=feel(text), result_variable=result, **more)

    def service(self, id: str, topic: str, **more: Any) -> Builder:
        return self.node(id, "serviceTask", topic=topic, **more)

    def rule(self, id: str, decision: str, result: str | None = None, **more: Any) -> Builder:
        return self.node(id, "businessRuleTask", decision_ref=decision, result_variable=result, **more)

    def send(self, id: str, message: str, **more: Any) -> Builder:
        return self.node(id, "sendTask", event=event("message", message), **more)

    def receive(self, id: str, message: str, correlation: str | None = None, **more: Any) -> Builder:
        return self.node(id, "receiveTask", event=event("message", message, None, correlation), **more)

    def catch(
        self,
        id: str,
        *,
        timer: str | None = None,
        message: str = "",
        signal: str = "",
        correlation: str | None = None,
        link: str = "",
        condition: str = "",
        **more: Any,
    ) -> Builder:
        kind = "timer" if timer else "link" if link else "signal" if signal else "message"
        if link:
            self._here = None
        kind = "conditional" if condition else kind
        what = event(kind, message or link or signal or condition, timer, correlation)
        return self.node(id, "intermediateCatchEvent", event=what, **more)

    def throw(
        self,
        id: str,
        message: str = "",
        *,
        escalation: str = "",
        link: str = "",
        signal: str = "",
        **more: Any,
    ) -> Builder:
        kind = "message" if message else "escalation" if escalation else "link" if link else "none"
        what = event("signal" if signal else kind, message or escalation or link or signal)
        return self.node(id, "intermediateThrowEvent", event=what, **more)

    def boundary(
        self,
        id: str,
        on: str,
        *,
        timer: str | None = None,
        message: str | None = None,
        signal: str | None = None,
        error: str | None = None,
        escalation: str | None = None,
        condition: str | None = None,
        interrupting: bool = True,
        **more: Any,
    ) -> Builder:
        """A boundary event on node `on`; the cursor goes to it."""
        kind = "timer" if timer else "message" if message is not None else "signal" if signal else "error"
        kind = "conditional" if condition else kind if escalation is None else "escalation"
        what = event(kind, message or signal or error or escalation or condition or "", timer)
        self._here = None
        return self.node(id, "boundaryEvent", event=what, attached_to=on, interrupting=interrupting, **more)

    def exclusive(self, id: str, **more: Any) -> Builder:
        return self.node(id, "exclusiveGateway", **more)

    def parallel(self, id: str, **more: Any) -> Builder:
        return self.node(id, "parallelGateway", **more)

    def inclusive(self, id: str, **more: Any) -> Builder:
        return self.node(id, "inclusiveGateway", **more)

    def complex(self, id: str, activation: str | None = None, **more: Any) -> Builder:
        """A complex gateway; `activation` is its FEEL condition over `activationCount`."""
        return self.node(id, "complexGateway", activation=feel(activation), **more)

    def event_gateway(self, id: str, **more: Any) -> Builder:
        return self.node(id, "eventBasedGateway", **more)

    def sub(self, id: str, inner: Builder, **more: Any) -> Builder:
        return self.node(id, "subProcess", scope=inner.scope(), **more)

    def on(
        self,
        id: str,
        inner: Builder,
        *,
        timer: str | None = None,
        message: str | None = None,
        signal: str | None = None,
        error: str | None = None,
        escalation: str | None = None,
        condition: str | None = None,
        undoing: bool = False,
        interrupting: bool = True,
        **more: Any,
    ) -> Builder:
        """An event subprocess, whose inside begins at a start event `on-ID` of this kind, beside the flow."""
        here, self._here = self._here, None
        given = {"timer": timer, "message": message, "signal": signal, "escalation": escalation}
        given["conditional"], given["compensate"] = condition, "" if undoing else None
        kind = next((kind for kind, name in given.items() if name is not None), "error")
        start = Builder().start(
            f"on-{id}",
            event=event(kind, "" if timer else given.get(kind) or error or "", timer),
            interrupting=interrupting,
        )
        first = next(iter(inner._nodes))
        start._nodes |= inner._nodes
        start._flows |= inner._flows
        self.node(id, "subProcess", scope=start.to(first).scope(), triggered=True, **more)
        self._here = here
        return self

    def ad_hoc(self, id: str, inner: Builder, how: AdHoc | None = None, **more: Any) -> Builder:
        """An ad-hoc subprocess of the nodes that the inner builder holds."""
        return self.node(id, "adHocSubProcess", scope=inner.scope(), ad_hoc=how or AdHoc(), **more)

    def loose(self) -> Builder:
        """The next node gets no flow from the one before."""
        self._here = None
        return self

    def call(
        self,
        id: str,
        key: str,
        *,
        all_in: bool = False,
        all_out: bool = False,
        given: Mapping[str, str] | None = None,
        taken: Mapping[str, str] | None = None,
        **more: Any,
    ) -> Builder:
        """A call activity; `given` and `taken` map target variables to values of the source."""
        what = Call(key, all_in, all_out, assigns(given), assigns(taken))
        return self.node(id, "callActivity", call=what, **more)

    def undo(self, on: str, handler: str, *, via: str = "", **more: Any) -> Builder:
        """A compensation boundary event on node `on`, and the user task (or `kind`) that undoes it."""
        self._here = None
        name = via or f"c-{on}"
        self.node(name, "boundaryEvent", event=event("compensate"), attached_to=on, handler=handler)
        self._here = None
        self.node(handler, more.pop("kind", "userTask"), for_compensation=True, **more)
        self._here = None
        return self

    def compensate(self, id: str, activity: str = "", waits: bool = True, **more: Any) -> Builder:
        """A compensation throw event (or `kind="endEvent"`)."""
        what = replace(event("compensate", activity), waits=waits)
        return self.node(id, more.pop("kind", "intermediateThrowEvent"), event=what, **more)

    # flows -----------------------------------------------------------------------------------------------
    def at(self, id: str) -> Builder:
        """Go on from an existing node."""
        self._here = id
        return self

    def when(self, condition: str) -> Builder:
        """The next flow has this FEEL condition."""
        self._condition = feel(condition)
        return self

    def default(self) -> Builder:
        """The next flow is its source's default."""
        self._default = True
        return self

    def to(self, id: str, *, move: bool = False) -> Builder:
        """Connect the current node to a node, which may be added later."""
        if self._here is not None:
            name = f"{self._here}-{id}"
            while name in self._flows:
                name += "x"
            self._flows[name] = Flow(name, self._here, id, condition=self._condition)
            if self._default:
                self._nodes[self._here] = replace(self._nodes[self._here], default=name)
        self._condition, self._default = None, False
        self._here = id if move else self._here
        return self

    # results ---------------------------------------------------------------------------------------------
    def scope(self) -> Scope:
        """The nodes and flows so far."""
        flows = self._flows.values()
        nodes = {
            id: replace(
                node,
                incoming=tuple(flow.id for flow in flows if flow.target == id),
                outgoing=tuple(flow.id for flow in flows if flow.source == id),
            )
            for id, node in self._nodes.items()
        }
        return Scope(nodes, dict(self._flows))

    def build(self) -> ProcessModel:
        """The process as AST."""
        return ProcessModel(
            self.key,
            self.name or self.key,
            self.scope(),
            resource=f"{self.key}.bpmn",
            properties=self.properties,
            starter_groups=self.starter_groups,
        )

    def xml(self) -> bytes:
        """The process as a BPMN file."""
        return to_xml(self.build())


def _common(more: dict[str, Any]) -> dict[str, Any]:
    """Turn plain mappings of parameters into AST values."""
    for name in ("inputs", "outputs"):
        if isinstance(more.get(name), Mapping):
            more[name] = assigns(more[name])
    return more
