"""Small DMN files for the tests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from engine import decisions
from engine.model.decision import DecisionModel
from engine.model.execution import DecisionEvaluation
from engine.parsing.dmn import parse_dmn

DMN13 = "https://www.omg.org/spec/DMN/20191111/MODEL/"


def attributes(**values: str | None) -> str:
    return "".join(f" {name}={quoteattr(text)}" for name, text in values.items() if text is not None)


def text(element: str, content: str, **values: str | None) -> str:
    return f"<{element}{attributes(**values)}><text>{escape(content)}</text></{element}>"


def table(
    inputs: Sequence[tuple[str, ...]],
    outputs: Sequence[tuple[str, ...]],
    rules: Iterable[Sequence[str]],
    *,
    policy: str | None = None,
    aggregation: str | None = None,
) -> str:
    """Inputs (FEEL, type, allowed), outputs (name, type, allowed, default), rules (cells, annotation)."""
    columns = "".join(_input(number, *column) for number, column in enumerate(inputs, 1))
    results = "".join(_output(number, *column) for number, column in enumerate(outputs, 1))
    rows = "".join(_rule(number, len(inputs), len(outputs), row) for number, row in enumerate(rules, 1))
    given = attributes(hitPolicy=policy, aggregation=aggregation)
    return f'<decisionTable id="table"{given}>{columns}{results}{rows}</decisionTable>'


def _input(number: int, feel: str, kind: str = "", allowed: str = "") -> str:
    values = text("inputValues", allowed) if allowed else ""
    expression = text("inputExpression", feel, typeRef=kind or None)
    return f'<input id="in{number}" label="{escape(feel)}栏">{expression}{values}</input>'


def _output(number: int, name: str, kind: str = "", allowed: str = "", default: str = "") -> str:
    inner = (text("outputValues", allowed) if allowed else "") + (
        text("defaultOutputEntry", default) if default else ""
    )
    return f'<output id="out{number}"{attributes(name=name or None, typeRef=kind or None)}>{inner}</output>'


def _rule(number: int, inputs: int, outputs: int, row: Sequence[str]) -> str:
    cells = [text("inputEntry", cell, id=f"r{number}i{at}") for at, cell in enumerate(row[:inputs], 1)]
    cells += [
        text("outputEntry", cell, id=f"r{number}o{at}")
        for at, cell in enumerate(row[inputs : inputs + outputs], 1)
    ]
    note = "".join(f"<description>{escape(each)}</description>" for each in row[inputs + outputs :])
    return f'<rule id="r{number}">{note}{"".join(cells)}</rule>'


def decision(
    logic: str,
    *,
    id: str = "d",
    name: str | None = None,
    variable: str | None = None,
    kind: str | None = None,
    needs: Sequence[str] = (),
    reads: Sequence[str] = (),
    knows: Sequence[str] = (),
) -> str:
    holds = f"<variable{attributes(name=variable, typeRef=kind)}/>" if variable else ""
    wants = "".join(
        f'<informationRequirement><requiredDecision href="#{each}"/></informationRequirement>'
        for each in needs
    )
    wants += "".join(
        f'<informationRequirement><requiredInput href="#{each}"/></informationRequirement>' for each in reads
    )
    wants += "".join(
        f'<knowledgeRequirement><requiredKnowledge href="#{each}"/></knowledgeRequirement>' for each in knows
    )
    return f"<decision{attributes(id=id, name=name or id)}>{holds}{wants}{logic}</decision>"


def input_data(id: str, name: str, kind: str | None = None) -> str:
    inner = f"<variable{attributes(name=name, typeRef=kind)}/>"
    return f"<inputData{attributes(id=id, name=name)}>{inner}</inputData>"


def knowledge(
    id: str, name: str, parameters: Mapping[str, str], body: str, *, knows: Sequence[str] = ()
) -> str:
    given = "".join(
        f"<formalParameter{attributes(name=each, typeRef=kind or None)}/>"
        for each, kind in parameters.items()
    )
    wants = "".join(
        f'<knowledgeRequirement><requiredKnowledge href="#{each}"/></knowledgeRequirement>' for each in knows
    )
    return (
        f"<businessKnowledgeModel{attributes(id=id, name=name)}><variable{attributes(name=name)}/>"
        f"<encapsulatedLogic>{given}{body}</encapsulatedLogic>{wants}</businessKnowledgeModel>"
    )


def service(
    id: str,
    outputs: Sequence[str],
    *,
    inputs: Sequence[str] = (),
    decisions: Sequence[str] = (),
    encapsulated: Sequence[str] = (),
    kind: str | None = None,
) -> str:
    groups = {
        "outputDecision": outputs,
        "encapsulatedDecision": encapsulated,
        "inputDecision": decisions,
        "inputData": inputs,
    }
    inner = "".join(f'<{name} href="#{each}"/>' for name, group in groups.items() for each in group)
    variable = f"<variable{attributes(name=id, typeRef=kind)}/>" if kind else ""
    return f"<decisionService{attributes(id=id, name=id)}>{variable}{inner}</decisionService>"


def document(*parts: str, namespace: str = DMN13, own: str = "urn:test") -> bytes:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<definitions xmlns="{namespace}" id="defs" name="规则"'
        f' namespace="{own}">\n{chr(10).join(parts)}\n</definitions>'
    ).encode()


def parse(*parts: str) -> dict[str, DecisionModel]:
    return {model.id: model for model in parse_dmn(document(*parts), "rules.dmn")}


def evaluate(*parts: str, id: str = "d", **variables: Any) -> DecisionEvaluation:
    return decisions.evaluate(parse(*parts), id, variables)
