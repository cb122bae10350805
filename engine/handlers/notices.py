"""Topics `notify` and `publish`: texts for the members of groups, and for everybody."""

from __future__ import annotations

from engine.errors import EngineError
from engine.handlers.settings import Settings
from engine.model.handling import HandlerContext, HandlerResult, Notification, Publication


def notify(context: HandlerContext) -> HandlerResult:
    """A notification of `notifyText` to the `notifyGroups`."""
    settings = Settings(context)
    groups, text = settings.names("notifyGroups"), settings.text("notifyText")
    if not groups:
        raise EngineError(f"步骤“{context.element_id}”没有通知对象")
    if not text.strip():
        raise EngineError(f"步骤“{context.element_id}”的通知没有内容")
    return HandlerResult(variables={}, notifications=(Notification(groups, text),))


def publish(context: HandlerContext) -> HandlerResult:
    """A public entry with `publicTitle` and `publicBody`, remembered in `resultVariable`."""
    settings = Settings(context)
    title, body = settings.text("publicTitle"), settings.text("publicBody")
    if not title.strip() or not body.strip():
        raise EngineError(f"步骤“{context.element_id}”要公开的内容没有标题或正文")
    entry = Publication(title, body, settings.plain("resultVariable", "公开记录"))
    return HandlerResult(variables={}, publications=(entry,))
