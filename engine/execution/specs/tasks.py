"""Tasks: those that people do, those that handlers do, and those that are computed at once."""

from __future__ import annotations

import json
from typing import Any

from engine import decisions
from engine.errors import DecisionError
from engine.execution.case import Token
from engine.execution.expressions import evaluate, evaluate_all, refuse
from engine.execution.sending import send
from engine.execution.specs.base import NodeSpec
from engine.execution.specs.events import EndEvent, MessageCatch
from engine.execution.variables import local, visible
from engine.feel import Scope
from engine.model.assigning import Named, Wish, called, declared
from engine.model.definition import Assignment, Expression, Value
from engine.model.execution import DecisionMade, OpenedJob, OpenedTask

DEFAULT_PRIORITY = 50
Key = tuple[str, str]

_OWN = frozenset(  #: not for the task itself
    {"outputCollection", "outputElement", "correlationKey", "countersignVote", "countersignWeight"}
    | {"collectiveMembers", "collectiveMinutesName"}
)
_ASSIGNMENT = ("assignee", "candidate_groups", "candidate_users", "due_date", "follow_up_date", "priority")


class HumanTask(NodeSpec):
    """A user or manual task: waits for a person."""

    by_hand = True

    def _run_hook(self, token: Token) -> bool | None:
        node = self.node
        assignment = node.assignment or Assignment()
        values: dict[tuple[str, str], Value] = {
            ("", name): value for name in _ASSIGNMENT if (value := getattr(assignment, name)) is not None
        }
        for name, text in node.properties.items():
            if text.startswith("=") and name not in _OWN:
                values["property", name] = Expression(text[1:].strip(), node.line)
        asked = _answers_of_functions(token, values)
        answers = {**asked, **evaluate_all(token, values)}
        given = {name: answers.get(("", name)) for name in _ASSIGNMENT}
        properties = {
            name: _text(answers["property", name]) if ("property", name) in answers else text
            for name, text in node.properties.items()
        }
        named = _named(token, given, properties, bool(asked))
        task = OpenedTask(
            activity_id=token.id,
            element_id=node.id,
            definition_id=token.workflow.spec.definition_id,
            name=node.name,
            lane=node.lane,
            assignee=token.internal_data.get("for") or named.assignee or None,
            candidate_groups=named.groups,
            candidate_users=named.users,
            due_date=_text(given["due_date"]) or None,
            follow_up_date=_text(given["follow_up_date"]) or None,
            priority=self._priority(token, given["priority"]),
            form_ref=assignment.form_ref,
            properties=properties,
            local=local(token),
            note=named.note,
        )
        token.case.open(token, task)
        return None

    def _priority(self, token: Token, value: Any) -> int:
        if value is None or value == "":
            return DEFAULT_PRIORITY
        try:
            return int(value)
        except (TypeError, ValueError) as error:
            raise refuse(token, f"优先级应是整数，现在是“{_text(value)}”。") from error


class HandlerTask(NodeSpec):
    """A task or event with a topic: waits for the handler's result."""

    by_hand = True

    def _run_hook(self, token: Token) -> bool | None:
        node, run = self.node, token.workflow
        job = OpenedJob(
            token.id,
            "handler",
            node.id,
            run.spec.definition_id,
            topic=node.topic or "",
        )
        token.case.open(token, job)
        return None


class HandlerEnd(HandlerTask, EndEvent):
    """A message end event with a topic: the token ends when the handler is done."""


class SendTask(NodeSpec):
    """Sends its message and goes on."""

    def _run_hook(self, token: Token) -> bool | None:
        send(token)
        return True


class ReceiveTask(MessageCatch):
    """Waits for a message, or for a person who knows that it has come."""

    by_hand = True

    def _run_hook(self, token: Token) -> bool | None:
        """Where it begins the instance, its message has come already."""
        return True if self.node.instantiate else super()._run_hook(token)


class ScriptTask(NodeSpec):
    """Computes FEEL into its result variable."""

    def _run_hook(self, token: Token) -> bool | None:
        if self.node.script is not None:
            value = evaluate(token, self.node.script)
            if self.node.result_variable:
                token.result = {self.node.result_variable: value}
        return True


class BusinessRuleTask(NodeSpec):
    """Asks a decision and keeps its result in the result variable."""

    def _run_hook(self, token: Token) -> bool | None:
        node, program = self.node, token.case.program
        name = node.decision_ref or ""
        try:
            made = decisions.evaluate(program.decisions, name, visible(token), now=token.case.now)
            result = decisions.map_result(program.decisions[name], made, node.map_decision_result)
        except DecisionError as error:
            raise refuse(token, error.message) from error
        token.case.trace.append(DecisionMade(token.id, made))
        if node.result_variable:
            token.result = {node.result_variable: result}
        return True


def _answers_of_functions(token: Token, values: dict[Key, Value]) -> dict[Key, Any]:
    """Answers of those that call functions over the organisation, which are taken out of `values`."""
    asking = {
        key: (value, functions)
        for key, value in values.items()
        if key[0] == "" and isinstance(value, Expression) and (functions := called(value.feel))
    }
    if not asking:
        return {}
    functions = {name: text for _, mine in asking.values() for name, text in mine.items()}
    for key in asking:
        del values[key]
    scope = Scope(visible(token), functions=functions)
    return evaluate_all(token, {key: value for key, (value, _) in asking.items()}, scope)


def _named(token: Token, given: dict[str, Any], properties: dict[str, str], asked: bool) -> Named:
    """Whom the answers name; what functions mean is resolved, and steps to keep apart from are noted."""
    assignee, users, groups = (given[name] for name in ("assignee", "candidate_users", "candidate_groups"))
    node = token.task_spec.node
    open_to_lane = node.lane and (node.assignment is None or node.assignment.candidate_groups is None)
    backup = (node.lane,) if open_to_lane else ()
    if not asked or not any(declared(one) for one in (assignee, users, groups)):
        return Named(_text(assignee), _names(users), backup or _names(groups))
    if token.case.program.resolve is None:
        return Named(groups=backup)
    named = token.case.program.resolve(Wish(assignee, users, groups, backup))
    if named.problem and not token.internal_data.get("for"):
        raise refuse(token, named.problem)
    if named.apart:
        before = [one.strip() for one in properties.get("separateFrom", "").split(",")]
        properties["separateFrom"] = ",".join(dict.fromkeys(one for one in (*before, *named.apart) if one))
    return named


def _names(value: Any) -> tuple[str, ...]:
    """Names out of comma-separated text or a list."""
    parts = value if isinstance(value, list) else _text(value).split(",")
    return tuple(name for name in (_text(part).strip() for part in parts) if name)


def _text(value: Any) -> str:
    """A value as text: empty for null, JSON for what is not text."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
