"""Data objects, data inputs and outputs, and the associations between them (BPMN 10.4).

Case data lives once in an instance, as variables. A data object is the variable of its name, in a subprocess
a variable of that subprocess; an association computes a variable when its activity begins or ends. One that
leads from a variable to itself, as most drawn ones do, only explains. Data stores only explain, too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from engine.model.definition import Expression, Node, Parameter
from engine.parsing.bpmn.names import BPMN, THROWING
from engine.parsing.bpmn.reader import (
    Element,
    Reader,
    child,
    children,
    content,
    describe_near,
    is_name,
    reference,
)
from engine.parsing.xml import line_of, local

_DATA = ("dataInput", "dataOutput", "property", "inputDataItem", "outputDataItem")
_STORES = ("dataStoreReference", "dataStore")
_PLACEHOLDER = "__targetRef_placeholder"  #: the end of an association that a drawing tool makes up


@dataclass(frozen=True, slots=True)
class Move:
    """What one association does: `target` gets `value`; `source` and `sink` are the ids of its ends."""

    element: Element
    source: str
    sink: str
    target: str
    value: str  #: FEEL
    acts: bool  #: it does something that sharing variables doesn't do already


def data_names(root: Element) -> dict[str, str]:
    """Id -> variable of everything in a file that holds data; "" for data stores."""
    found = {_id(each): (each.get("name") or "").strip() for each in _all(root, "dataObject")}
    references = {
        _id(each): (reference(each.get("dataObjectRef")), each) for each in _all(root, "dataObjectReference")
    }
    for meant, each in references.values():
        found[meant] = found.get(meant) or (each.get("name") or "").strip()
    found = {key: name or key for key, name in found.items()}
    found |= {key: found[meant] if meant else _named(each) for key, (meant, each) in references.items()}
    found |= {_id(each): _named(each) for each in _all(root, *_DATA)}
    found |= {_id(each): "" for each in _all(root, *_STORES)}
    found.pop("", None)
    return found


def own_data(reader: Reader, element: Element) -> tuple[str, ...]:
    """The variables that a subprocess has of its own: its data objects."""
    found = []
    for each in children(element, "dataObject"):
        name = reader.data.get(_id(each), "")
        if not is_name(name):
            continue
        found.append(name)
        if any(
            reader.data.get(_id(other)) == name
            for scope in element.iterancestors()
            for other in children(scope, "dataObject")
        ):
            reader.note(
                _id(element),
                line_of(each),
                f"子流程里的数据对象“{name}”与外面的同名：它是子流程自己的变量，子流程结束就没有了。",
                "要用外面的那个，请在子流程里只画它的引用；否则请换一个名称。",
                "warning",
            )
    return tuple(found)


def tell_stores(reader: Reader, element: Element) -> None:
    """Data stores of this scope are no more than drawn."""
    for each in children(element, "dataStoreReference"):
        reader.note(
            _id(each),
            line_of(each),
            f"数据存储“{_named(each)}”只作说明，办理时不会读写。",
            "要存取别处的数据，请用服务任务；本件的数据直接用变量。",
            "warning",
        )


def with_data(reader: Reader, element: Element, node: Node) -> Node:
    """The node with what its data associations bring in and take out, beside its camunda: mappings."""
    loop = child(element, "multiInstanceLoopCharacteristics")
    ends = {
        reference(content(each))
        for each in (() if loop is None else children(loop, "loopDataInputRef", "loopDataOutputRef"))
    }
    ins = [each for each in moves(reader, element, "dataInputAssociation") if each.sink not in ends]
    outs = [each for each in moves(reader, element, "dataOutputAssociation") if each.source not in ends]
    if node.call is not None:
        call = node.call
        every_in, every_out = not (call.all_in or call.inputs), not (call.all_out or call.outputs)
        return replace(
            node,
            call=replace(
                call,
                inputs=call.inputs + _parameters(reader, ins, every_in),
                outputs=call.outputs + _parameters(reader, outs, every_out),
            ),
        )
    sends = node.kind in THROWING or node.kind == "sendTask"
    taken = _parameters(reader, ins, sends)
    given = _parameters(reader, outs, any(each.acts for each in outs))
    return replace(node, inputs=node.inputs + taken, outputs=node.outputs + given)


def event_inputs(reader: Reader, element: Element) -> tuple[Parameter, ...]:
    """What a throwing event carries by its data associations."""
    return _parameters(reader, moves(reader, element, "dataInputAssociation"), True)


def input_collection(reader: Reader, element: Element, loop: Element) -> str:
    """FEEL of what `loopDataInputRef` means: where its association comes from, or the data of that id."""
    ref = reference(content(child(loop, "loopDataInputRef")))
    if not ref:
        return ""
    found = (each.value for each in moves(reader, element, "dataInputAssociation") if each.sink == ref)
    return next(found, reader.data.get(ref, ref))


def output_collection(reader: Reader, element: Element, loop: Element) -> str:
    """The variable that `loopDataOutputRef` means: where its association leads, or the data of that id."""
    ref = reference(content(child(loop, "loopDataOutputRef")))
    if not ref:
        return ""
    found = (each.target for each in moves(reader, element, "dataOutputAssociation") if each.source == ref)
    return next(found, reader.data.get(ref, ref))


def moves(reader: Reader, element: Element, name: str) -> list[Move]:
    """What the associations of this name (data input or output) do."""
    return [move for each in children(element, name) for move in _moves(reader, each)]


def _moves(reader: Reader, association: Element) -> Iterator[Move]:
    sources = [reference(content(each)) for each in children(association, "sourceRef")]
    source, sink = sources[0] if sources else "", reference(content(child(association, "targetRef")))
    assignments = list(children(association, "assignment"))
    transformation = child(association, "transformation")
    if not _known(reader, association, [*sources, sink], bool(assignments) or transformation is not None):
        return
    names = [reader.data.get(each, "") for each in (source, sink)]
    target = names[0] if names[1].startswith(_PLACEHOLDER) else names[1]
    if transformation is not None:
        yield Move(transformation, source, sink, target, content(transformation), True)
    for each in assignments:
        to = child(each, "to")
        text = content(to).removeprefix("=").strip()
        yield Move(
            each, source, sink, reader.data.get(text, text) or target, content(child(each, "from")), True
        )
    if transformation is None and not assignments:
        start = names[0] or target
        yield Move(association, source, sink, target, start, start != target)


def _known(reader: Reader, association: Element, ids: list[str], acts: bool) -> bool:
    """Whether both ends are variables; what ends at a data store or nowhere does nothing, or is refused."""
    for each in filter(None, ids):
        name = reader.data.get(each)
        if name:
            continue
        if name is None:
            reader.error(
                association,
                f"{describe_near(association)}：数据关联引用了不存在的数据 {each}。",
                "请重新连线，或删除它。",
            )
        elif acts:
            reader.refuse(association, "读写数据存储", "请改用服务任务，或把数据关联改连到数据对象。")
        return False
    return bool(ids)


def _parameters(reader: Reader, found: list[Move], every: bool) -> tuple[Parameter, ...]:
    """What is to be computed: all of it, or what does something."""
    made = []
    for each in found:
        if each.acts:
            target = reader.name(each.element, each.target, "数据名称")
            if local(each.element).endswith("Association"):
                reader.name(each.element, each.value, "数据名称")
            value = reader.expression(each.element, each.value, "数据关联")
            made.append(Parameter(target, value or Expression("null", line_of(each.element))))
        elif every and is_name(each.target):
            made.append(Parameter(each.target, Expression(each.value, line_of(each.element))))
        elif every:
            text = f"数据对象“{each.target}”的名称不能作变量名，数据关联不起作用。"
            reader.warn(
                each.element,
                f"{describe_near(each.element)}：{text}",
                "请改成不含空格、标点的名称，或另用 camunda:in、camunda:out 写明。",
            )
    return tuple(made)


def _all(root: Element, *names: str) -> Iterator[Element]:
    return root.iter(*(f"{{{BPMN}}}{name}" for name in names))


def _id(element: Element) -> str:
    return element.get("id") or ""


def _named(element: Element) -> str:
    return (element.get("name") or "").strip() or _id(element)
