"""Documents: a template made here, filled, and read back with python-docx."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime
from typing import Any

import pytest
from docx import Document

from engine import handlers
from engine.errors import EngineError
from engine.model.handling import HandlerContext, HandlerResult

NOW = datetime(2026, 11, 25, 18, 0, tzinfo=UTC)  # November 26 in Beijing


def template(*paragraphs: str, table: list[list[str]] | None = None) -> bytes:
    document = Document()
    for text in paragraphs:
        document.add_paragraph(text)
    if table:
        grid = document.add_table(rows=len(table), cols=len(table[0]))
        for row, texts in zip(grid.rows, table, strict=True):
            for cell, text in zip(row.cells, texts, strict=True):
                cell.text = text
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def make(content: bytes, variables: dict[str, Any], **properties: str) -> HandlerResult:
    context = HandlerContext(
        instance_id="i",
        business_key="甲〔2026〕1号",
        title="一件事",
        activity_id="a",
        element_id="make_document",
        topic="document",
        properties={"document": "documents/letter.docx", **properties},
        variables=variables,
        idempotency_key="k",
        now=NOW,
        people={"u1": "甲科科长"},
        resources={"documents/letter.docx": content},
    )
    return handlers.registry["document"](context)


def texts(content: bytes) -> list[str]:
    return [paragraph.text for paragraph in Document(io.BytesIO(content)).paragraphs]


def one(content: bytes, variables: dict[str, Any]) -> str:
    result = make(content, variables)
    assert len(result.documents) == 1
    return "\n".join(texts(result.documents[0].content))


def test_variables_and_helpers() -> None:
    text = one(
        template(
            "关于{{ 对象 }}的决定",
            "送达：{{ 日期|cndate }}；{{ 时刻|cndate }}；{{ 空|cndate }}",
            "措施：{{ 措施|join_cn }}",
            "名单：{{ 人员|join_cn('名称') }}",
            "同意：{{ 同意 }}，金额：{{ 金额 }}，空：[{{ 空 }}]，{{ 空|dash }}，{{ 没有|dash }}",
            "{{ 案号 }} {{ 标题 }} {{ 今天|cndate }} {{ 承办|who }} {{ 7|cnnumber }} {{ 21|cnnumber }}",
            "{% for 人 in 人员 %}{{ loop.index|cnnumber }}、{{ 人.名称 }}；{% endfor %}",
            "{% if 没有 %}有{% else %}无{% endif %}{{ 没有|default('缺') }}",
        ),
        {
            "对象": "甲单位",
            "日期": "2026-11-26",
            "时刻": "2026-11-25T18:00:00Z",
            "措施": ["通报", "诫勉"],
            "人员": [{"名称": "甲"}, {"名称": "乙"}],
            "同意": True,
            "金额": 3.0,
            "空": None,
            "承办": "u1",
        },
    )
    assert text.split("\n") == [
        "关于甲单位的决定",
        "送达：2026年11月26日；2026年11月26日；",
        "措施：通报、诫勉",
        "名单：甲、乙",
        "同意：是，金额：3，空：[]，—，—",
        "甲〔2026〕1号 一件事 2026年11月26日 甲科科长 七 二十一",
        "一、甲；二、乙；",
        "无缺",
    ]


def test_what_xml_would_misread_survives() -> None:
    awkward = "<w:p>&amp; \"引\" 'x' ]]> {{ 1 + 1 }} {% if %}"
    assert one(template("{{ 话 }}"), {"话": awkward}) == awkward


def test_characters_that_xml_forbids_are_left_out() -> None:
    assert one(template("{{ 话 }}"), {"话": "甲\x00\x0b\ufffe\ud800乙"}) == "甲乙"


def test_lines_stay_lines() -> None:
    assert one(template("{{ 话 }}"), {"话": "第一行\n第二行"}) == "第一行\n第二行"


def test_rows_of_a_table_repeat() -> None:
    content = template(
        table=[
            ["对象", "措施"],
            ["{%tr for 行 in 决定 %}", ""],
            ["{{ 行.名称 }}", "{{ 行.措施|join_cn }}"],
            ["{%tr endfor %}", ""],
        ]
    )
    rows = [{"名称": "甲", "措施": ["通报"]}, {"名称": "乙<", "措施": ["诫勉", "检查"]}]
    result = make(content, {"决定": rows})
    table = Document(io.BytesIO(result.documents[0].content)).tables[0]
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["对象", "措施"],
        ["甲", "通报"],
        ["乙<", "诫勉、检查"],
    ]


def test_one_file_for_each_item_with_its_own_name() -> None:
    result = make(
        template("{{ 当事人.名称 }} {{ 当事人序号 }} {{ 文号 }}"),
        {"决定": [{"名称": "甲"}, {"名称": "乙/丙"}, {"名称": "甲"}], "文号": "1号"},
        documentForEach="=决定",
        documentItem="当事人",
        documentName='="决定书（" + 当事人.名称 + "）"',
        resultVariable="文书",
    )
    assert [document.name for document in result.documents] == [
        "决定书（甲）.docx",
        "决定书（乙丙）.docx",
        "决定书（甲）（2）.docx",
    ]
    assert [texts(document.content) for document in result.documents] == [
        ["甲 1 1号"],
        ["乙/丙 2 1号"],
        ["甲 3 1号"],
    ]
    assert result.variables == {"文书": [document.name for document in result.documents]}


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("", "letter.docx"),
        ("登记表", "登记表.docx"),
        ("登记表.docx", "登记表.docx"),
        ('"登记表" + "一"', "登记表一.docx"),
        ("=没有", "letter.docx"),
        ('="../../etc/passwd\\n"', "etcpasswd.docx"),
        ('="' + "长" * 300 + '"', "长" * 100 + ".docx"),
    ],
)
def test_file_names(written: str, name: str) -> None:
    assert make(template("x"), {}, documentName=written).documents[0].name == name


def test_each_file_of_an_item_is_named_after_the_default() -> None:
    result = make(template("{{ 项 }}"), {"甲": [1, 2]}, documentForEach="甲")
    assert [document.name for document in result.documents] == ["letter.docx", "letter（2）.docx"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (template("{{ 没有的 }}"), "文书模板“documents/letter.docx”要用的“没有的”没有"),
        (template("{{ 甲.没有的 }}"), "文书模板“documents/letter.docx”要用的“没有的”没有"),
        (template("{{ 空.没有的 }}"), "要用的“没有的”没有"),
        (template("{{ 没有的|cndate }}"), "要用的“没有的”没有"),
        (template("{{ 没有的|join_cn }}"), "要用的“没有的”没有"),
        (template("{% if 甲 %}"), "文书模板“documents/letter.docx”的写法有误"),
        (template("{{ 甲|nosuch }}"), "文书模板“documents/letter.docx”的写法有误"),
        (template("{{ 1 / 0 }}"), "文书模板“documents/letter.docx”不能生成"),
        (template("{{ ''.__class__.__mro__ }}"), "文书模板“documents/letter.docx”用了不允许的写法"),
        (template("{{ 'x' * 1000000000 }}"), "文书模板“documents/letter.docx”用了不允许的写法"),
        (template("{{ 9 ** 9 ** 9 ** 9 }}"), "文书模板“documents/letter.docx”用了不允许的写法"),
        (template("{{ '%0999999999d' % 1 }}"), "文书模板“documents/letter.docx”用了不允许的写法"),
        (template("{{ cycler.__init__.__globals__ }}"), "用了不允许的写法"),
        (template("{% for x in range(10000000) %}{% endfor %}"), "不能生成"),
        (b"not a zip", "文书模板“documents/letter.docx”不是 .docx 文件"),
    ],
)
def test_a_failing_template_is_named_with_what_is_wrong(content: bytes, message: str) -> None:
    with pytest.raises(EngineError) as caught:
        make(content, {"甲": {}, "空": None})
    assert message in caught.value.message


def test_a_package_that_unpacks_too_far_is_refused() -> None:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("word/document.xml", b" " * 60_000_000)
    with pytest.raises(EngineError, match="过大"):
        make(written.getvalue(), {})


def test_a_missing_template_is_named() -> None:
    with pytest.raises(EngineError, match=r"没有文书模板“documents/other\.docx”"):
        make(b"", {}, document="documents/other.docx")


@pytest.mark.parametrize("for_each", ["没有", '="甲"', "=1 +"])
def test_a_list_that_is_none_is_refused(for_each: str) -> None:
    with pytest.raises(EngineError, match="documentForEach"):
        make(template("x"), {}, documentForEach=for_each)
