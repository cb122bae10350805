"""Files that import one another by namespace."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

import engine
from engine import decisions
from engine.errors import InvalidDefinition
from engine.parsing.dmn import parse_dmn
from tests.unit.decisions.build import DMN13, decision, document, input_data, knowledge, table, text
from web.cli import main


def literal(feel: str) -> str:
    return text("literalExpression", feel)


def imported(name: str, namespace: str, kind: str = DMN13) -> str:
    return f'<import name="{name}" namespace="{namespace}" importType="{kind}"/>'


TYPES = (
    '<itemDefinition name="级别"><typeRef>string</typeRef>'
    '<allowedValues><text>"高", "低"</text></allowedValues></itemDefinition>'
)
BASE = document(
    TYPES,
    input_data("i", "基 数", "number"),
    decision(literal("基 数 * 2"), id="a", name="翻 倍", variable="翻 倍", reads=["i"]),
    knowledge(
        "k", "分 级", {"数": "number"}, table([("数",)], [("级别",)], [["> 5", '"高"'], ["<= 5", '"低"']])
    ),
    own="urn:base",
)
MIDDLE = document(
    imported("底", "urn:base"),
    decision(literal("底.翻 倍 + 1"), id="m", name="中间", variable="中间", needs=["urn:base#a"]).replace(
        "#urn", "urn"
    ),
    own="urn:middle",
)


def main_file(text_: str, *, types: str = "底.级别") -> bytes:
    return document(
        imported("底", "urn:base"),
        imported("中", "urn:middle"),
        decision(
            literal(text_),
            variable="果",
            kind=types,
            needs=["urn:base#a", "urn:middle#m"],
            reads=["urn:base#i"],
            knows=["urn:base#k"],
        ).replace("#urn", "urn"),
        own="urn:main",
    )


BESIDE = {"base.dmn": BASE, "middle.dmn": MIDDLE, "other.dmn": b"<broken", "form.json": b"{}"}


def test_decisions_inputs_functions_and_types_of_other_files() -> None:
    file = main_file("底.分 级(底.翻 倍 + 中.中间 - 底.基 数)")
    models = parse_dmn(file, "main.dmn", BESIDE)
    evaluation = decisions.evaluate({each.id: each for each in models}, "d", {"基 数": 2})
    assert evaluation.result == "高"
    assert {each.decision_id for each in evaluation.required} == {"a", "m"}
    low = decisions.evaluate({each.id: each for each in models}, "d", {"基 数": 1})
    assert low.result == "低"


def test_input_data_of_the_same_name_in_two_files() -> None:
    parts = [imported("底", "urn:base"), input_data("i", "基 数", "number")]
    logic = decision(
        literal("[基 数, 底.基 数, 底.翻 倍]"), reads=["i", "urn:base#i"], needs=["urn:base#a"]
    ).replace("#urn", "urn")
    file = document(*parts, logic, own="urn:main")
    told = engine.decide(file, "main.dmn", "d", "{基 数: 1, 底: {基 数: 5}}", BESIDE)
    assert told["result"] == [1, 5, 10]
    assert engine.decide(file, "main.dmn", "d", "{基 数: 1}", BESIDE)["result"] == [1, 1, 2]


def test_an_imported_type_is_checked() -> None:
    answer = engine.decide(main_file('"中"'), "main.dmn", "d", "{}", BESIDE)
    assert "规则“d”的结果不能是文字“中”" in answer["error"]["message"]


@pytest.mark.parametrize(
    ("beside", "said"),
    [
        ({}, "引用的规则文件（命名空间“urn:base”）不在一起部署的文件中"),
        (
            {"base.dmn": BASE.replace(b"decision id", b"decision ID"), "middle.dmn": MIDDLE},
            "引用的规则文件“base.dmn”有错",
        ),
        (
            {
                "base.dmn": document(
                    imported("主", "urn:main"), decision(literal("1"), id="a"), own="urn:base"
                ),
                "middle.dmn": MIDDLE,
                "main.dmn": main_file("1"),
            },
            "引用的规则文件“base.dmn”有错",
        ),
    ],
)
def test_an_import_that_leads_nowhere_is_refused(beside: dict[str, bytes], said: str) -> None:
    with pytest.raises(InvalidDefinition) as caught:
        parse_dmn(main_file("1"), "main.dmn", beside)
    assert any(said in each.message and each.line for each in caught.value.problems)


def test_the_shell_finds_them_in_the_folder(tmp_path: Path) -> None:
    for name, content in {**BESIDE, "main.dmn": main_file("底.分 级(底.基 数)")}.items():
        (tmp_path / name).write_bytes(content)
    told = CliRunner().invoke(
        main, ["decide", str(tmp_path / "main.dmn"), "--decision", "d", "--with", "{基 数: 9}"]
    )
    assert (told.output.strip(), told.exit_code) == ('"高"', 0)
