"""A person's language, and the words of the domain that bundles bring."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine import Engine, InvalidDefinition, InvalidInput, Resource
from tests.builders import Builder

BPMN = Builder("p").start().user("t", groups="甲组").end().xml()


def words(name: str, content: object) -> Resource:
    return Resource(name, json.dumps(content, ensure_ascii=False).encode())


def test_words_come_with_a_bundle_and_make_no_new_version(people: Engine) -> None:
    diagram = Resource("p.bpmn", BPMN)
    people.deploy([diagram], name="一", by="")
    made = people.deploy(
        [diagram, words("en.words.json", {"language": "en", "words": {"填写": "Fill in"}})],
        name="二",
        by="",
    )
    assert made.definitions == ()
    assert people.words("en") == {"填写": "Fill in"}
    assert people.words("fr") == {}
    with pytest.raises(InvalidDefinition) as refused:
        wrong = words("en.words.json", {"language": "英语", "words": {"填写": ""}, "more": 1})
        people.deploy([diagram, wrong], name="三", by="")
    assert {one.element for one in refused.value.problems} == {"/language", "/words/填写", "/more"}


def test_a_person_chooses_a_language(people: Engine) -> None:
    assert people.language("a1") == ""
    people.choose_language("a1", "en")
    assert people.language("a1") == "en"
    with pytest.raises(InvalidInput):
        people.choose_language("a1", "<script>")


def test_the_office_file_brings_words(people: Engine, tmp_path: Path) -> None:
    path = tmp_path / "office.json"
    path.write_text(json.dumps({"words": {"en": {"甲组": "Group A"}}}, ensure_ascii=False), "utf-8")
    people.load_office(path, password="correct-horse-1")
    assert people.words("en") == {"甲组": "Group A"}
