"""What of a case's variables a person doesn't see: those that are protected, and those for other readers."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from engine.model.case_rules import Protected
from engine.model.execution import DecisionEvaluation, JsonObject

MASK = "（保密）"  #: what stands for a protected value


@dataclass(frozen=True, slots=True)
class Curtain:
    """Hangs before variables: a masked one shows that it has a value, an absent one isn't there."""

    masked: frozenset[str] = frozenset()
    absent: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.masked or self.absent)

    def before(self, variables: Mapping[str, Any]) -> JsonObject:
        """Variables by name, as they look from outside."""
        if not self:
            return dict(variables)
        return {
            name: MASK if name in self.masked and has_value(value) else value
            for name, value in variables.items()
            if name not in self.absent
        }

    def deep(self, value: Any) -> Any:
        """A value of the record, in which variables may stand at any depth."""
        if not self:
            return value
        if isinstance(value, Mapping):
            return {name: self.deep(one) for name, one in self.before(value).items()}
        return [self.deep(one) for one in value] if isinstance(value, list) else value

    def judged(self, one: DecisionEvaluation) -> DecisionEvaluation:
        """A decision without what it saw behind the curtain."""
        return replace(
            one,
            inputs=self.deep(one.inputs),
            result=self.deep(one.result),
            required=tuple(self.judged(each) for each in one.required),
        )

    def files(self, variables: Mapping[str, Any]) -> frozenset[str]:
        """Ids of documents that stand in absent fields, among other texts there."""
        return frozenset(text for name in self.absent for text in _texts(variables.get(name)))

    def told(self, text: str, variables: Mapping[str, Any]) -> str:
        """A text that a program made, without the protected values that it may quote."""
        for name in self.masked:
            for value in _texts(variables.get(name)):
                text = text.replace(value, MASK)
        return text


OPEN = Curtain()  #: before nothing


@dataclass(frozen=True, slots=True)
class Guarded:
    """The variables of a case that not everybody sees who sees the case."""

    protected: tuple[Protected, ...] = ()
    readers: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Variable -> groups; who is in none of them sees neither the field nor the variable."""

    @property
    def names(self) -> frozenset[str]:
        """The protected variables."""
        return frozenset(name for one in self.protected for name in one.variables)

    def curtain(self, groups: Collection[str]) -> Curtain:
        """What a member of these groups doesn't see; a protected value nobody does who doesn't look at it."""
        absent = (name for name, readers in self.readers.items() if readers.isdisjoint(groups))
        return Curtain(self.names, frozenset(absent))

    def outside(self) -> Curtain:
        """What stays out of documents, notifications and everything else that a program writes."""
        return Curtain(self.names)


def has_value(value: Any) -> bool:
    """Whether there is anything to hide."""
    return value is not None and value not in ("", [], {})


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str) and value:
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)
