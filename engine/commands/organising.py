"""Bringing in the organisation: what a file would change, and doing so, all or nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from engine import parsing, policy
from engine.commands import noting
from engine.commands.context import Context, allow, person
from engine.errors import Conflict, InvalidInput, Problem
from engine.model.notifying import is_address
from engine.model.organisation import SHEETS, Cells, Change, Import, ImportRecord, Organisation, Sheet
from engine.store import organisation as store
from engine.store import people
from engine.store.database import Work

MOST_PROBLEMS = 200


def import_file(
    context: Context,
    name: str,
    content: bytes,
    *,
    by: str,
    whole: bool = False,
    dry_run: bool = False,
    revision: int | None = None,
) -> Import:
    """Bring in a CSV or XLSX file, or only tell what that would change.

    `whole`: what is in force and not in a sheet of the file ends yesterday. `revision`: Conflict unless the
    organisation is still the one that was looked at.
    """
    sheets = parsing.parse_organisation(content, name)
    with context.database.reading() if dry_run else context.database.unit_of_work() as work:
        allow(person(work, by), policy.maintain_organisation(person(work, by), admins(work)))
        at = store.revision(work)
        if revision is not None and revision != at:
            raise Conflict("预览以后组织机构已有变动，请重新预览。")
        draft = _Draft(store.load(work), name)
        for cells in sheets:
            draft.take(cells)
            if whole:
                draft.end_unlisted(cells, context.local_now().date())
        made = draft.made(at, {one.id for one in people.all_users(work)}, context.local_now().date())
        if made.changes and not dry_run:
            draft.keep(work)
            store.record(work, ImportRecord(at + 1, context.clock(), by, name, made.changes))
            told = {"revision": at + 1, **{verb: made.count(verb) for verb in ("added", "changed", "ended")}}
            noting.note(context, work, "organisation.imported", name, told, by=by)
    return made


def admins(work: Work) -> str:
    """The group that maintains the organisation."""
    return people.get_setting(work, "process_admins") or ""


@dataclass(slots=True)
class _Draft:
    """The organisation as it is becoming."""

    before: Organisation
    file: str
    rows: dict[str, dict[tuple[str, ...], Any]] = field(default_factory=dict)  #: sheet -> key -> row
    lines: dict[tuple[str, tuple[str, ...]], int] = field(default_factory=dict)  #: sheet, key -> line
    problems: list[Problem] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    unchanged: dict[str, int] = field(default_factory=dict)
    replaced: dict[str, tuple[list[Any], list[Any]]] = field(default_factory=dict)  #: sheet -> old, new rows

    def __post_init__(self) -> None:
        for sheet in SHEETS:
            rows = getattr(self.before, sheet.name)
            self.rows[sheet.name] = {sheet.key_of(row): row for row in rows}
            self.replaced[sheet.name] = ([], [])

    def take(self, cells: Cells) -> None:
        """Put the rows of a sheet into the organisation."""
        sheet, seen = cells.sheet, set()
        self.unchanged[sheet.title] = 0
        for line, row in cells.rows:
            key = sheet.key_of(row)
            if key in seen:
                self.problem(sheet, row, sheet.columns[0].field, "与前面一行重复。", line)
            seen.add(key)
            self.lines[sheet.name, key] = line
            self._put(sheet, row)

    def _put(self, sheet: Sheet, row: Any) -> None:
        key = sheet.key_of(row)
        old = self.rows[sheet.name].get(key)
        if old == row:
            self.unchanged[sheet.title] += 1
            return
        self.rows[sheet.name][key] = row
        gone, new = self.replaced[sheet.name]
        new.append(row)
        after = sheet.written(row)
        if old is None:
            given = {heading: text for heading, text in after.items() if text}
            self.changes.append(Change(sheet.title, "added", _told(key), {}, given))
            return
        gone.append(old)
        before = sheet.written(old)
        differ = [heading for heading in after if before[heading] != after[heading]]
        verb = "ended" if sheet.lasting and row == replace(old, until=row.until or "-") else "changed"
        self.changes.append(
            Change(
                sheet.title,
                verb,
                _told(key),
                {heading: before[heading] for heading in differ},
                {heading: after[heading] for heading in differ},
            )
        )

    def end_unlisted(self, cells: Cells, today: date) -> None:
        """End what is in force and not in the sheet; what has not begun stays."""
        sheet, listed = cells.sheet, {cells.sheet.key_of(row) for _, row in cells.rows}
        last = (today - timedelta(days=1)).isoformat()
        if sheet.lasting:
            for key, row in list(self.rows[sheet.name].items()):
                if key not in listed and row.since <= last and (not row.until or row.until > last):
                    self._put(sheet, replace(row, until=last))

    def problem(self, sheet: Sheet, row: Any, field_name: str, message: str, line: int | None = None) -> None:
        """Something is wrong with a row; told by line when it stands in the file."""
        where = line or self.lines.get((sheet.name, sheet.key_of(row)))
        heading = next(one.heading for one in sheet.columns if one.field == field_name)
        told = message if where else f"（已有的“{_told(sheet.key_of(row))}”）{message}"
        self.problems.append(Problem(told, f"{self.file} {sheet.title}", heading, where))

    def made(self, revision: int, accounts: Collection[str], today: date) -> Import:
        """The organisation when all is taken; InvalidInput with everything that doesn't fit together."""
        after = Organisation(
            **{sheet.name: tuple(row for _, row in sorted(self.rows[sheet.name].items())) for sheet in SHEETS}
        )
        _check_days(self, after)
        _check_references(self, after, accounts)
        _check_rings(self, after, today)
        if self.problems:
            found = sorted(self.problems, key=lambda one: (one.resource, one.line or 0))
            raise InvalidInput(problems=found[:MOST_PROBLEMS])
        return Import(tuple(self.changes), dict(self.unchanged), revision, after)

    def keep(self, work: Work) -> None:
        """Write what has changed."""
        for sheet in SHEETS:
            store.put(work, sheet, *self.replaced[sheet.name])
        for one in self.replaced["persons"][1]:
            if one.account and one.email:
                people.set_email(work, one.account, one.email)


