"""Decision tables."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

from engine.model.decision import ANY, Aggregation, HitPolicy, Input, Output, Rule, Table, Type
from engine.parsing.dmn.reader import Element, Names, Reader, named, text_of

_POLICIES: tuple[HitPolicy, ...] = get_args(HitPolicy)
_AGGREGATIONS: tuple[Aggregation, ...] = get_args(Aggregation)


def read_table(reader: Reader, element: Element, names: Names, name: str) -> Table:
    """The table with every cell noted for checking; `name` is how messages call it."""
    inputs = tuple(_input(reader, each, names) for each in named(element, "input"))
    policy = _policy(reader, element)
    outputs = _outputs(reader, element, names, policy)
    rules = tuple(
        _rule(reader, number, each, inputs, outputs, names)
        for number, each in enumerate(named(element, "rule"), start=1)
    )
    if not rules:
        reader.error(element, "规则表没有规则。", "请至少写一条规则。")
    aggregation = _aggregation(reader, element, policy, len(outputs))
    return Table(_distinct(inputs), outputs, rules, policy, aggregation, name)


def _policy(reader: Reader, element: Element) -> HitPolicy:
    given = element.get("hitPolicy") or "UNIQUE"
    found = next((policy for policy in _POLICIES if policy == given), None)
    if found is None:
        reader.error(element, f"不认识命中策略“{given}”。", f"可用：{'、'.join(_POLICIES)}。")
    return found or "UNIQUE"


def _aggregation(reader: Reader, element: Element, policy: HitPolicy, outputs: int) -> Aggregation | None:
    given = element.get("aggregation")
    if not given:
        return None
    found = next((each for each in _AGGREGATIONS if each == given), None)
    if found is None:
        reader.error(element, f"不认识汇总方式“{given}”。", f"可用：{'、'.join(_AGGREGATIONS)}。")
    elif policy != "COLLECT":
        reader.error(element, f"命中策略 {policy} 不能汇总。", "汇总只用于 COLLECT。")
    elif outputs > 1:
        reader.error(element, "有几项结论的规则表不能汇总。", "请只留一项结论。")
    return found


def _input(reader: Reader, element: Element, names: Names) -> Input:
    expression = next(named(element, "inputExpression"), None)
    if expression is None:
        reader.error(element, "输入没有表达式（inputExpression）。", "请写出输入取自哪里。")
        return Input(element.get("id") or "", element.get("label") or "", "null")
    label = element.get("label") or (text_of(expression, "text") or "").strip()
    text = reader.feel(expression, f"输入“{label}”", names)
    found = reader.type(expression, expression.get("typeRef"))
    values = next(named(element, "inputValues"), None)
    if values is not None and (
        allowed := reader.feel(values, f"输入“{label}”的允许值", names, unary=True, empty=True)
    ):
        found = replace(found, allowed=allowed)
    return Input(element.get("id") or "", label, text, found)


def _distinct(inputs: tuple[Input, ...]) -> tuple[Input, ...]:
    """Labels made distinct, since the record of an evaluation goes by them."""
    seen: dict[str, int] = {}
    result = []
    for column in inputs:
        count = seen[column.label] = seen.get(column.label, 0) + 1
        result.append(replace(column, label=f"{column.label}（{count}）") if count > 1 else column)
    return tuple(result)


def _outputs(reader: Reader, element: Element, names: Names, policy: HitPolicy) -> tuple[Output, ...]:
    elements = list(named(element, "output"))
    if not elements:
        reader.error(element, "规则表没有结论（output）。", "请至少写一项结论。")
    outputs = tuple(_output(reader, each, names, element.get("outputLabel") or "结论") for each in elements)
    keys = [output.name for output in outputs]
    for each, output in zip(elements, outputs, strict=True):
        if len(outputs) > 1 and not output.name:
            reader.error(each, "有几项结论时，每项都要有名称（name）。", "请给这项结论起名。")
        elif keys.count(output.name) > 1:
            reader.error(each, f"结论的名称“{output.name}”重复。", "请改用不同的名称。")
    if policy in ("PRIORITY", "OUTPUT ORDER") and not any(output.priorities for output in outputs):
        reader.error(
            element,
            f"命中策略 {policy} 要按允许值的次序取结论，但没有列出允许值（outputValues）。",
            "请从高到低列出允许值。",
        )
    return outputs


def _output(reader: Reader, element: Element, names: Names, heading: str) -> Output:
    name = element.get("name") or ""
    label = element.get("label") or name or heading
    found = reader.type(element, element.get("typeRef"))
    values = next(named(element, "outputValues"), None)
    if values is not None and (
        allowed := reader.feel(values, f"结论“{label}”的允许值", names, unary=True, empty=True)
    ):
        found = replace(found, allowed=allowed)
    default = next(named(element, "defaultOutputEntry"), None)
    return Output(
        id=element.get("id") or "",
        name=name,
        label=label,
        type=found,
        priorities=f"[{found.allowed}]" if found.allowed else "",
        default="" if default is None else reader.feel(default, f"结论“{label}”的默认值", names, empty=True),
    )


def _rule(
    reader: Reader,
    number: int,
    element: Element,
    inputs: tuple[Input, ...],
    outputs: tuple[Output, ...],
    names: Names,
) -> Rule:
    tests = list(named(element, "inputEntry"))
    results = list(named(element, "outputEntry"))
    if len(tests) != len(inputs):
        reader.error(
            element,
            f"第{number}条规则有{len(tests)}个条件，规则表有{len(inputs)}个输入，两者应当相等。",
            "请补上或删去多余的格。",
        )
    if len(results) != len(outputs):
        reader.error(
            element,
            f"第{number}条规则有{len(results)}个结论，规则表有{len(outputs)}个结论，两者应当相等。",
            "请补上或删去多余的格。",
        )
    return Rule(
        number=number,
        id=element.get("id") or "",
        tests=tuple(
            reader.feel(cell, f"第{number}条规则的条件“{column.label}”", names, unary=True, empty=True)
            for column, cell in zip(inputs, tests, strict=False)
        ),
        outputs=tuple(
            reader.feel(cell, f"第{number}条规则的结论“{column.label}”", names, empty=True)
            for column, cell in zip(outputs, results, strict=False)
        ),
        annotation=_annotation(element),
        types=_declared(reader, results),
    )


def _declared(reader: Reader, cells: list[Element]) -> tuple[Type, ...]:
    """The types that cells declare for themselves; empty if none does."""
    types = tuple(reader.type(cell, cell.get("typeRef")) for cell in cells)
    return types if any(each != ANY for each in types) else ()


def _annotation(element: Element) -> str:
    texts = [(text_of(entry, "text") or "").strip() for entry in named(element, "annotationEntry")]
    return "；".join(text for text in texts if text) or (text_of(element, "description") or "").strip()
