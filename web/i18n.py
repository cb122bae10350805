"""Texts for people: Chinese is the source language, catalogues in `web/translations` hold the others.

`_` translates what the code says (a text with `%(n)s` has a form for one and one for many, and `n` decides);
`web.saying` what comes as a finished Chinese text: sentences of the engine and words of the domain. What is
stored is never translated.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from babel import Locale
from babel.support import NullTranslations, Translations
from flask import Flask, current_app, has_request_context, session
from flask_babel import Babel
from flask_babel.speaklater import LazyString
from markupsafe import Markup

from web.saying import said

SOURCE = "zh_CN"
LANGUAGES = {SOURCE: "中文", "en": "English"}  #: what the interface speaks, each named by itself
FOLDER = Path(__file__).parent / "translations"


def chosen() -> str:
    """The language of this request: the person's, or what was chosen before signing in.

    A browser's own list isn't asked: many offices' machines were set up in English and never changed.
    """
    if has_request_context() and session.get("language") in LANGUAGES:
        return str(session["language"])
    return str(current_app.config["BABEL_DEFAULT_LOCALE"]) if current_app else SOURCE


def locale() -> Locale:
    """The locale of this request."""
    return _parsed(chosen())


@cache
def _parsed(name: str) -> Locale:
    """A locale by its name: Babel would look through all names that it knows at every request."""
    return Locale.parse(name)


@cache
def _catalogue(language: str) -> NullTranslations:
    return Translations.load(FOLDER, [language])


def _found(text: str, values: dict[str, object]) -> str:
    """The text in the reader's language, values not yet put in; they come in that language, too."""
    language = chosen()
    if language == SOURCE:
        return text
    for name, value in values.items():
        if type(value) is str:
            values[name] = said(value)
    if "n" not in values:
        return str(_catalogue(language).gettext(text))
    count = values["n"]
    return str(_catalogue(language).ngettext(text, text, count if isinstance(count, int) else 2))


def _(text: str, **values: object) -> str:
    """The text in the reader's language, with the values put in."""
    found = _found(text, values)
    return found % values if values else found


def later(text: str) -> Any:
    """A text of a module, translated when it is shown."""
    return LazyString(_, text)


def _in_page(text: str, **values: object) -> Markup:
    """The text for a template: what is put in is escaped, the text itself is ours."""
    return Markup(_found(str(text), values)) % values  # noqa: S704


def register_languages(app: Flask) -> None:
    """Give templates their texts, and pages of other languages their finishing touch."""
    Babel(app, locale_selector=locale)
    asked: dict[str, Callable[..., Any]] = {"_": _in_page, "language": chosen}
    app.jinja_env.globals.update(asked, languages=LANGUAGES)
    app.jinja_env.globals["lang"] = lambda: chosen().replace("_", "-")
