"""Activities: who does them, how often, what they call, compute and pass on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from engine.model.definition import Assignment, Call, Expression, Loop, Node, Parameter, Repeat, Text, Value
from engine.parsing.bpmn.behaviours import read_throws
from engine.parsing.bpmn.countersign import read_countersign
from engine.parsing.bpmn.data import input_collection, output_collection
from engine.parsing.bpmn.events import is_external, message_event
from engine.parsing.bpmn.names import CAMUNDA
from engine.parsing.bpmn.reader import (
    Element,
    Reader,
    camunda,
    child,
    content,
    describe,
    describe_near,
    extensions,
    flag,
    reference,
    shortened,
)
from engine.parsing.bpmn.times import is_date
from engine.parsing.bpmn.vocabulary import check_vocabulary
from engine.parsing.xml import line_of, local

_MANY = 1000  #: tokens that one activity may ask for or send, and rounds of a standard loop
_FEEL = "https://www.omg.org/spec/DMN/"  #: and a date and FEEL/: how BPMN's own attributes name FEEL
_RESULTS = ("singleEntry", "singleResult", "collectEntries", "resultList")


def read_activity(reader: Reader, element: Element, node: Node) -> Node:
    """The node with everything that its kind of activity declares."""
    node = replace(node, for_compensation=flag(element, "isForCompensation"))
    inputs, outputs = read_parameters(reader, element)
    node = replace(
        node,
        loop=_loop(reader, element, node),
        inputs=inputs,
        outputs=outputs,
        start_quantity=_whole(reader, element, element.get("startQuantity"), "startQuantity") or 1,
        completion_quantity=_whole(reader, element, element.get("completionQuantity"), "completionQuantity")
        or 1,
    )
    read = _READERS.get(node.kind)
    return read(reader, element, node) if read else node


def read_form(reader: Reader, element: Element) -> str | None:
    """The form that a user task or start event names."""
    text = camunda(element, "formRef") or camunda(element, "formKey")
    if text is None:
        return None
    if text.startswith(("=", "${", "#{")):
        reader.refuse(element, f"算出来的表单“{shortened(text)}”", "请写固定的表单名。")
        return None
    if text.startswith(("embedded:", "app:", "http:", "https:")):
        reader.refuse(element, f"网页表单“{shortened(text)}”", "请改用 camunda:formRef 指明表单文件。")
        return None
    name = text.removeprefix("camunda-forms:").rpartition(":")[2].rpartition("/")[2]
    return name.removesuffix(".json").removesuffix(".form") or None


def _people(reader: Reader, element: Element, node: Node) -> Node:
    def value(name: str, what: str) -> Value | None:
        return reader.value(element, camunda(element, name), what)

    assignment = Assignment(
        assignee=value("assignee", "办理人"),
        candidate_groups=value("candidateGroups", "候选组"),
        candidate_users=value("candidateUsers", "候选人"),
        due_date=value("dueDate", "到期日"),
        follow_up_date=value("followUpDate", "跟进日"),
        priority=value("priority", "优先级"),
        form_ref=read_form(reader, element),
    )
    for day, what in ((assignment.due_date, "到期日"), (assignment.follow_up_date, "跟进日")):
        if isinstance(day, Text) and not is_date(day.value):
            reader.error(
                element,
                f"{describe(element)}：{what}“{day.value}”的写法不对。",
                "写如 2030-01-31，或以“=”开头的FEEL；自任务到达起算的期限用属性 clock。",
            )
    if isinstance(assignment.priority, Text) and not assignment.priority.value.lstrip("-").isdecimal():
        reader.error(
            element,
            f"{describe(element)}：优先级“{assignment.priority.value}”不是整数。",
            "请填写整数，普通为50。",
        )
    nobody = not (assignment.assignee or assignment.candidate_groups or assignment.candidate_users)
    if nobody and not node.lane and not node.properties.get("sameAs"):
        reader.warn(element, f"{describe(element)}没有办理人。", "请放进有名称的泳道，或填写候选组、办理人。")
    return replace(node, assignment=assignment)


def _script(reader: Reader, element: Element, node: Node) -> Node:
    name = "scriptFormat" if node.kind == local(element) else "scriptLanguage"  #: of a global task
    language = (element.get(name) or "feel").strip()
    if language.lower() != "feel" and not language.startswith(_FEEL):
        reader.refuse(element, f"{language}脚本", f"请把 {name} 改为 feel，用FEEL编写。")
        return replace(node, result_variable=_result(reader, element))
    text = content(child(element, "script"))
    if not text:
        reader.error(element, f"{describe(element)}没有脚本。", "请填写FEEL表达式。")
    return replace(
        node,
        script=reader.expression(element, text, "脚本"),
        result_variable=_result(reader, element),
    )


def _service(reader: Reader, element: Element, node: Node) -> Node:
    if is_external(reader, element):
        return replace(node, topic=camunda(element, "topic"))
    if not any(
        camunda(element, name) for name in ("type", "topic", "class", "expression", "delegateExpression")
    ):
        reader.error(
            element,
            f"{describe(element)}没有指明由谁处理。",
            '请填写 camunda:type="external" 和 camunda:topic。',
        )
    return node


def _send(reader: Reader, element: Element, node: Node) -> Node:
    if camunda(element, "type") or camunda(element, "topic"):
        return _service(reader, element, node)
    return replace(node, event=message_event(reader, element, element, node))


def _receive(reader: Reader, element: Element, node: Node) -> Node:
    begins = flag(element, "instantiate")
    if begins and node.loop:
        reader.refuse(element, "循环的、发起流程的接收任务", "请去掉循环，或取消“发起流程”（instantiate）。")
    return replace(node, event=message_event(reader, element, element, node), instantiate=begins)


def _rule(reader: Reader, element: Element, node: Node) -> Node:
    decision = camunda(element, "decisionRef")
    if decision is None:
        reader.error(element, f"{describe(element)}没有指明规则表。", "请填写 camunda:decisionRef。")
    elif decision.startswith(("=", "${", "#{")):
        reader.refuse(element, f"算出来的规则表“{shortened(decision)}”", "请写固定的规则表id。")
    mapping = camunda(element, "mapDecisionResult") or ""
    if mapping and mapping not in _RESULTS:
        reader.error(
            element,
            f"{describe(element)}：mapDecisionResult“{mapping}”不对。",
            f"可用：{'、'.join(_RESULTS)}。",
        )
    return replace(
        node,
        decision_ref=decision,
        map_decision_result=mapping,
        result_variable=_result(reader, element),
    )


def _result(reader: Reader, element: Element) -> str | None:
    name = camunda(element, "resultVariable")
    if name is None:
        reader.error(element, f"{describe(element)}的结果没有去处。", "请填写 camunda:resultVariable。")
        return None
    return reader.name(element, name, "结果变量")


def _call(reader: Reader, element: Element, node: Node) -> Node:
    text = (element.get("calledElement") or "").strip()
    if not text:
        reader.error(element, f"{describe(element)}没有指明被调用的流程。", "请填写 calledElement。")
    if reference(text) in reader.idle:
        reader.error(
            element,
            f"{describe(element)}调用的流程“{reference(text)}”没有标为可执行。",
            '请在那个流程的属性中选“可执行”（isExecutable="true"），或改调别的流程。',
        )
    if text.startswith(("=", "${", "#{")):
        reader.refuse(element, f"算出来的流程“{shortened(text)}”", "请写固定的流程id，用网关区分。")
    ins, outs = list(extensions(element, "in")), list(extensions(element, "out"))
    return replace(
        node,
        call=Call(
            key=reference(text),
            all_in=any(each.get("variables") == "all" for each in ins),
            all_out=any(each.get("variables") == "all" for each in outs),
            inputs=tuple(filter(None, (read_mapping(reader, each) for each in ins))),
            outputs=tuple(filter(None, (read_mapping(reader, each) for each in outs))),
        ),
    )


def read_mapping(reader: Reader, element: Element) -> Parameter | None:
    """One camunda:in or camunda:out; None for those that name no single variable."""
    what = f"camunda:{local(element)}"
    key = element.get("businessKey")
    if key is not None and "processBusinessKey" not in key:
        reader.refuse(element, "另给业务编号", "被调用的流程沿用原来的编号，请删除 businessKey。")
    if flag(element, "local"):
        reader.refuse(element, f" {what} 的 local 属性", "请逐个列出变量。")
    if key is not None or element.get("variables") == "all":
        return None
    target = (element.get("target") or "").strip()
    source, expression = element.get("source"), element.get("sourceExpression")
    if not target or not (source or expression):
        reader.error(element, f"{what} 缺少 source、sourceExpression 或 target。", "请补齐。")
        return None
    name = reader.name(element, target, f"{what} 的 target")
    if source:
        return Parameter(
            name, Expression(reader.name(element, source.strip(), f"{what} 的 source"), line_of(element))
        )
    value = reader.expression(element, expression or "", f"{what} 的 sourceExpression")
    return Parameter(name, value or Expression("null", line_of(element)))


def read_parameters(reader: Reader, element: Element) -> tuple[tuple[Parameter, ...], tuple[Parameter, ...]]:
    """The input and output parameters of camunda:inputOutput."""
    inputs: list[Parameter] = []
    outputs: list[Parameter] = []
    for holder in extensions(element, "inputOutput"):
        for parameter in holder.iterchildren(f"{{{CAMUNDA}}}*"):
            kept = outputs if local(parameter) == "outputParameter" else inputs
            assign = _parameter(reader, parameter)
            if assign:
                kept.append(assign)
    return tuple(inputs), tuple(outputs)


def _parameter(reader: Reader, parameter: Element) -> Parameter | None:
    what = {"inputParameter": "输入参数", "outputParameter": "输出参数"}.get(local(parameter))
    if what is None:
        reader.refuse(parameter, f"扩展元素 camunda:{local(parameter)}", "请删除这一项。")
        return None
    name = (parameter.get("name") or "").strip()
    if not name:
        reader.error(parameter, f"{what}没有名称。", "请填写名称。")
        return None
    for inner in parameter.iterchildren(f"{{{CAMUNDA}}}*"):
        kind = {"list": "列表", "map": "映射", "script": "脚本"}.get(local(inner), local(inner))
        reader.refuse(inner, f"{what}“{name}”中的{kind}", "请改用FEEL，如 =[1, 2] 或 ={a: 1}。")
        return None
    value = reader.value(parameter, content(parameter), f"{what}“{name}”")
    if value is None or value == Text(""):
        value = Expression("null", line_of(parameter))
    return Parameter(reader.name(parameter, name, f"{what}名"), value)


def _loop(reader: Reader, element: Element, node: Node) -> Loop | None:
    standard = child(element, "standardLoopCharacteristics")
    if standard is not None:
        return _repeat(reader, standard)
    loop = child(element, "multiInstanceLoopCharacteristics")
    if loop is None:
        read_countersign(reader, element, node.properties, many=False)
        return None
    check_vocabulary(reader, loop)
    collection = camunda(loop, "collection") or input_collection(reader, element, loop)
    variable = camunda(loop, "elementVariable") or _item(loop, "inputDataItem")
    cardinality = content(child(loop, "loopCardinality"))
    if not collection and not cardinality:
        reader.error(
            loop,
            f"{describe(element)}是多实例，但没有次数或集合。",
            "请填写 loopCardinality 或 camunda:collection。",
        )
    output = node.properties.get("outputCollection") or output_collection(reader, element, loop)
    item = node.properties.get("outputElement") or _item(loop, "outputDataItem") or ""
    if bool(output) != bool(item):
        reader.error(loop, f"{describe(element)}：outputCollection 和 outputElement 须同时填写。", "请补齐。")
    return Loop(
        sequential=flag(loop, "isSequential"),
        cardinality=reader.expression(loop, cardinality, "循环次数"),
        collection=reader.expression(loop, collection, "集合"),
        element_variable=reader.name(loop, variable, "元素变量") if variable else None,
        completion=reader.expression(loop, content(child(loop, "completionCondition")), "完成条件"),
        output_collection=reader.name(loop, output, "outputCollection") if output else None,
        output_element=reader.expression(loop, item, "outputElement"),
        throws=read_throws(reader, element, loop),
        countersign=read_countersign(reader, element, node.properties, many=True),
    )


def _repeat(reader: Reader, loop: Element) -> Loop:
    check_vocabulary(reader, loop)
    condition = reader.expression(loop, content(child(loop, "loopCondition")), "循环条件")
    maximum = _whole(reader, loop, loop.get("loopMaximum"), "loopMaximum")
    if condition is None and maximum is None:
        reader.error(
            loop, f"{describe_near(loop)}：标准循环没有条件或次数。", "请填写 loopCondition 或 loopMaximum。"
        )
    return Loop(sequential=True, repeat=Repeat(condition, flag(loop, "testBefore"), maximum))


def _whole(reader: Reader, element: Element, text: str | None, name: str) -> int | None:
    """A positive whole number of an attribute; a problem is noted of anything else."""
    if text is None:
        return None
    if not text.strip().isdecimal() or not 0 < int(text) <= _MANY:
        reader.error(
            element,
            f"{describe_near(element)}：属性 {name} 是“{shortened(text)}”。",
            f"请填写1至{_MANY}的整数。",
        )
        return None
    return int(text)


def _item(loop: Element, name: str) -> str | None:
    item = child(loop, name)
    return None if item is None else (item.get("name") or item.get("id") or "").strip() or None


_READERS: Mapping[str, Callable[[Reader, Element, Node], Node]] = {
    "userTask": _people,
    "manualTask": _people,
    "scriptTask": _script,
    "serviceTask": _service,
    "sendTask": _send,
    "receiveTask": _receive,
    "businessRuleTask": _rule,
    "callActivity": _call,
}
