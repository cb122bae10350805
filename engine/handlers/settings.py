"""The properties by which a service task tells its handler what to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine import feel
from engine.errors import EngineError, FeelError
from engine.handlers.wording import plain
from engine.model.handling import HandlerContext

#: Properties without which a handler can do nothing.
_NEEDED: dict[str, tuple[str, ...]] = {
    "document": ("document",),
    "notify": ("notifyGroups", "notifyText"),
    "number": ("series", "resultVariable"),
    "publish": ("publicTitle", "publicBody"),
}


def missing_settings(topic: str, properties: Mapping[str, str]) -> tuple[str, ...]:
    """The names of the properties that this topic's handler needs and that are not there."""
    return tuple(name for name in _NEEDED.get(topic, ()) if not properties.get(name, "").strip())


class Settings:
    """A task's properties, evaluated over its visible variables."""

    def __init__(self, context: HandlerContext) -> None:
        if missing := missing_settings(context.topic, context.properties):
            raise EngineError(f"步骤“{context.element_id}”缺少属性 {'、'.join(missing)}")
        self._context = context

    def plain(self, name: str, default: str = "") -> str:
        """The property as it is written."""
        return self._context.properties.get(name, "").strip() or default

    def text(self, name: str, variables: Mapping[str, Any] | None = None) -> str:
        """The property as text: FEEL if it begins with `=` or a quotation mark, else as it is written."""
        return plain(self.value(name, variables))

    def value(
        self, name: str, variables: Mapping[str, Any] | None = None, *, always_feel: bool = False
    ) -> Any:
        """The property's value; without it None."""
        written = self.plain(name)
        if not written:
            return None
        feels = always_feel or written.startswith(("=", '"', "${", "#{"))
        if not feels:
            return written
        try:
            expression = feel.translate(written) or written
            scope = self._context.variables if variables is None else variables
            return feel.evaluate(expression, scope, now=self._context.now)
        except FeelError as error:
            raise EngineError(f"步骤“{self._context.element_id}”的属性 {name} 无法计算：{error}") from error

    def names(self, name: str) -> tuple[str, ...]:
        """The property as a list: comma-separated text, or FEEL giving such text or a list."""
        value = self.value(name)
        items = value if isinstance(value, list) else str(value or "").replace("，", ",").split(",")
        return tuple(dict.fromkeys(text for item in items if (text := str(item).strip())))
