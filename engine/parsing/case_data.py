"""Of a case rule file: what data is protected, and which registers are kept."""

from __future__ import annotations

from collections.abc import Iterable

from engine.model.case_rules import CaseRules, Protected, Register
from engine.model.execution import JsonObject
from engine.parsing.bpmn.reader import is_name
from engine.parsing.jsonfile import JsonReader

_PROTECTED = ("id", "title", "variables", "groups")
_REGISTER = ("id", "title", "help", "form", "readers", "writers", "standing")


def protected(reader: JsonReader, data: JsonObject) -> tuple[Protected, ...]:
    """The member `protected`."""
    found = []
    for pointer, entry in reader.objects(data, "protected", ""):
        reader.keys(entry, _PROTECTED, pointer)
        variables = reader.names(entry, "variables", pointer, some=True)
        for at, name in enumerate(variables):
            if not is_name(name):
                place = f"{pointer}/variables/{at}"
                reader.error(place, f"“{name}”不能作变量名。", "请写表单中的字段名。")
        one = Protected(
            id=reader.text(entry, "id", pointer, required=True),
            title=reader.text(entry, "title", pointer, required=True),
            variables=variables,
            groups=reader.names(entry, "groups", pointer, some=True),
        )
        found.append(one)
    _once(reader, "protected", (one.id for one in found))
    _once(reader, "protected", (name for one in found for name in one.variables))
    return tuple(found)


def registers(reader: JsonReader, data: JsonObject) -> tuple[Register, ...]:
    """The member `registers`."""
    found = []
    for pointer, entry in reader.objects(data, "registers", ""):
        reader.keys(entry, _REGISTER, pointer)
        one = Register(
            id=reader.text(entry, "id", pointer, required=True),
            title=reader.text(entry, "title", pointer, required=True),
            form=reader.text(entry, "form", pointer, required=True),
            readers=reader.names(entry, "readers", pointer, some=True),
            writers=reader.names(entry, "writers", pointer),
            standing=reader.flag(entry, "standing", pointer),
            help=reader.text(entry, "help", pointer),
        )
        if one.standing and not one.writers:
            text = f"“{one.title}”可以在案件以外登记，却没有写明由谁登记。"
            reader.error(f"{pointer}/writers", text, "请写明“writers”（组名）。")
        found.append(one)
    _once(reader, "registers", (one.id for one in found))
    return tuple(found)


def groups_of(rules: CaseRules) -> dict[str, tuple[str, ...]]:
    """The groups named, by the JSON pointer of their list."""
    found = {f"/protected/{at}/groups": one.groups for at, one in enumerate(rules.protected)}
    for at, one in enumerate(rules.registers):
        found |= {f"/registers/{at}/readers": one.readers, f"/registers/{at}/writers": one.writers}
    return found


def _once(reader: JsonReader, key: str, names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name and name in seen:
            reader.error(f"/{key}", f"“{name}”写了两次。", "请只留一个。")
        seen.add(name)
