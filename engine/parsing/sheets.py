"""Tables of text out of CSV and XLSX files, and back; bounded, since anybody may have made the file."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from engine.errors import InvalidInput, Problem

MOST_BYTES = 2 * 1024 * 1024
MOST_UNPACKED = 100 * 1024 * 1024
MOST_PARTS = 500  #: files inside an XLSX file
MOST_ROWS = 50_000  #: of one sheet, blank ones too
MOST_COLUMNS = 40
MOST_CELL = 1_000  #: characters
_ZIP = b"PK\x03\x04"
_UNREADABLE = "不是可以读取的 XLSX 文件，请用表格软件另存为 .xlsx 再上传。"


@dataclass(frozen=True, slots=True)
class Grid:
    """A table as it stands in a file: (line number, cells) of each row that isn't blank; CSV has no title."""

    title: str
    rows: tuple[tuple[int, tuple[str, ...]], ...]


def read_grids(content: bytes, resource: str) -> tuple[Grid, ...]:
    """The sheets of a file; InvalidInput for what can't be read or is too large."""
    if len(content) > MOST_BYTES:
        raise refusal(resource, f"文件太大，不超过{MOST_BYTES // 1024 // 1024}兆字节。")
    if content.startswith(_ZIP):
        return _read_xlsx(content, resource)
    return (Grid("", tuple(_bounded(_csv_rows(content, resource), resource))),)


def refusal(resource: str, message: str, line: int | None = None) -> InvalidInput:
    """The error of a file that can't be used at all."""
    return InvalidInput(problems=[Problem(message, resource, "", line)])


def _csv_rows(content: bytes, resource: str) -> Iterator[tuple[int, Sequence[Any]]]:
    text = _decoded(content, resource)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for cells in reader:
            yield reader.line_num, cells
    except csv.Error as error:
        raise refusal(resource, "这一行不是合格的 CSV，请检查引号。", reader.line_num) from error


def _decoded(content: bytes, resource: str) -> str:
    """UTF-8, else the encoding in which Chinese spreadsheet programs write CSV."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise refusal(resource, "文字编码无法识别，请另存为 UTF-8 编码的 CSV，或者 XLSX。")


def _read_xlsx(content: bytes, resource: str) -> tuple[Grid, ...]:
    _check_package(content, resource)
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        return tuple(_read_sheet(sheet, resource) for sheet in book.worksheets)
    except InvalidInput:
        raise
    except Exception as error:  # whatever a broken file makes of the library
        raise refusal(resource, _UNREADABLE) from error


def _check_package(content: bytes, resource: str) -> None:
    """Refuse what would unpack to too much, or declares entities; sizes are counted, not believed."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            parts = package.infolist()
            if len(parts) > MOST_PARTS:
                raise refusal(resource, "文件里的部件太多，无法读取。")
            left = MOST_UNPACKED
            for part in parts:
                with package.open(part) as stream:
                    data = stream.read(left + 1)
                left -= len(data)
                if left < 0:
                    raise refusal(resource, "文件展开后太大，无法读取。")
                plain = data.replace(b"\0", b"")  # whatever its encoding
                if b"<!DOCTYPE" in plain or b"<!ENTITY" in plain:
                    raise refusal(resource, "文件里有不能使用的声明（DTD），无法读取。")
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as error:
        raise refusal(resource, _UNREADABLE) from error


def _read_sheet(sheet: Any, resource: str) -> Grid:
    sheet.reset_dimensions()  # what the file says of its size may be a lie
    rows = enumerate(sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True), 1)
    return Grid(str(sheet.title).strip(), tuple(_bounded(rows, f"{resource} {sheet.title}")))


def _bounded(
    rows: Iterator[tuple[int, Sequence[Any]]], resource: str
) -> Iterator[tuple[int, tuple[str, ...]]]:
    for number, (line, cells) in enumerate(rows, 1):
        if number > MOST_ROWS:
            raise refusal(resource, f"行数太多，不超过{MOST_ROWS}行。")
        if len(cells) > MOST_COLUMNS:
            raise refusal(resource, f"列数太多，不超过{MOST_COLUMNS}列。", line)
        texts = tuple(_text(cell) for cell in cells)
        if any(len(text) > MOST_CELL for text in texts):
            raise refusal(resource, f"有一格太长，不超过{MOST_CELL}字。", line)
        if any(texts):
            yield line, texts


def _text(cell: Any) -> str:
    """What stands in a cell as a person reads it; whole numbers without a point, days as ISO."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == datetime.min.time() else cell.isoformat(" ")
    return cell.isoformat() if isinstance(cell, date) else str(cell).strip()


def write_csv(headings: Sequence[str], rows: Sequence[Mapping[str, str]]) -> bytes:
    """A CSV file that spreadsheet programs open as UTF-8."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, headings)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode("utf-8-sig")


def write_xlsx(sheets: Mapping[str, tuple[Sequence[str], Sequence[Mapping[str, str]]]]) -> bytes:
    """An XLSX file of text cells: title -> headings and rows."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for title, (headings, rows) in sheets.items():
        sheet = book.create_sheet(title)
        sheet.freeze_panes = "A2"
        for column, heading in enumerate(headings, 1):
            sheet.cell(1, column, heading).font = Font(bold=True)
            sheet.column_dimensions[get_column_letter(column)].width = max(14, 2 * len(heading) + 2)
            for line, row in enumerate(rows, 2):
                if row[heading]:
                    cell = sheet.cell(line, column)
                    cell.value, cell.data_type, cell.number_format = row[heading], "s", "@"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def write_table(title: str, headings: Sequence[str], rows: Sequence[Mapping[str, str]], kind: str) -> bytes:
    """One table as `csv` or `xlsx`; no cell is a formula to the program that opens it."""
    if kind == "xlsx":
        return write_xlsx({title: (headings, rows)})
    return write_csv(headings, [{name: _harmless(text) for name, text in row.items()} for row in rows])


def _harmless(text: str) -> str:
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
