"""In which language a person reads, and what the words of the domain are in it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from engine import parsing
from engine.commands.administering import noted
from engine.commands.context import Context, person
from engine.errors import InvalidInput
from engine.model.records import Resource
from engine.store import people
from engine.store.database import Work

_LANGUAGE = re.compile(r"[a-z]{2,3}(_[A-Z]{2})?")
_SETTING = "words"  #: file -> {"language", "words"}


def language(context: Context, user_id: str) -> str:
    """The language that the person has chosen; "" for none."""
    with context.database.reading() as work:
        return people.language(work, user_id)


def choose(context: Context, user_id: str, chosen: str) -> None:
    """Remember the person's language."""
    if not _LANGUAGE.fullmatch(chosen):
        raise InvalidInput("没有这种语言，请重新选择。")
    with context.database.unit_of_work() as work:
        user = person(work, user_id)
        before = people.language(work, user.id)
        if before != chosen:
            people.set_language(work, user.id, chosen)
            noted(context, work, "account.language", user.id, user.id, {"old": before, "new": chosen})


def words(context: Context, language: str) -> Mapping[str, str]:
    """Text of a bundle or the office -> what it is in this language; files later in the alphabet win."""
    with context.database.reading() as work:
        kept = people.get_setting(work, _SETTING) or {}
    found: dict[str, str] = {}
    for name in sorted(kept):
        if kept[name]["language"] == language:
            found |= kept[name]["words"]
    return found


def keep(work: Work, resources: Sequence[Resource]) -> None:
    """Keep the words that these files bring, in place of what they brought before."""
    read = [parsing.parse_words(one.content, one.name) for one in resources]
    brought = {
        one.name: {"language": each.language, "words": dict(each.words)}
        for one, each in zip(resources, read, strict=True)
    }
    if brought:
        people.put_setting(work, _SETTING, (people.get_setting(work, _SETTING) or {}) | brought)


def of_office(work: Work, words: Mapping[str, Mapping[str, str]]) -> None:
    """Keep the words of the office file, by language."""
    kept = {name: one for name, one in (people.get_setting(work, _SETTING) or {}).items() if name[:1] != "/"}
    told = {f"/{language}": {"language": language, "words": dict(one)} for language, one in words.items()}
    people.put_setting(work, _SETTING, kept | told)
