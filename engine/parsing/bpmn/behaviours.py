"""Multi-instance `behavior`: which events completing instances throw (BPMN 10.3.8)."""

from __future__ import annotations

from collections.abc import Iterator

from engine.model.definition import Throw
from engine.parsing.bpmn.data import event_inputs
from engine.parsing.bpmn.events import definition_of, definitions, thrown_event
from engine.parsing.bpmn.reader import Element, Reader, child, children, content, describe, reference

_SIMPLE = {"One": ("first", "oneBehaviorEventRef"), "None": ("each", "noneBehaviorEventRef")}


def read_throws(reader: Reader, element: Element, loop: Element) -> tuple[Throw, ...]:
    """What the instances of this activity throw; nothing by the default behaviour, `All`."""
    behaviour = loop.get("behavior", "All")
    complex_ = list(children(loop, "complexBehaviorDefinition"))
    if behaviour == "Complex":
        if not complex_:
            reader.error(
                loop,
                f"{describe(element)}：behavior 是 Complex，但没有 complexBehaviorDefinition。",
                "请补上条件和事件，或改为 All。",
            )
        return tuple(throw for each in complex_ for throw in _complex(reader, element, each))
    if complex_:
        reader.warn(
            loop,
            f"{describe(element)}的 complexBehaviorDefinition 不起作用。",
            '请写 behavior="Complex"，或删除它。',
        )
    if behaviour not in _SIMPLE:
        return ()
    when, attribute = _SIMPLE[behaviour]
    ref = reference(loop.get(attribute))
    if not ref:
        text = f"{describe(element)}：behavior 是 {behaviour}，但没有 {attribute}，不会抛出任何事件。"
        reader.warn(loop, text, "请指明一个事件定义，或改为 All。")
        return ()
    definition = definition_of(reader, loop, ref)
    if definition is None:
        return ()
    return (Throw("first" if when == "first" else "each", thrown_event(reader, element, definition)),)


def _complex(reader: Reader, element: Element, definition: Element) -> Iterator[Throw]:
    condition = reader.expression(definition, content(child(definition, "condition")), "多实例的条件")
    thrower = child(definition, "event")
    if condition is None:
        reader.error(definition, f"{describe(element)}：complexBehaviorDefinition 没有条件。", "请填写条件。")
    if thrower is not None:
        carried = event_inputs(reader, thrower)
        for each in definitions(reader, thrower):
            yield Throw("condition", thrown_event(reader, element, each), condition, carried)
