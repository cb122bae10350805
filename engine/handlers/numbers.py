"""Topic `number`: the next number of a series for a document."""

from __future__ import annotations

from engine.errors import EngineError
from engine.handlers.settings import Settings
from engine.model.handling import HandlerContext, HandlerResult


def allocate_number(context: HandlerContext) -> HandlerResult:
    """Asks for the next number of `series` (`决〔{year}〕{n}号`) in `resultVariable`; the command counts."""
    settings = Settings(context)
    series = settings.text("series")
    if "{n}" not in series:
        raise EngineError(
            f"步骤“{context.element_id}”的编号样式“{series}”没有 {{n}}，应如 决〔{{year}}〕{{n}}号"
        )
    return HandlerResult(variables={}, numbers={settings.plain("resultVariable"): series})
