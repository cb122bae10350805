"""What parsing makes of a DMN file: frozen values that `engine.decisions` evaluates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

HitPolicy = Literal["UNIQUE", "FIRST", "PRIORITY", "ANY", "COLLECT", "RULE ORDER", "OUTPUT ORDER"]
Aggregation = Literal["SUM", "MIN", "MAX", "COUNT"]
Base = Literal[
    "any", "string", "number", "boolean", "date", "time", "date and time", "duration", "context", "function"
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


@dataclass(frozen=True, slots=True)
class Table:
    """A decision table (DMN 8)."""

    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    rules: tuple[Rule, ...]
    hit_policy: HitPolicy = "UNIQUE"
    aggregation: Aggregation | None = None


@dataclass(frozen=True, slots=True)
class Formula:
    """A FEEL expression; boxed contexts, lists, relations and functions are written as FEEL too."""

    feel: str


@dataclass(frozen=True, slots=True)
class Invocation:
    """A business knowledge model that is a table, called with arguments (parameter, FEEL)."""

    name: str  #: of the knowledge model
    table: Table
    arguments: tuple[tuple[str, str], ...]
    types: Mapping[str, Type] = field(default_factory=dict)  #: of the parameters


@dataclass(frozen=True, slots=True)
class InputData:
    """A fact that a decision asks for; the process variable of this name."""

    name: str
    type: Type = ANY


@dataclass(frozen=True, slots=True)
class DecisionModel:
    """A decision with the decisions, knowledge and input data that it requires."""

    id: str
    name: str
    logic: Table | Formula | Invocation
    variable: str  #: name under which a requiring decision sees the result
    type: Type = ANY
    inputs: tuple[InputData, ...] = ()
    required: tuple[DecisionModel, ...] = ()
    functions: Mapping[str, str] = field(default_factory=dict)  #: knowledge models: name -> FEEL function
    resource: str = ""
    line: int | None = None
    documentation: str = ""
