"""What people read of a bundle: names in diagrams, texts of forms, views and case rules, names of rules."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lxml import etree

CHINESE = re.compile(r"[\u3400-\u9fff]")
SAID = frozenset(
    {"title", "description", "x-basis", "basis", "help", "label", "meaning", "name", "submit", "unit"}
)
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
NAMED = ("process", "lane", "sequenceFlow", "Event", "Task", "task", "Gateway", "Activity", "ubProcess")
PROPERTIES = ("basis", "clockBasis", "submitLabel", "secrecy", "help")


def texts(folder: Path) -> set[str]:
    """All Chinese texts of the folder's files that a page shows as they stand."""
    found = set[str]()
    for path in sorted(folder.iterdir()):
        if path.suffix == ".bpmn":
            found |= set(_drawn(etree.fromstring(path.read_bytes())))
        elif path.suffix == ".dmn":
            root = etree.fromstring(path.read_bytes())
            found |= {one.get("name") for one in root.iter("{*}decision")}
            found |= {one.get("label") for one in root.iter("{*}input", "{*}output") if one.get("label")}
        elif path.suffix == ".json" and not path.name.endswith(".words.json"):
            found |= set(_written(json.loads(path.read_text("utf-8"))))
    return {one for one in found if one and CHINESE.search(one)}


def _drawn(root: Any) -> Iterator[str]:
    for one in root.iter():
        if not isinstance(one.tag, str):
            continue
        if one.tag.startswith(BPMN) and one.tag.endswith(NAMED):
            yield one.get("name") or ""
        if one.tag.endswith("}text") or one.tag.endswith("}documentation"):
            yield (one.text or "").strip()
        if one.tag.endswith("}property") and one.get("name") in PROPERTIES:
            yield one.get("value") or ""


def _written(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for one in value:
            yield from _written(one)
    if isinstance(value, dict):
        for name, one in value.items():
            if name in SAID and isinstance(one, str) and not one.startswith("="):
                yield one
            elif name == "enum":
                yield from (each for each in one if isinstance(each, str))
            elif name == "properties":
                yield from (
                    key for key, spec in one.items() if isinstance(spec, dict) and "title" not in spec
                )
                yield from _written(one)
            else:
                yield from _written(one)
