"""Samples of values, by whose entries FEEL's parser knows names that hold blanks and signs."""

from __future__ import annotations

from engine.model.decision import (
    ANY,
    BoxedList,
    Conditional,
    Context,
    DecisionModel,
    Expression,
    Filter,
    Iteration,
    Relation,
    Table,
    Type,
    Typed,
)


def sample_of(type_: Type) -> object:
    """A value with the entries that the type declares, all null."""
    if type_.base == "list":
        return [sample_of(type_.items or ANY)]
    single = {name: sample_of(part) for name, part in type_.parts.items()} or None
    return [single] if type_.collection else single


def sample_of_decision(model: DecisionModel) -> object:
    """A value like the decision's result."""
    return sample_of(model.type) or sample_of_value(model.logic)


def sample_of_value(expression: Expression) -> object:
    """A value like the expression's, as far as its form tells."""
    match expression:
        case Typed(value, type_):
            return sample_of(type_) or sample_of_value(value)
        case Context(entries, None):
            return {each.name: sample_of(each.type) or sample_of_value(each.value) for each in entries}
        case Context(_, result) if result is not None:
            return sample_of_value(result)
        case BoxedList(items) if items:
            return [sample_of_value(items[0])]
        case Relation(columns):
            return [dict.fromkeys(columns)]
        case Table() if len(expression.outputs) > 1:
            return {each.name: sample_of(each.type) for each in expression.outputs}
        case Conditional(_, then, otherwise):
            return sample_of_value(then) or sample_of_value(otherwise)
        case Filter(items, _):
            return sample_of_value(items)
        case Iteration("for", _, _, body):
            return [sample_of_value(body)]
    return None