def _told(key: Sequence[str]) -> str:
    return " ".join(one for one in key if one)


def _check_days(draft: _Draft, after: Organisation) -> None:
    """A last day isn't before the first, and rows of the same thing don't overlap."""
    for sheet in SHEETS:
        if not sheet.lasting:
            continue
        before: Any = None
        for row in sorted(getattr(after, sheet.name), key=lambda one: (sheet.lane_of(one), one.since)):
            if row.until and row.until < row.since:
                draft.problem(sheet, row, "until", "止日早于起日。")
            same = before is not None and sheet.lane_of(before) == sheet.lane_of(row)
            if same and (not before.until or before.until >= row.since):
                until = f"至{before.until}" if before.until else "没有止日"
                message = f"与从{before.since or '最初'}起、{until}的一行重叠，请先写明那一行的止日。"
                draft.problem(sheet, row, "since", message)
            before = row


def _check_references(draft: _Draft, after: Organisation, accounts: Collection[str]) -> None:
    units = {one.code for one in after.units}
    positions = {one.code for one in after.positions}
    persons = {one.code for one in after.persons}
    known: dict[str, tuple[dict[str, Collection[str]], str]] = {
        "单位": ({"parent": units}, "单位编号"),
        "岗位": ({"unit": units}, "单位编号"),
        "任职": ({"person": persons, "position": positions}, "编号"),
        "分工": ({"position": positions, "unit": units}, "编号"),
        "人员": ({"account": accounts}, "账号"),
    }
    for sheet in SHEETS:
        fields, what = known[sheet.title]
        for row in getattr(after, sheet.name):
            for name, there in fields.items():
                value = getattr(row, name)
                if value and value not in there:
                    draft.problem(sheet, row, name, f"没有{what}“{value}”。")
    _check_accounts(draft, after)


def _check_accounts(draft: _Draft, after: Organisation) -> None:
    sheet = next(one for one in SHEETS if one.title == "人员")
    owners: dict[str, str] = {}
    for row in after.persons:
        if row.account and owners.setdefault(row.account, row.code) != row.code:
            draft.problem(sheet, row, "account", f"账号“{row.account}”已是“{owners[row.account]}”的。")
        if row.email and not is_address(row.email):
            draft.problem(sheet, row, "email", f"邮箱“{row.email}”有误，应像 name@example.cn。")


def _check_rings(draft: _Draft, after: Organisation, today: date) -> None:
    """No unit is above itself, today and on each day on which a changed unit begins."""
    changed = draft.replaced["units"][1]
    if not changed:
        return
    sheet = SHEETS[0]
    days = {today.isoformat(), *(one.since for one in changed if one.since)}
    bad: set[tuple[str, ...]] = set()
    for day in sorted(days):
        now = after.at(date.fromisoformat(day))
        for row in _in_rings(now):
            if sheet.key_of(row) not in bad:
                bad.add(sheet.key_of(row))
                draft.problem(sheet, row, "parent", "上级单位绕回到本单位自己。")


def _in_rings(now: Organisation) -> Iterable[Any]:
    parents = {one.code: one.parent for one in now.units}
    top: set[str] = {""}  #: whose way up is known to end
    for row in now.units:
        way: list[str] = []
        code = row.code
        while code not in top and code in parents and code not in way:
            way.append(code)
            code = parents[code]
        if code in way:
            if row.code == code or row.code in way[way.index(code) :]:
                yield row
        else:
            top.update(way)
