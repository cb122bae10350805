"""Each feature of the public suite's level 2, through `decide`, on files of our own.

The numbers are those of the suite's folders whose feature a case has; its files are not in this repository.
"""

from __future__ import annotations

import pytest

import engine
from tests.unit.decisions.build import decision, document, input_data, knowledge, table, text

DMN15 = "https://www.omg.org/spec/DMN/20230324/MODEL/"


def literal(feel: str) -> str:
    return text("literalExpression", feel)


STATUS = (
    '<itemDefinition name="t状态"><typeRef>string</typeRef>'
    '<allowedValues><text>"在职","离职","退休"</text></allowedValues></itemDefinition>'
)
LOAN = (
    '<itemDefinition name="t款项"><itemComponent name="本金"><typeRef>number</typeRef></itemComponent>'
    '<itemComponent name="利 率"><typeRef>number</typeRef></itemComponent></itemDefinition>'
)
VERDICT = (
    '<itemDefinition name="t结论" isCollection="true">'
    '<itemComponent name="同意/不同意"><typeRef>string</typeRef>'
    '<allowedValues><text>"同意", "不同意"</text></allowedValues></itemComponent>'
    '<itemComponent name="档次"><typeRef>string</typeRef></itemComponent></itemDefinition>'
)
INPUTS = [
    input_data("i1", "年龄", "number"),
    input_data("i2", "风险类别", "string"),
    input_data("i3", "承担得起", "boolean"),
]
COLUMNS = [("年龄", "number"), ("风险类别", "string", '"高", "中", "低"'), ("承担得起", "boolean")]
ONE = [("", "string", '"同意", "不同意"')]
TWO = [("同意/不同意", "string", '"同意", "不同意"'), ("档次", "string")]
EXCLUSIVE = [
    [">=18", '"中","低"', "true", '"同意"', '"基本"'],
    ["<18", '"中","低"', "true", '"不同意"', '"标准"'],
    ["-", '"高"', "-", '"不同意"', '"标准"'],
    ["-", '"中","低"', "false", '"不同意"', '"标准"'],
]
OVERLAPPING = [
    ["<18", "-", "-", '"不同意"', '"标准"'],
    ["-", '"高"', "-", '"不同意"', '"标准"'],
    [">=10", "-", "-", '"同意"', '"基本"'],
    ["-", "-", "false", '"不同意"', '"标准"'],
]
YEARS = [[">1", "100"], [">2", "200"], [">3", "300"], [">5", "500"]]


def tabled(
    policy: str, outputs: list[tuple[str, ...]], rows: list[list[str]], kind: str | None = None
) -> list[str]:
    """A table over the three inputs; rows are cut to its number of outputs."""
    cut = [row[: 3 + len(outputs)] for row in rows]
    made = table(COLUMNS, outputs, cut, policy=policy)
    return [
        *INPUTS,
        decision(made, name="审批 结果", variable="审批 结果", kind=kind, reads=["i1", "i2", "i3"]),
    ]


def collected(aggregation: str | None) -> list[str]:
    made = table([("工龄", "number")], [("",)], YEARS, policy="COLLECT", aggregation=aggregation)
    kind = "number" if aggregation else None
    return [input_data("i", "工龄", "number"), decision(made, variable="津贴", kind=kind, reads=["i"])]


YOUNG = '{年龄: 17, 风险类别: "高", 承担得起: true}'
GROWN = '{年龄: 20, 风险类别: "低", 承担得起: true}'
GREETING = [
    input_data("i", "全 名", "string"),
    decision(literal('"您好，" + 全 名'), variable="问候", kind="string", reads=["i"]),
]
WAGE = [
    input_data("i", "月 薪", "number"),
    decision(literal("12 * 月 薪"), variable="年薪", kind="number", reads=["i"]),
]
STATED = [STATUS, input_data("i", "状 态", "x:t状态"), decision(literal('"现为" + 状 态'), reads=["i"])]
REPAID = [
    LOAN,
    input_data("i", "款", "t款项"),
    input_data("j", "手续费", "number"),
    decision(
        literal("款.本金 * 款.利 率 / 12 / (1 - (1 + 款.利 率 / 12) ** -360) + 手续费"), reads=["i", "j"]
    ),
]
CALLED = [
    LOAN,
    input_data("i", "款", "t款项"),
    knowledge(
        "k",
        "月供",
        {"p": "number", "r": "number", "n": "number"},
        literal("(p * r / 12) / (1 - (1 + r / 12) ** -n)"),
    ),
    decision(literal("decimal(月供(款.本金, 款.利 率, 360), 2)"), reads=["i"], knows=["k"]),
]
LOGIC = [input_data("i", "甲", "boolean"), input_data("j", "乙", "boolean")]
LOANED = "{款: {本金: 600000, 利 率: 0.0375}, 手续费: 100}"

