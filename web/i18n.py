"""Texts for people: Chinese is the source language, catalogues in `web/translations` hold the others."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext, lazy_gettext


def _(text: str, **values: object) -> str:
    """The text in the reader's language, with the values put in."""
    return str(gettext(text, **values))


def later(text: str) -> Any:
    """A text of a module, translated when it is shown."""
    return lazy_gettext(text)
