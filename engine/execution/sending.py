"""What a send task or throwing event leaves for other instances."""

from __future__ import annotations

from datetime import datetime

from engine.execution import timers
from engine.execution.case import Token
from engine.execution.expressions import evaluate, refuse
from engine.model.definition import Expression
from engine.model.execution import JsonObject, OpenedJob

KEPT = "P1D"  #: how long a message waits for its receiver where the diagram does not say


def send(token: Token) -> None:
    """Leave a message job, which is nobody's to close."""
    node, run = token.task_spec.node, token.workflow
    correlation = None
    if node.event is not None and node.event.correlation is not None:
        value = evaluate(token, node.event.correlation)
        correlation = None if value is None else str(value)
    token.case.messages.append(
        OpenedJob(
            token.id,
            "message",
            node.id,
            run.spec.definition_id,
            topic=node.event.name if node.event else "",
            payload=sent(token),
            correlation=correlation,
            expires_at=_expiry(token),
        )
    )


def sent(token: Token) -> JsonObject:
    """What a message or signal carries: the input parameters of the node that sends it."""
    return {item.target: token.data[item.target] for item in token.task_spec.node.inputs}


def _expiry(token: Token) -> datetime:
    """Until when a message is kept for a receiver: the property `timeToLive`, counted from now."""
    node = token.task_spec.node
    text = node.properties.get("timeToLive", "").strip() or KEPT
    if text.startswith("="):
        text = str(evaluate(token, Expression(text[1:].strip(), node.line)))
    try:
        return timers.later(token.case.now, text)
    except (ValueError, OverflowError) as error:
        raise refuse(token, f"消息保留的时间（timeToLive）“{text}”不是有效的时长，应如 P7D。") from error
