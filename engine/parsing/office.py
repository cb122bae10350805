"""The office file: checked whole before anything of it is used."""

from __future__ import annotations

from datetime import date
from typing import Any

from jsonschema import Draft202012Validator

from engine.errors import InvalidDefinition, InvalidInput, Problem
from engine.model.execution import JsonObject
from engine.model.notifying import ADDRESS, MOST_ADDRESS
from engine.parsing.jsonfile import escaped, read_object

_TEXT: JsonObject = {"type": "string", "maxLength": 200, "pattern": r"^[^\u0000-\u001f\ud800-\udfff]*$"}
_NAME: JsonObject = {**_TEXT, "minLength": 1}
_EMAIL: JsonObject = {"type": "string", "maxLength": MOST_ADDRESS, "pattern": ADDRESS}
_NAMES: JsonObject = {"type": "array", "items": _NAME}
_USER: JsonObject = {
    "type": "object",
    "required": ["id", "display"],
    "additionalProperties": False,
    "properties": {"id": _NAME, "display": _NAME, "unit": _TEXT, "groups": _NAMES, "email": _EMAIL},
}
_CASE: JsonObject = {
    "type": "object",
    "required": ["process", "by"],
    "additionalProperties": False,
    "properties": {"process": _NAME, "by": _TEXT, "variables": {"type": "object"}},
}
_WORDS: JsonObject = {
    "type": "object",
    "additionalProperties": {"type": "object", "additionalProperties": _NAME},
}
_ADMINISTRATORS: JsonObject = {
    "type": "object",
    "required": ["system", "security", "audit"],
    "additionalProperties": False,
    "properties": dict.fromkeys(("system", "security", "audit"), _NAME),
}
_DAY: JsonObject = {
    "type": "object",
    "required": ["date", "working", "why"],
    "additionalProperties": False,
    "properties": {"date": {**_NAME, "format": "date"}, "working": {"type": "boolean"}, "why": _NAME},
}
_DAYS: JsonObject = {"type": "array", "items": _DAY, "maxItems": 5_000}
_SCHEMA: JsonObject = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        **dict.fromkeys(("product", "seal", "office", "organ", "caseWord", "processAdmins"), _TEXT),
        "footer": {"type": "array", "items": _TEXT},
        "groups": _NAMES,
        "administrators": _ADMINISTRATORS,
        "users": {"type": "array", "items": _USER},
        "deploy": _NAMES,
        "start": {"type": "array", "items": _CASE},
        "words": _WORDS,
        "calendar": _DAYS,
        "opinions": {"type": "array", "items": _NAME, "maxItems": 30},
    },
}
_RULES = {
    "type": "这里的类型不对，应为 {0}。",
    "required": "缺少“{1}”。",
    "additionalProperties": "有不认识的内容：{1}。",
    "pattern": "文字中有控制字符，或者邮箱地址有误。",
    "minLength": "不能为空。",
    "maxLength": "太长，不超过{0}字。",
    "maxItems": "太多，不超过{0}项。",
}


def parse_office(content: bytes, resource: str) -> JsonObject:
    """The file's object; InvalidInput with all problems, each at its place in the file."""
    try:
        data = read_object(content, resource)
    except InvalidDefinition as error:
        raise InvalidInput(problems=error.problems) from error
    errors = sorted(Draft202012Validator(_SCHEMA).iter_errors(data), key=lambda one: one.json_path)
    problems = [_problem(resource, error) for error in errors] or [
        *_twice(resource, data),
        *_administrators(resource, data),
        *_days(resource, data.get("calendar", []), "/calendar"),
    ]
    if problems:
        raise InvalidInput(problems=problems)
    return data


def parse_days(content: bytes, resource: str) -> list[JsonObject]:
    """A calendar file's days: an object with `calendar`, as in an office file."""
    try:
        data = read_object(content, resource)
    except InvalidDefinition as error:
        raise InvalidInput(problems=error.problems) from error
    schema = {
        "type": "object",
        "required": ["calendar"],
        "additionalProperties": False,
        "properties": {"calendar": _DAYS},
    }
    errors = sorted(Draft202012Validator(schema).iter_errors(data), key=lambda one: one.json_path)
    problems = [_problem(resource, error) for error in errors] or _days(
        resource, data["calendar"], "/calendar"
    )
    if problems:
        raise InvalidInput(problems=problems)
    found: list[JsonObject] = data["calendar"]
    return found


def _days(resource: str, days: list[JsonObject], place: str) -> list[Problem]:
    """Dates that are none, or stand there twice."""
    found, seen = [], set()
    for at, one in enumerate(days):
        try:
            day = date.fromisoformat(one["date"])
        except ValueError:
            found.append(Problem("不是日期，应如 2030-01-31。", resource, f"{place}/{at}/date"))
            continue
        if day in seen:
            found.append(Problem(f"{day}写了两次。", resource, f"{place}/{at}/date"))
        seen.add(day)
    return found


def _problem(resource: str, error: Any) -> Problem:
    place = "".join(f"/{escaped(step)}" for step in error.absolute_path)
    allowed = error.schema.get("properties", {}) if isinstance(error.instance, dict) else {}
    given = error.instance if isinstance(error.instance, dict) else {}
    missing = [name for name in error.schema.get("required", ()) if name not in given]
    odd = [name for name in given if name not in allowed]
    named = "、".join(missing if error.validator == "required" else odd)
    return Problem(_RULES[error.validator].format(error.validator_value, named), resource, place)


def _twice(resource: str, data: JsonObject) -> list[Problem]:
    ids = [user["id"] for user in data.get("users", [])]
    return [
        Problem(f"账号“{one}”写了两次。", resource, f"/users/{at}/id")
        for at, one in enumerate(ids)
        if one in ids[:at]
    ]


def _administrators(resource: str, data: JsonObject) -> list[Problem]:
    """Three groups, and nobody in one of them and in another group."""
    given = data.get("administrators", {})
    groups = list(given.values())
    found = [
        Problem(f"“{group}”写了两次，三种管理员须为三个组。", resource, f"/administrators/{duty}")
        for duty, group in given.items()
        if groups.count(group) > 1
    ]
    for at, user in enumerate(data.get("users", [])):
        own = [one for one in user.get("groups", []) if one in groups]
        if own and len(set(user["groups"])) > 1:
            told = f"账号“{user['id']}”在管理员组“{own[0]}”中，不能同时在别的组。"
            found.append(Problem(told, resource, f"/users/{at}/groups"))
    return found
