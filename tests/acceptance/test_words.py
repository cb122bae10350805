"""English readers find every name, label and choice of the domain in English."""

from __future__ import annotations

import json
import re

import pytest

from tests.acceptance.domain_texts import CHINESE, texts
from web.server import BUNDLES

OFFICE = ("product", "office", "organ", "caseWord", "groups", "footer")


def _untold(words: dict[str, str]) -> list[str]:
    """Translations in which Chinese is left that isn't quoted as what is to be written."""
    return [one for one in words.values() if CHINESE.search(re.sub("“[^”]*”|^Such as .*", "", one))]


@pytest.mark.parametrize("bundle", sorted(path.parent.name for path in BUNDLES.glob("*/en.words.json")))
def test_a_bundle_has_all_its_words(bundle: str) -> None:
    folder = BUNDLES / bundle
    words = json.loads((folder / "en.words.json").read_text("utf-8"))["words"]
    shown = {one for one in texts(folder) if not one.startswith("=")}
    assert sorted(shown - words.keys()) == [], f"add these to {bundle}/en.words.json"
    patterns = {one for one in words if "{" in one}
    parts = {part.strip("；").strip() for one in shown for part in one.split("〔待核〕")}
    assert sorted(words.keys() - shown - parts - patterns) == [], f"{bundle} no longer shows these"
    assert _untold(words) == []


def test_the_office_has_all_its_words() -> None:
    office = json.loads((BUNDLES / "demo" / "office.json").read_text("utf-8"))
    words = office["words"]["en"]
    named = {
        one for key in OFFICE for one in ([office[key]] if isinstance(office[key], str) else office[key])
    }
    named |= {user[key] for user in office["users"] for key in ("display", "unit")}
    assert sorted(named - words.keys()) == []
    assert _untold(words) == []
