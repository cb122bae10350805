"""The organisation is brought in whole or not at all, and read as of a day."""

from __future__ import annotations

import io
import zipfile
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from sqlalchemy import select

from engine import SHEETS, Conflict, Engine, Import, InvalidInput, NotAllowed, Organisation, User
from engine.model.organisation import Charge, Holding, Person, Position, Unit
from engine.parsing import parse_organisation, write_organisation
from engine.store import people as accounts
from engine.store.audit import to_event
from engine.store.tables import audit_event
from tests.conftest import PASSWORD

UNITS = "单位编号,单位名称,上级单位编号,起,止\nj,某局,,,\nz,治安大队,j,2020-01-01,\n"
POSITIONS = (
    "岗位编号,岗位名称,所在单位编号,单位负责人,职级\nfjz,副局长,j,,副科\nzdz,大队长,z,是,\nzmj,民警,z,,\n"
)
PERSONS = "人员编号,姓名或称谓,账号\np1,甲,a1\np2,乙,a2\np3,丙,\n"
HOLDINGS = "任职人员编号,任职岗位编号,起,止\np1,zdz,2020-01-01,2024-06-30\np2,zdz,2024-07-01,\np3,fjz,,\n"
CHARGES = "分管岗位编号,分管单位编号,起,止\nfjz,z,2021-01-01,\n"
ALL = (UNITS, POSITIONS, PERSONS, HOLDINGS, CHARGES)


def bring(engine: Engine, text: str, **more: object) -> Import:
    return engine.import_organisation("表.csv", text.encode(), by="", **more)  # type: ignore[arg-type]


@pytest.fixture
def staffed(people: Engine) -> Engine:
    for text in ALL:
        bring(people, text)
    return people


def problems(engine: Engine, text: str) -> list[str]:
    with pytest.raises(InvalidInput) as refused:
        bring(engine, text)
    return [str(one) for one in refused.value.problems]


def test_who_held_what_is_told_as_of_a_day(staffed: Engine) -> None:
    assert staffed.organisation(date(2024, 6, 30)).heads("z") == {"a1"}
    assert staffed.organisation(date(2024, 7, 1)).heads("z") == {"a2"}
    assert staffed.organisation(date(2019, 12, 31)).find("治安大队") == ()
    assert [one.person for one in staffed.organisation().holdings] == ["p1", "p2", "p3"]


def test_who_is_in_charge_is_found_for_units_below_too(staffed: Engine) -> None:
    bring(staffed, "单位编号,单位名称,上级单位编号\nz1,一中队,z\n")
    bring(staffed, "人员编号,姓名或称谓,账号,邮箱\np3,丙,ab,ab@example.cn\n")
    assert staffed.user("ab").email == "ab@example.cn"
    now = staffed.organisation(date(2026, 3, 2))
    assert now.in_charge("z1") == now.in_charge("z") == {"ab"}
    assert now.in_charge("j") == frozenset()
    assert now.above("z1") == ("z", "j")
    assert now.below("j") == {"j", "z", "z1"}
    assert [one.name for one in now.standing("a2")] == ["大队长"]


def test_a_dry_run_tells_and_writes_nothing(staffed: Engine) -> None:
    text = HOLDINGS[: HOLDINGS.index("p2")] + "p2,zdz,2024-07-01,2026-02-28\np1,zmj,2026-03-01,\n"
    told = bring(staffed, text, dry_run=True)
    assert [(one.verb, one.key) for one in told.changes] == [
        ("ended", "p2 zdz 2024-07-01"),
        ("added", "p1 zmj 2026-03-01"),
    ]
    assert told.changes[0].before == {"止": ""}
    assert told.changes[0].after == {"止": "2026-02-28"}
    assert told.unchanged == {"任职": 1}
    assert len(staffed.organisation().holdings) == 3
    assert len(staffed.organisation_imports()) == 5
    made = bring(staffed, text, revision=told.revision)
    assert made.changes == told.changes
    assert len(staffed.organisation().holdings) == 4
    last = staffed.organisation_imports()[0]
    assert (last.revision, last.by, last.file, last.changes) == (6, "", "表.csv", made.changes)
    with staffed._context.database.reading() as work:
        rows = work.connection.execute(select(audit_event).order_by(audit_event.c.id))
        entries = [to_event(row).entry for row in rows]
    recorded = [one for one in entries if one.kind == "organisation.imported"]
    assert len(recorded) == 6
    assert recorded[-1].data == {"revision": 6, "added": 1, "changed": 0, "ended": 1}


