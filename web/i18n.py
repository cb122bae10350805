"""Texts for people: Chinese is the source language, catalogues in `web/translations` hold the others."""

from __future__ import annotations

from functools import cache
from typing import Any

from babel import Locale
from flask import current_app
from flask_babel import gettext, lazy_gettext


def locale() -> Locale:
    """The language that the app is set to."""
    return _parsed(current_app.config["BABEL_DEFAULT_LOCALE"])


@cache
def _parsed(name: str) -> Locale:
    """A locale by its name: Babel would look through all names that it knows at every request."""
    return Locale.parse(name)


def _(text: str, **values: object) -> str:
    """The text in the reader's language, with the values put in."""
    return str(gettext(text, **values))


def later(text: str) -> Any:
    """A text of a module, translated when it is shown."""
    return lazy_gettext(text)
