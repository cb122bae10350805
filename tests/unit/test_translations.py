"""The catalogues are complete: whoever adds a text to the code adds its translation."""

from __future__ import annotations

import re

import pytest

from web import catalogue

TOLD = f"run `{catalogue.COMMAND}`, fill in what it lists, and run it again"
HOLES = re.compile(r"%\(\w+\)s|\{\w*\}")


@pytest.mark.parametrize("language", catalogue.LANGUAGES)
@pytest.mark.parametrize("domain", catalogue.SOURCES)
def test_every_text_has_a_translation_that_fits_it(domain: str, language: str) -> None:
    kept = {catalogue.key_of(one): one for one in catalogue.read(domain, language) if one.id}
    wanted = set(catalogue.collected(domain))
    assert not wanted - kept.keys(), f"new texts without an entry: {TOLD}"
    assert not kept.keys() - wanted, f"entries that no text uses any more: {TOLD}"
    for text, entry in kept.items():
        told = catalogue.texts_of(entry)
        assert all(one for one in told), f"not translated: {text!r}: {TOLD}"
        assert not entry.fuzzy, f"to be checked: {text!r}"
        assert isinstance(entry.id, tuple) == (domain == "messages" and catalogue.plural_of(text)), TOLD
        for one in told:
            assert set(HOLES.findall(one)) <= set(HOLES.findall(text)), (text, one)
            assert set(HOLES.findall(text)) - set(HOLES.findall(one)) <= {"%(word)s"}, (text, one)
            assert not catalogue.CHINESE.search(re.sub("“[^”]*”", "", one)), (text, one)


def test_texts_of_scripts_are_all_marked() -> None:
    """A Chinese literal in a script without the tag `t` would stay Chinese for every reader."""
    assert list(catalogue.unmarked_in_scripts()) == [], "put `t` before a template literal: t`…`"


def test_collecting_texts_of_scripts() -> None:
    source = "t`a${b ? t`c${d}` : `{e}`}f`"
    assert catalogue.literal(source, 2) == ("a{0}f", len(source))