def test_what_was_previewed_is_what_is_applied(staffed: Engine) -> None:
    told = bring(staffed, "人员编号,姓名或称谓\np4,丁\n", dry_run=True)
    bring(staffed, "人员编号,姓名或称谓\np5,戊\n")
    with pytest.raises(Conflict, match="重新预览"):
        bring(staffed, "人员编号,姓名或称谓\np4,丁\n", revision=told.revision)


def test_nothing_changed_leaves_no_trace(staffed: Engine) -> None:
    assert bring(staffed, UNITS).changes == ()
    assert len(staffed.organisation_imports()) == 5


def test_what_a_whole_sheet_does_not_list_ends_yesterday(staffed: Engine) -> None:
    made = bring(staffed, "任职人员编号,任职岗位编号,起,止\np3,fjz,,\n", whole=True)
    assert [(one.verb, one.key, dict(one.after)) for one in made.changes] == [
        ("ended", "p2 zdz 2024-07-01", {"止": "2026-03-01"})
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("单位编号,单位名称\nx,\n", "表.csv 单位名称 第2行：不能为空。"),
        ("单位编号,单位名称,起\nx,某,2020-02-30\n", "表.csv 起 第2行：“2020-02-30”不是日期"),
        ("单位编号,单位名称,上级单位编号\nx,某,nix\n", "表.csv 单位 上级单位编号 第2行：没有单位编号“nix”。"),
        ("单位编号,单位名称,起,止\nx,某,2020-01-02,2020-01-01\n", "表.csv 单位 止 第2行：止日早于起日。"),
        ("单位编号,单位名称\nx,某\nx,某\n", "表.csv 单位 单位编号 第3行：与前面一行重复。"),
        ("单位编号,单位名称,起\nj,新局,2026-01-01\n", "起 第2行：与从最初起、没有止日的一行重叠"),
        ("单位编号,单位名称,上级单位编号\nj,某局,z\n", "上级单位编号 第2行：上级单位绕回到本单位自己。"),
        ("人员编号,姓名或称谓,账号\np9,壬,nobody\n", "账号 第2行：没有账号“nobody”。"),
        ("人员编号,姓名或称谓,账号\np9,壬,a1\n", "账号“a1”已是“p1”的。"),
        ("人员编号,姓名或称谓,账号,邮箱\np9,壬,,a@b\n", "邮箱 第2行：邮箱“a@b”有误"),
        ("任职人员编号,任职岗位编号\np9,zdz\n", "任职人员编号 第2行：没有编号“p9”。"),
        ("岗位编号,岗位名称,所在单位编号,单位负责人\nq,某,z,也许\n", "单位负责人 第2行：应填“是”，或者不填"),
        ("单位编号,单位名称\nx,=1+1\n", "单位名称 第2行：不能以“=”开头"),
        ("单位编号,单位名称,电话\nx,某,1\n", "电话 第1行：不认识这一列。单位表的表头是：单位编号"),
        ("颜色\n红\n", "认不出这是哪张表"),
        ('单位编号,单位名称\nx,"某\n', "不是合格的 CSV"),
        ("", "文件里没有内容"),
    ],
)
def test_mistakes_are_named_by_row_and_column_and_nothing_is_written(
    staffed: Engine, text: str, told: str
) -> None:
    before = staffed.organisation()
    assert told in "\n".join(problems(staffed, text))
    assert staffed.organisation() == before


def test_only_who_maintains_it_may_change_it(staffed: Engine) -> None:
    with pytest.raises(NotAllowed):
        staffed.import_organisation("a.csv", UNITS.encode(), by="a1", dry_run=True)
    assert not staffed.may_maintain_organisation("a1")


def test_a_spreadsheet_of_all_sheets_comes_back_unchanged(staffed: Engine) -> None:
    content = staffed.export_organisation()
    assert load_workbook(io.BytesIO(content)).sheetnames == [one.title for one in SHEETS]
    told = staffed.import_organisation("全部.xlsx", content, by="", dry_run=True)
    assert told.changes == ()
    assert sum(told.unchanged.values()) == 12
    for sheet in SHEETS:
        told = staffed.import_organisation("一张.csv", staffed.export_organisation(sheet.title), by="")
        assert told.changes == ()


CODES = (
    st.text("abc019甲乙-_. ", min_size=1, max_size=5).map(str.strip).filter(lambda one: one and one[0] != "-")
)
TEXTS = st.text(max_size=20).map(
    lambda one: "".join(c for c in one if c.isprintable()).strip().lstrip("=+-@ ")
)
DAYS = st.one_of(st.just(""), st.dates(date(1949, 10, 1), date(2999, 12, 31)).map(date.isoformat))
NAMES = TEXTS.filter(bool)


