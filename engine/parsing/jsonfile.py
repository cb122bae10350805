"""JSON files of a definition: read strictly, every problem with its JSON pointer."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any, NoReturn

from engine import feel
from engine.errors import FeelError, InvalidDefinition, Problem
from engine.model.execution import JsonObject

MAX_BYTES = 1_000_000


@dataclass
class JsonReader:
    """Gathers the problems of one file; expressions are checked together by `finish`."""

    resource: str
    problems: list[Problem] = field(default_factory=list)
    _pending: list[tuple[str, str, str]] = field(default_factory=list)

    def error(self, pointer: str, message: str, hint: str = "") -> None:
        """Note a problem at this JSON pointer."""
        self.problems.append(Problem(message, self.resource, pointer, hint=hint))

    def keys(self, value: Mapping[str, Any], allowed: Iterable[str], pointer: str) -> None:
        """Note every key that is not one of these."""
        known = tuple(allowed)
        for key in value:
            if key not in known:
                self.error(f"{pointer}/{escaped(key)}", f"不认识“{key}”。", f"可用：{'、'.join(known)}。")

    def text(self, value: Mapping[str, Any], key: str, pointer: str, *, required: bool = False) -> str:
        """A text member; "" if it is absent or wrong, which is noted."""
        found = value.get(key)
        if found is None and not required:
            return ""
        if not isinstance(found, str) or (required and not found.strip()):
            self.error(f"{pointer}/{escaped(key)}", f"“{key}”应当是文字。", "请填写。")
            return ""
        return found

    def objects(self, value: Mapping[str, Any], key: str, pointer: str) -> list[tuple[str, JsonObject]]:
        """A list of objects, each with its pointer; what is something else is noted."""
        found = value.get(key)
        if found is None:
            return []
        if not isinstance(found, list):
            self.error(f"{pointer}/{escaped(key)}", f"“{key}”应当是列表。")
            return []
        pairs = [(f"{pointer}/{escaped(key)}/{at}", each) for at, each in enumerate(found)]
        for place, each in pairs:
            if not isinstance(each, dict):
                self.error(place, "这里应当是对象。")
        return [(place, each) for place, each in pairs if isinstance(each, dict)]

    def names(
        self, value: Mapping[str, Any], key: str, pointer: str, *, some: bool = False
    ) -> tuple[str, ...]:
        """A list of different names; `some`: at least one."""
        found = value.get(key, [])
        place = f"{pointer}/{escaped(key)}"
        if not isinstance(found, list) or not all(isinstance(one, str) and one.strip() for one in found):
            self.error(place, f"“{key}”应当是文字的列表。")
            return ()
        for at, one in enumerate(found):
            if one in found[:at]:
                self.error(f"{place}/{at}", f"“{one}”写了两次。", "请只留一个。")
        if some and not found:
            self.error(place, f"“{key}”至少写一个。", "请填写。")
        return tuple(dict.fromkeys(found))

    def flag(self, value: Mapping[str, Any], key: str, pointer: str) -> bool:
        """A member that is true or false; false if it is absent."""
        found = value.get(key, False)
        if not isinstance(found, bool):
            self.error(f"{pointer}/{escaped(key)}", f"“{key}”应当是 true 或 false。")
        return found is True

    def feel(self, value: Mapping[str, Any], key: str, pointer: str, *, required: bool = False) -> str:
        """A FEEL member, to be checked by `finish`; "" if there is none."""
        expression = self.text(value, key, pointer, required=required)
        if expression:
            self._pending.append((f"{pointer}/{escaped(key)}", key, expression))
        elif key in value and isinstance(value[key], str) and not required:
            self.error(f"{pointer}/{escaped(key)}", f"“{key}”的表达式是空的。", "请填写或删除。")
        return expression

    def finish(self) -> None:
        """Check the syntax of all expressions; InvalidDefinition if there is any problem."""
        try:
            answers = feel.check_many([(text, False) for _, _, text in self._pending])
        except FeelError as error:
            self.error("", f"表达式无法检查：{error.message}。")
            answers = []
        for (pointer, key, _), answer in zip(self._pending, answers, strict=False):
            if answer:
                self.error(pointer, f"“{key}”有错误：{answer}。", "请改正FEEL表达式。")
        if self.problems:
            raise InvalidDefinition(problems=self.problems)


def read_object(content: bytes, resource: str) -> JsonObject:
    """The file's JSON object; InvalidDefinition with the line if it is no strict JSON."""
    if len(content) > MAX_BYTES:
        refuse(resource, f"文件太大（上限 {MAX_BYTES // 1_000_000} MB）。")
    try:
        value = json.loads(
            content.decode("utf-8-sig"), object_pairs_hook=_unique, parse_constant=_no_constant
        )
    except json.JSONDecodeError as error:
        refuse(resource, f"不是正确的JSON文件（第{error.lineno}行第{error.colno}列）。", error.lineno)
    except UnicodeDecodeError:
        refuse(resource, "文件不是UTF-8编码。")
    except RecursionError:
        refuse(resource, "JSON嵌套太深。")
    except ValueError as error:
        refuse(resource, str(error) if "limit" not in str(error) else "数字太长。")
    if not isinstance(value, dict):
        refuse(resource, "文件内容应当是一个JSON对象。", 1)
    return value


def refuse(resource: str, message: str, line: int | None = None) -> NoReturn:
    """InvalidDefinition with this one problem."""
    raise InvalidDefinition(problems=[Problem(message, resource, line=line)])


def base_name(resource: str, suffix: str) -> str:
    """The file's name without folder and suffix."""
    return PurePosixPath(resource).name.removesuffix(suffix)


def escaped(key: object) -> str:
    """A key as a JSON pointer writes it."""
    return str(key).replace("~", "~0").replace("/", "~1")


def _unique(pairs: list[tuple[str, Any]]) -> JsonObject:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice, _ = Counter(name for name, _ in pairs).most_common(1)[0]
        raise ValueError(f"同一对象中“{twice}”写了两次。")
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"JSON中不能写 {name}。")