CASES = [
    ("0001", GREETING, '{全 名: "王某"}', '"您好，王某"'),
    ("0002", WAGE, "{月 薪: 10000}", "120000"),
    ("0003", STATED, '{状 态: "在职"}', '"现为在职"'),
    ("0003", STATED, '{状 态: "出差"}', "null"),
    ("0004", tabled("UNIQUE", ONE, EXCLUSIVE, "string"), GROWN, '"同意"'),
    ("0004", tabled("UNIQUE", ONE, EXCLUSIVE, "string"), YOUNG, '"不同意"'),
    ("0004", tabled("UNIQUE", ONE, OVERLAPPING, "string"), YOUNG, "null"),
    ("0005", tabled("ANY", ONE, OVERLAPPING[:2], "string"), YOUNG, '"不同意"'),
    ("0005", tabled("ANY", ONE, OVERLAPPING, "string"), YOUNG, "null"),
    ("0006", tabled("PRIORITY", ONE, OVERLAPPING, "string"), YOUNG, '"同意"'),
    ("0007", tabled("PRIORITY", [("", "string", '"不同意", "同意"')], OVERLAPPING), YOUNG, '"不同意"'),
    ("0008", REPAID, LOANED, "2878.693549432766"),
    ("0009", CALLED, LOANED, "2778.69"),
    ("0010", tabled("UNIQUE", TWO, EXCLUSIVE, "t结论"), GROWN, '[{"同意/不同意": "同意", 档次: "基本"}]'),
    ("0100", [decision(literal("null"))], "{}", "null"),
    ("0100", [decision(literal("true"), variable="果", kind="boolean")], "{}", "true"),
    ("0101", [decision(literal(".872"), variable="果", kind="number")], "{}", "0.872"),
    ("0101", [decision(literal("-125.4321987654"), variable="果", kind="number")], "{}", "-125.4321987654"),
    ("0102", [decision(literal('"横纲 šÚň"'), variable="果", kind="string")], "{}", '"横纲 šÚň"'),
    ("0105", [decision(literal("-10--5"))], "{}", "-5"),
    ("0105", [decision(literal("(10+20)/0"), variable="果", kind="number")], "{}", "null"),
    ("0105", [decision(literal("10**-5"))], "{}", "0.00001"),
    ("0105", [decision(literal("null - 10"))], "{}", "null"),
    ("0105", [decision(literal("10 + 20 / (-5 - 3)"))], "{}", "7.5"),
    ("0106", [*LOGIC, decision(literal("甲 and 乙"), reads=["i", "j"])], "{甲: false}", "false"),
    ("0106", [*LOGIC, decision(literal("甲 and 乙"), reads=["i", "j"])], "{甲: true, 乙: null}", "null"),
    ("0106", [*LOGIC, decision(literal("甲 or 乙"), reads=["i", "j"])], "{甲: null, 乙: true}", "true"),
    ("0107", [*LOGIC, decision(literal("not(甲)"), reads=["i"])], "{甲: null}", "null"),
    ("0107", [*LOGIC, decision(literal("not(甲)"), reads=["i"])], "{甲: false}", "true"),
    ("0108", tabled("FIRST", TWO, OVERLAPPING), YOUNG, '{"同意/不同意": "不同意", 档次: "标准"}'),
    ("0109", tabled("RULE ORDER", TWO, OVERLAPPING[1:3], "t结论"), YOUNG,
     '[{"同意/不同意": "不同意", 档次: "标准"}, {"同意/不同意": "同意", 档次: "基本"}]'),
    ("0110", tabled("OUTPUT ORDER", TWO, OVERLAPPING[1:3], "t结论"), YOUNG,
     '[{"同意/不同意": "同意", 档次: "基本"}, {"同意/不同意": "不同意", 档次: "标准"}]'),
    ("0111", tabled("FIRST", ONE, OVERLAPPING), YOUNG, '"不同意"'),
    ("0112", tabled("RULE ORDER", ONE, OVERLAPPING), YOUNG, '["不同意", "不同意", "同意"]'),
    ("0113", tabled("OUTPUT ORDER", ONE, OVERLAPPING), YOUNG, '["同意", "不同意", "不同意"]'),
    ("0114", collected("MIN"), "{工龄: 6}", "100"),
    ("0114", collected("MIN"), "{工龄: 0}", "null"),
    ("0115", collected("SUM"), "{工龄: 6}", "1100"),
    ("0116", collected("COUNT"), "{工龄: 4}", "3"),
    ("0117", tabled("ANY", TWO, OVERLAPPING[:2]), YOUNG, '{"同意/不同意": "不同意", 档次: "标准"}'),
    ("0118", tabled("PRIORITY", TWO, OVERLAPPING), YOUNG, '{"同意/不同意": "同意", 档次: "基本"}'),
    ("0119", collected(None), "{工龄: 3}", "[100, 200]"),
    ("0119", tabled("COLLECT", TWO, OVERLAPPING[2:], "t结论"), GROWN,
     '[{"同意/不同意": "同意", 档次: "基本"}]'),
]  # fmt: skip


@pytest.mark.parametrize(("family", "parts", "given", "expected"), CASES)
def test_level_2(family: str, parts: list[str], given: str, expected: str) -> None:
    types = [VERDICT] if any("t结论" in part for part in parts) else []
    answer = engine.decide(document(*types, *parts, namespace=DMN15), f"{family}.dmn", "d", given)
    if family in ("0008", "0009"):
        assert answer["result"] == pytest.approx(float(expected), rel=1e-12)
    else:
        assert answer["feel"] == expected, answer["error"]