@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    st.tuples(
        st.lists(st.builds(Unit, CODES, NAMES, TEXTS, DAYS, DAYS), max_size=3),
        st.lists(
            st.builds(Position, CODES, NAMES, CODES, st.booleans(), TEXTS, TEXTS, TEXTS, DAYS, DAYS),
            max_size=3,
        ),
        st.lists(st.builds(Person, CODES, NAMES, TEXTS), max_size=3),
        st.lists(st.builds(Holding, CODES, CODES, DAYS, DAYS), max_size=3),
        st.lists(st.builds(Charge, CODES, CODES, DAYS, DAYS), max_size=3),
    )
)
def test_any_organisation_is_read_as_it_was_written(rows: tuple[list[object], ...]) -> None:
    whole = Organisation(*(tuple(one) for one in rows))  # type: ignore[arg-type]
    files = [write_organisation(whole), *(write_organisation(whole, one.title) for one in SHEETS)]
    read = {
        cells.sheet.name: tuple(row for _, row in cells.rows)
        for cells in parse_organisation(files[0], "a.xlsx")
    }
    assert Organisation(**read) == whole  # type: ignore[arg-type]
    for sheet, content in zip(SHEETS, files[1:], strict=True):
        (cells,) = parse_organisation(content, "a.csv")
        assert tuple(row for _, row in cells.rows) == getattr(whole, sheet.name)


def test_spreadsheets_of_office_programs_are_read(staffed: Engine) -> None:
    book = Workbook()
    book.active.append(["单位编号", "单位名称", "起"])  # type: ignore[union-attr]
    book.active.append([101, "户政科", date(2021, 5, 1)])  # type: ignore[union-attr]
    out = io.BytesIO()
    book.save(out)
    made = staffed.import_organisation("a.xlsx", out.getvalue(), by="")
    assert dict(made.changes[0].after) == {"单位编号": "101", "单位名称": "户政科", "起": "2021-05-01"}
    made = staffed.import_organisation(
        "b.csv", "单位编号,单位名称,起\n102,网安科,2021年5月1日\n".encode("gb18030"), by=""
    )
    assert made.changes[0].after["起"] == "2021-05-01"


def packed(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in files.items():
            package.writestr(name, content)
    return out.getvalue()


def repacked(content: bytes, name: str, new: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return packed({one: new if one == name else package.read(one) for one in package.namelist()})


def test_files_made_to_do_harm_are_refused(staffed: Engine) -> None:
    good = staffed.export_organisation()
    first = "xl/worksheets/sheet1.xml"
    entity = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><worksheet>&b;</worksheet>'
    bad = {
        "太大": packed({"a": bytes(101 * 1024 * 1024)}),
        "DTD": repacked(good, first, entity),
        "UTF-16": repacked(
            good, first, entity.decode().replace("?>", ' encoding="utf-16"?>', 1).encode("utf-16")
        ),
        "部件太多": packed({str(n): b"" for n in range(501)}),
        "半个": good[: len(good) // 2],
        "不是表": packed({"word/document.xml": b"<a/>"}),
        "大文件": b"a" * (2 * 1024 * 1024 + 1),
        "行太多": "单位编号,单位名称\n".encode() + b"a,b\n" * 50_001,
        "列太多": b"a," * 41 + b"\nb\n",
        "图": b"\x89PNG\r\n\x1a\n\xff\xff",
    }
    for name, content in bad.items():
        with pytest.raises(InvalidInput):
            staffed.import_organisation(f"{name}.xlsx", content, by="")


def test_accounts_that_persons_have_can_be_exchanged(staffed: Engine) -> None:
    made = bring(staffed, "人员编号,姓名或称谓,账号\np1,甲,a2\np2,乙,a1\n")
    assert [one.verb for one in made.changes] == ["changed", "changed"]
    assert staffed.organisation(date(2026, 3, 2)).heads("z") == {"a1"}


def test_a_member_of_the_maintaining_group_may(staffed: Engine) -> None:
    with staffed._context.database.unit_of_work() as work:
        accounts.put_setting(work, "process_admins", "流程管理员")
    staffed.add_user(User("lc", "管理员", "", frozenset({"流程管理员"})), PASSWORD)
    assert staffed.may_maintain_organisation("lc")
    staffed.import_organisation("a.csv", "人员编号,姓名或称谓\np4,丁\n".encode(), by="lc")
    assert staffed.organisation_imports()[0].by == "lc"
