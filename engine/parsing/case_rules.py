"""Case rule files: the roles that persons have in a case, grades of secrecy, who supervises and decides."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, cast

from engine.errors import Problem
from engine.model.case_rules import CIRCLES, CaseRole, CaseRules, Circle, Grade
from engine.parsing import case_data
from engine.parsing.jsonfile import JsonReader, base_name, escaped, read_object

SUFFIX = ".case.json"
_KEYS = (
    "process",
    "roles",
    "grades",
    "grade",
    "defaultGrade",
    "supervisors",
    "leaders",
    "protected",
    "registers",
    "mailTitles",
)
_ROLE = ("id", "title", "people", "byHand", "excludes", "secret")
_EXCLUDES = ("see", "tasks")


def parse_case_rules(content: bytes, resource: str) -> CaseRules:
    """The rules in a `NAME.case.json`; InvalidDefinition with every problem's JSON pointer."""
    data = read_object(content, resource)
    reader = JsonReader(resource)
    reader.keys(data, _KEYS, "")
    process = reader.text(data, "process", "", required=True)
    name = base_name(resource, SUFFIX)
    if process and process != name:
        reader.error("/process", f"流程“{process}”与文件名不一致。", f"文件应名为 {process}{SUFFIX}。")
    grades = tuple(_grade(reader, at, one) for at, one in reader.objects(data, "grades", ""))
    rules = CaseRules(
        process=process,
        roles=tuple(_role(reader, at, one) for at, one in reader.objects(data, "roles", "")),
        grades=grades,
        grade=reader.feel(data, "grade", ""),
        default_grade=reader.text(data, "defaultGrade", "", required=bool(grades)),
        supervisors=_names(reader, data, "supervisors", ""),
        leaders=_names(reader, data, "leaders", ""),
        protected=case_data.protected(reader, data),
        registers=case_data.registers(reader, data),
        mail_titles=_names(reader, data, "mailTitles", ""),
    )
    _together(reader, rules)
    reader.finish()
    return rules


def check_case_rules(
    rules: CaseRules, resource: str, processes: Collection[str], groups: Collection[str] | None
) -> Iterator[Problem]:
    """What the rules name that isn't there, as warnings; `groups` None: don't look."""
    if rules.process not in processes:
        text = f"没有流程“{rules.process}”，这些规则用不上。"
        yield Problem(text, resource, "/process", hint="请一并上传流程，或改正。", severity="warning")
    named = {"/supervisors": rules.supervisors, "/leaders": rules.leaders, **case_data.groups_of(rules)}
    for pointer, names in named.items():
        for at, name in enumerate(names):
            if groups is not None and name not in groups:
                text, hint = f"没有组“{name}”。", "请先设立此组。"
                yield Problem(text, resource, f"{pointer}/{at}", hint=hint, severity="warning")


def _role(reader: JsonReader, pointer: str, entry: Mapping[str, Any]) -> CaseRole:
    reader.keys(entry, _ROLE, pointer)
    excludes = _names(reader, entry, "excludes", pointer, allowed=_EXCLUDES)
    if "see" in excludes and "tasks" not in excludes:
        reader.error(f"{pointer}/excludes", "看不到的案件也不能办。", "写了“see”时，请把“tasks”也写上。")
    role = CaseRole(
        id=reader.text(entry, "id", pointer, required=True),
        title=reader.text(entry, "title", pointer, required=True),
        people=reader.feel(entry, "people", pointer),
        by_hand=_flag(reader, entry, "byHand", pointer),
        bars="all" if "see" in excludes else "tasks" if excludes else "",
        secret=_flag(reader, entry, "secret", pointer),
    )
    if not role.people and not role.by_hand:
        text = f"“{role.title or role.id}”没有写明从何而来。"
        reader.error(pointer, text, "请写“people”（FEEL），或者写“byHand”: true，由人在案件上登记。")
    return role


def _grade(reader: JsonReader, pointer: str, entry: Mapping[str, Any]) -> Grade:
    reader.keys(entry, ("name", "meaning", "shownTo"), pointer)
    shown = _names(reader, entry, "shownTo", pointer, allowed=CIRCLES)
    return Grade(
        name=reader.text(entry, "name", pointer, required=True),
        meaning=reader.text(entry, "meaning", pointer, required=True),
        shown_to=frozenset(cast(tuple[Circle, ...], shown)),
    )


def _together(reader: JsonReader, rules: CaseRules) -> None:
    """What the parts of the file must have to do with one another."""
    for key, names in (
        ("roles", [one.id for one in rules.roles]),
        ("grades", [one.name for one in rules.grades]),
    ):
        for at, name in enumerate(names):
            if name and name in names[:at]:
                reader.error(f"/{key}/{at}", f"“{name}”写了两次。", "请只留一个。")
    names = [one.name for one in rules.grades]
    if rules.default_grade and rules.default_grade not in names:
        known = "、".join(names) or "（没有）"
        reader.error("/defaultGrade", f"没有等级“{rules.default_grade}”。", f"可用：{known}。")
    if rules.grade and not rules.grades:
        reader.error("/grade", "写了“grade”，却没有写等级。", "请写明“grades”，或删除“grade”。")
    open_grades = {one.name for one in rules.grades if one.shown_to == frozenset(CIRCLES)}
    for at, name in enumerate(rules.mail_titles):
        if name not in (open_grades if rules.grades else {""}):
            text = f"“{name}”不是可以在邮件里写标题的等级。"
            reader.error(f"/mailTitles/{at}", text, "只写不限制查看的等级；没有等级的流程写空文字。")
    wider: frozenset[Circle] = frozenset(CIRCLES)
    for at, grade in enumerate(rules.grades):
        if not grade.shown_to <= wider:
            text = f"“{grade.name}”比前一等级让更多的人看到。"
            reader.error(f"/grades/{at}/shownTo", text, "等级由低到高写，越高看到的人越少。")
        wider = grade.shown_to
    if any(one.bars for one in rules.roles) and not rules.leaders:
        reader.error("/leaders", "没有写明由谁决定回避。", "请写明“leaders”（组名）。")


def _names(
    reader: JsonReader,
    entry: Mapping[str, Any],
    key: str,
    pointer: str,
    *,
    allowed: tuple[str, ...] | None = None,
) -> tuple[str, ...]:
    found = entry.get(key, [])
    if not isinstance(found, list) or not all(isinstance(one, str) and one.strip() for one in found):
        reader.error(f"{pointer}/{escaped(key)}", f"“{key}”应当是文字的列表。")
        return ()
    for at, one in enumerate(found):
        if allowed is not None and one not in allowed:
            reader.error(f"{pointer}/{key}/{at}", f"不认识“{one}”。", f"可用：{'、'.join(allowed)}。")
        elif one in found[:at]:
            reader.error(f"{pointer}/{key}/{at}", f"“{one}”写了两次。", "请只留一个。")
    return tuple(one for one in dict.fromkeys(found) if allowed is None or one in allowed)


def _flag(reader: JsonReader, entry: Mapping[str, Any], key: str, pointer: str) -> bool:
    found = entry.get(key, False)
    if not isinstance(found, bool):
        reader.error(f"{pointer}/{key}", f"“{key}”应当是 true 或 false。")
        return False
    return found
