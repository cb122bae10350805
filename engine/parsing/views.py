"""View files: how the cases of a process are summed up."""

from __future__ import annotations

from engine.model.forms import ViewDefinition
from engine.parsing.jsonfile import JsonReader, base_name, read_object


def parse_view(content: bytes, resource: str) -> ViewDefinition:
    """The view in a `NAME.view.json`; InvalidDefinition with every problem's JSON pointer."""
    data = read_object(content, resource)
    reader = JsonReader(resource)
    reader.keys(data, ("process", "title", "summary", "tables"), "")
    process = reader.text(data, "process", "", required=True)
    name = base_name(resource, ".view.json")
    if process and process != name:
        reader.error("/process", f"流程“{process}”与文件名不一致。", f"文件应名为 {process}.view.json。")
    summary = _pairs(reader, reader.objects(data, "summary", ""))
    tables = reader.objects(data, "tables", "")
    for pointer, table in tables:
        reader.keys(table, ("title", "rows", "columns"), pointer)
        reader.text(table, "title", pointer, required=True)
        reader.feel(table, "rows", pointer, required=True)
        columns = reader.objects(table, "columns", pointer)
        _pairs(reader, columns)
        if not columns:
            reader.error(f"{pointer}/columns", "表格应当至少有一列。", "请写明“columns”。")
    view = ViewDefinition(
        process=process,
        title=reader.feel(data, "title", "", required=True),
        summary=summary,
        tables=tuple(table for _, table in tables),
    )
    reader.finish()
    return view


def _pairs(reader: JsonReader, entries: list[tuple[str, dict[str, object]]]) -> tuple[tuple[str, str], ...]:
    found = []
    for pointer, entry in entries:
        reader.keys(entry, ("label", "feel"), pointer)
        label = reader.text(entry, "label", pointer, required=True)
        found.append((label, reader.feel(entry, "feel", pointer, required=True)))
    return tuple(found)
