"""What parsing makes of a DMN file: frozen values that `engine.decisions` evaluates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

HitPolicy = Literal["UNIQUE", "FIRST", "PRIORITY", "ANY", "COLLECT", "RULE ORDER", "OUTPUT ORDER"]
Aggregation = Literal["SUM", "MIN", "MAX", "COUNT"]
Base = Literal[
    "any",
    "string",
    "number",
    "boolean",
    "date",
    "time",
    "date and time",
    "duration",
    "days and time duration",
    "years and months duration",
    "context",
    "function",
    "range",
    "list",
]

#: Hit policies whose result is a list of all hits.
MULTIPLE: frozenset[HitPolicy] = frozenset({"COLLECT", "RULE ORDER", "OUTPUT ORDER"})


@dataclass(frozen=True, slots=True)
class Type:
    """The type of an input, output or variable (DMN 7.3.2)."""

    base: Base = "any"
    collection: bool = False
    allowed: str = ""  #: unary tests that a value (each item of a collection) must pass; "" allows all
    parts: Mapping[str, Type] = field(default_factory=dict)  #: of a context
    items: Type | None = None  #: of a "list", whose items are lists themselves
    constraint: str = ""  #: unary tests that the value as a whole must pass


ANY = Type()


@dataclass(frozen=True, slots=True)
class Input:
    """A column of conditions."""

    id: str
    label: str
    feel: str
    type: Type = ANY


@dataclass(frozen=True, slots=True)
class Output:
    """A column of conclusions; the name is "" where a single output is unnamed."""

    id: str
    name: str
    label: str
    type: Type = ANY
    priorities: str = ""  #: FEEL of the list of allowed values, the highest first
    default: str = ""  #: FEEL; "" is none


@dataclass(frozen=True, slots=True)
class Rule:
    """A row: one unary test per input ("" and "-" accept all), one FEEL per output ("" is null)."""

    number: int  #: 1-based
    id: str
    tests: tuple[str, ...]
    outputs: tuple[str, ...]
    annotation: str = ""
    types: tuple[Type, ...] = ()  #: of the outputs, beside their columns' own; empty if no cell declares one


@dataclass(frozen=True, slots=True)
class Table:
    """A decision table (DMN 8)."""

    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    rules: tuple[Rule, ...]
    hit_policy: HitPolicy = "UNIQUE"
    aggregation: Aggregation | None = None
    name: str = ""  #: of the decision or knowledge that it belongs to, for messages


@dataclass(frozen=True, slots=True)
class Formula:
    """A FEEL expression."""

    feel: str
    what: str = ""  #: in Chinese, which expression it is, for messages


@dataclass(frozen=True, slots=True)
class Entry:
    """A named part of a boxed context."""

    name: str
    type: Type
    value: Expression
    what: str = ""


@dataclass(frozen=True, slots=True)
class Context:
    """Named values, each seen by those after it; the result's where there is a final one without a name."""

    entries: tuple[Entry, ...]
    result: Expression | None = None


@dataclass(frozen=True, slots=True)
class BoxedList:
    """A list of expressions."""

    items: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Relation:
    """A list of contexts that have the same entries."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Expression, ...], ...]


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a function."""

    name: str
    type: Type = ANY


@dataclass(frozen=True, slots=True)
class Function:
    """A function whose body is any expression; it sees the scope in which it stands."""

    parameters: tuple[Parameter, ...]
    body: Expression
    type: Type = ANY  #: of the result
    name: str = ""  #: for messages


@dataclass(frozen=True, slots=True)
class Invocation:
    """A function called with arguments by name."""

    callee: Formula
    arguments: tuple[tuple[str, Expression], ...]
    what: str = ""


@dataclass(frozen=True, slots=True)
class Conditional:
    """The first where the condition is true, else the second."""

    condition: Expression
    then: Expression
    otherwise: Expression


@dataclass(frozen=True, slots=True)
class Filter:
    """The items of a list for which `match` is true, or the one at its number."""

    list: Expression
    match: Expression


@dataclass(frozen=True, slots=True)
class Iteration:
    """`for`, `some` or `every` item of a list."""

    kind: Literal["for", "some", "every"]
    variable: str
    list: Expression
    body: Expression


@dataclass(frozen=True, slots=True)
class Typed:
    """An expression whose value must be of a type."""

    value: Expression
    type: Type
    what: str = ""


@dataclass(frozen=True, slots=True)
class Given:
    """The logic of a decision that people make: the variable of its name."""

    name: str


@dataclass(frozen=True, slots=True)
class Service:
    """The logic of a decision service: output decisions over given input data and input decisions."""

    inputs: tuple[DecisionModel | InputData, ...]  #: its parameters in order
    outputs: tuple[DecisionModel, ...]


Expression = (
    Table
    | Formula
    | Context
    | BoxedList
    | Relation
    | Function
    | Invocation
    | Conditional
    | Filter
    | Iteration
    | Typed
    | Given
    | Service
)


@dataclass(frozen=True, slots=True)
class InputData:
    """A fact that a decision asks for; the process variable of this name."""

    name: str
    type: Type = ANY
    id: str = ""
    resource: str = ""


@dataclass(frozen=True, slots=True)
class Knowledge:
    """A business knowledge model: a function that sees the knowledge that it requires, itself too."""

    id: str
    name: str
    function: Function
    requires: tuple[Requirement, ...] = ()
    resource: str = ""
    types: Mapping[str, Type] = field(default_factory=dict)  #: of its file, by name


@dataclass(frozen=True, slots=True)
class DecisionModel:
    """A decision with the decisions, knowledge and input data that it requires; or a decision service."""

    id: str
    name: str
    logic: Expression
    variable: str  #: name under which a requiring decision sees the result
    type: Type = ANY
    requires: tuple[Requirement, ...] = ()
    resource: str = ""
    line: int | None = None
    documentation: str = ""
    types: Mapping[str, Type] = field(default_factory=dict)  #: of its file, by name


Node = InputData | DecisionModel | Knowledge


@dataclass(frozen=True, slots=True)
class Requirement:
    """What is required and the name by which it is seen; behind an import's name, if it is imported."""

    path: tuple[str, ...]
    node: Node


def walk(node: Node) -> Iterator[Node]:
    """The node and all that it requires, each once."""
    seen: dict[int, Node] = {}
    waiting = [node]
    while waiting:
        one = waiting.pop()
        if id(one) in seen:
            continue
        seen[id(one)] = one
        yield one
        if isinstance(one, DecisionModel | Knowledge):
            waiting += [each.node for each in one.requires]
        if isinstance(one, DecisionModel) and isinstance(one.logic, Service):
            waiting += [*one.logic.inputs, *one.logic.outputs]
