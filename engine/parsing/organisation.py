"""The organisation out of sheets, and back: every cell is checked, every mistake named by row and column."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from engine.errors import InvalidInput, Problem
from engine.model.organisation import SHEETS, Cells, Column, Organisation, Sheet
from engine.parsing.sheets import Grid, read_grids, refusal, write_csv, write_xlsx

MOST_CODE = 64
MOST_TEXT = 200
MOST_PROBLEMS = 200
_DAY = re.compile(r"(\d{4})(?:[-/.](\d{1,2})[-/.](\d{1,2})|年(\d{1,2})月(\d{1,2})日)")
_FLAGS = {"是": True, "有": True, "1": True, "": False, "否": False, "0": False}
_CODES = {"code", "parent", "unit", "position", "person", "account"}


def parse_organisation(content: bytes, resource: str) -> tuple[Cells, ...]:
    """The sheets of the file, each once; InvalidInput with every mistake."""
    problems: list[Problem] = []
    found: dict[str, Cells] = {}
    for grid in read_grids(content, resource):
        if not grid.rows:
            continue
        where = f"{resource} {grid.title}".strip()
        sheet = _sheet(grid, where)
        if sheet.title in found:
            raise refusal(where, f"“{sheet.title}”表写了两次，请合成一张。", grid.rows[0][0])
        found[sheet.title] = Cells(sheet, tuple(_rows(sheet, grid, where, problems)))
    if problems:
        raise InvalidInput(problems=problems[:MOST_PROBLEMS])
    if not found:
        raise refusal(resource, "文件里没有内容。")
    return tuple(found[sheet.title] for sheet in SHEETS if sheet.title in found)


def _sheet(grid: Grid, where: str) -> Sheet:
    """The sheet that the headings tell, or else the title; InvalidInput when it can't be told."""
    line, headings = grid.rows[0]
    given = set(headings) - {""}
    fits = [one for one in SHEETS if {column.heading for column in one.columns if column.required} <= given]
    named = [one for one in SHEETS if one.title == grid.title]
    if not fits and not named:
        forms = "；".join(f"{one.title}表：{_headings(one)}" for one in SHEETS)
        raise refusal(where, f"认不出这是哪张表。第一行应是下列表头之一：{forms}。", line)
    sheet = (named or fits)[0]
    known = {column.heading for column in sheet.columns}
    missing = {column.heading for column in sheet.columns if column.required} - given
    hint = f"{sheet.title}表的表头是：{_headings(sheet)}。"
    problems = [Problem("缺少这一列。", where, one, line, hint) for one in missing]
    problems += [Problem("不认识这一列。", where, one, line, hint) for one in given - known]
    problems += [Problem("这一列写了两次。", where, one, line) for one in given if headings.count(one) > 1]
    if problems:
        raise InvalidInput(problems=sorted(problems, key=str))
    return sheet


def _headings(sheet: Sheet) -> str:
    return "、".join(one.heading for one in sheet.columns)


def _rows(sheet: Sheet, grid: Grid, where: str, problems: list[Problem]) -> Iterable[tuple[int, Any]]:
    headings = grid.rows[0][1]
    for line, cells in grid.rows[1:]:
        texts = dict(zip(headings, cells, strict=False))
        values: dict[str, Any] = {}
        before = len(problems)
        for column in sheet.columns:
            text = texts.get(column.heading, "")
            try:
                values[column.field] = _value(column, text)
            except ValueError as error:
                problems.append(Problem(str(error), where, column.heading, line))
        extra = [text for text in cells[len(headings) :] if text]
        if extra:
            problems.append(Problem(f"“{extra[0]}”不在任何一列里。", where, "", line))
        if len(problems) == before:
            yield line, sheet.row(**values)


def _value(column: Column, text: str) -> str | bool:
    """The cell's value; ValueError says what is wrong with it."""
    text = text.replace("\u3000", " ").replace("\xa0", " ").strip()
    if column.required and not text:
        raise ValueError("不能为空。")
    if column.kind == "day":
        return _day(text)
    if column.kind == "flag":
        if text not in _FLAGS:
            raise ValueError(f"应填“是”，或者不填，现在是“{text}”。")
        return _FLAGS[text]
    most = MOST_CODE if column.field in _CODES else MOST_TEXT
    if len(text) > most:
        raise ValueError(f"太长，不超过{most}字。")
    if not text.isprintable():
        raise ValueError("不能有换行等控制字符。")
    if text.startswith(("=", "+", "-", "@")):
        raise ValueError(f"不能以“{text[0]}”开头，表格软件会当作公式。")
    return text


def _day(text: str) -> str:
    if not text:
        return ""
    found = _DAY.fullmatch(text)
    try:
        if not found:
            raise ValueError
        year, month, day = (int(one) for one in found.groups() if one is not None)
        return date(year, month, day).isoformat()
    except ValueError as error:
        raise ValueError(f"“{text}”不是日期，应写成2026-03-02。") from error


def write_organisation(organisation: Organisation, title: str = "") -> bytes:
    """All sheets as XLSX, or the one of this title as CSV; what `parse_organisation` reads."""
    if title:
        sheet = next((one for one in SHEETS if one.title == title), None)
        if sheet is None:
            names = "、".join(one.title for one in SHEETS)
            raise InvalidInput(f"没有“{title}”表，有：{names}。")
        return write_csv(*_written(sheet, organisation))
    return write_xlsx({sheet.title: _written(sheet, organisation) for sheet in SHEETS})


def _written(sheet: Sheet, organisation: Organisation) -> tuple[Sequence[str], Sequence[dict[str, str]]]:
    rows = getattr(organisation, sheet.name)
    return [one.heading for one in sheet.columns], [sheet.written(row) for row in rows]
