"""Which extension attributes and elements a file may carry; everything else is refused by name."""

from __future__ import annotations

from engine.parsing.bpmn.names import ACTIVITIES, CAMUNDA, EVENTS, FOREIGN, GLOBAL_TASKS, NODES, PEOPLE
from engine.parsing.bpmn.reader import Element, Reader, camunda, child, extensions
from engine.parsing.bpmn.times import is_length
from engine.parsing.xml import local

#: without meaning for what happens here, wherever they stand
_IGNORED = frozenset(
    {
        *("exclusive", "jobPriority", "taskPriority", "historyTimeToLive", "isStartableInTasklist"),
        *("formRefBinding", "formRefVersion", "modelerTemplate", "modelerTemplateVersion"),
        *(
            "modelerTemplateIcon",
            "decisionRefBinding",
            "calledElementBinding",
            "errorMessage",
            "diagramRelationId",
        ),
    }
)
_ASSIGNMENT = frozenset(
    {"assignee", "candidateGroups", "candidateUsers", "dueDate", "followUpDate", "priority"}
)
_FORM = frozenset({"formRef", "formKey"})
_ASYNC = frozenset({"asyncBefore", "asyncAfter", "async"})
_EXTERNAL = frozenset({"type", "topic"})
_ATTRIBUTES = {
    "process": frozenset({"candidateStarterGroups", "versionTag"}),
    "userTask": _ASSIGNMENT | _FORM,
    "manualTask": _ASSIGNMENT | _FORM,
    "startEvent": _FORM,
    "serviceTask": _EXTERNAL,
    "sendTask": _EXTERNAL,
    "messageEventDefinition": _EXTERNAL,
    "businessRuleTask": frozenset({"decisionRef", "mapDecisionResult", "resultVariable"}),
    "scriptTask": frozenset({"resultVariable"}),
    "multiInstanceLoopCharacteristics": frozenset({"collection", "elementVariable"}),
}
_ELEMENTS_IGNORED = frozenset({"failedJobRetryTimeCycle"})

_CODE = '流程图不能带程序，请改用外部任务（camunda:type="external" 和 topic）。'
_ATTRIBUTE_HINTS = {
    "class": _CODE,
    "expression": _CODE,
    "delegateExpression": _CODE,
    "variableMappingClass": "请用 camunda:in 和 camunda:out 传变量。",
    "variableMappingDelegateExpression": "请用 camunda:in 和 camunda:out 传变量。",
    "resource": "请把表达式写在流程图内。",
    "formHandlerClass": "请用 camunda:formRef 指明表单。",
    "initiator": "请删除此属性，发起人记在办理记录中。",
    "candidateStarterUsers": "请改用 camunda:candidateStarterGroups。",
    "errorCodeVariable": "请删除此属性，在错误代码中区分情形。",
    "errorMessageVariable": "请删除此属性，在错误代码中区分情形。",
    "calledElementVersion": "流程发起时自动绑定当时的最新版本，请删除此属性。",
    "calledElementVersionTag": "流程发起时自动绑定当时的最新版本，请删除此属性。",
    "decisionRefVersion": "流程发起时自动绑定当时的最新版本，请删除此属性。",
    "decisionRefVersionTag": "流程发起时自动绑定当时的最新版本，请删除此属性。",
}
_ELEMENT_TEXTS = {
    "executionListener": ("执行监听器", _CODE),
    "taskListener": ("任务监听器", _CODE),
    "formData": ("内嵌表单字段（camunda:formData）", "请用 camunda:formRef 指明表单文件。"),
    "connector": ("连接器（camunda:connector）", _CODE),
    "field": ("字段注入（camunda:field）", _CODE),
    "errorEventDefinition": ("外部任务的错误映射", "处理程序直接报告错误代码，请删除。"),
    "potentialStarter": ("camunda:potentialStarter", "请改用 camunda:candidateStarterGroups。"),
}
_STANDARD = {
    "potentialOwner": "请改用 camunda:candidateGroups 或泳道。",
    "humanPerformer": "请改用 camunda:assignee。",
    "performer": "请改用 camunda:assignee。",
    "resourceRole": "请改用 camunda:candidateGroups 或泳道。",
}


def check_vocabulary(reader: Reader, element: Element) -> None:
    """Note every extension of this element, or of its extension elements, that would not take effect."""
    for qualified in element.attrib:
        namespace, _, name = str(qualified).lstrip("{").rpartition("}")
        if namespace in FOREIGN:
            reader.refuse(element, f" {FOREIGN[namespace]} 的属性 {name}", "请改用 camunda 属性。")
        elif namespace == CAMUNDA:
            _check_attribute(reader, element, name)
    holder = child(element, "extensionElements")
    for extension in () if holder is None else holder.iterchildren():
        _check_extension(reader, element, extension)
    for name, hint in _STANDARD.items():
        for found in element.iterchildren(f"{{{element.nsmap.get(element.prefix)}}}{name}"):
            reader.refuse(found, f" {name}", hint)


def properties(reader: Reader, element: Element) -> dict[str, str]:
    """The camunda:properties of an element; values that begin with `=` are checked as FEEL."""
    found: dict[str, str] = {}
    for holder in extensions(element, "properties"):
        for entry in holder.iterchildren(f"{{{CAMUNDA}}}property"):
            name, value = (entry.get("name") or "").strip(), entry.get("value") or ""
            if not name:
                reader.error(entry, "扩展属性没有名称（name）。", "请填写名称或删除这一项。")
                continue
            if name in found:
                reader.error(entry, f"扩展属性 {name} 写了两次。", "请只留一个。")
            if value.startswith("="):
                reader.checked(entry, value[1:], f"属性 {name}")
            elif _is_condition(name, value):
                reader.checked(entry, value, f"属性 {name}")
            elif name in ("clock", "clockWarn") and value and not is_length(value):
                reader.error(
                    entry,
                    f"期限 {name} 的写法“{value}”不对。",
                    "工作日写如 15WD，自然日写如 P30D，月写如 P1M。",
                )
            found[name] = value
    return found


def _is_condition(name: str, value: str) -> bool:
    """Whether a property of clocks is FEEL though no `=` says so."""
    if name == "clockExtendsBy":
        return bool(value.strip()) and not is_length(value.strip())
    return name in ("clockPausesWhen", "clockResumesWhen", "clockExtendsWhen") and bool(value.strip())


def _check_attribute(reader: Reader, element: Element, name: str) -> None:
    kind = GLOBAL_TASKS.get(local(element), local(element))
    if name in ("decisionRefBinding", "calledElementBinding"):
        if camunda(element, name) not in (None, "latest", "deployment"):
            reader.refuse(element, f"指定版本的 {name}", "流程发起时自动绑定当时的最新版本，请改为 latest。")
        return
    if name in _IGNORED or name in _ATTRIBUTES.get(kind, ()) or (name in _ASYNC and local(element) in NODES):
        return
    hint = _ATTRIBUTE_HINTS.get(name, "请删除此属性。")
    reader.refuse(element, f"属性 camunda:{name}", hint)


def _check_extension(reader: Reader, element: Element, extension: Element) -> None:
    if not isinstance(extension.tag, str):
        return
    namespace, _, name = extension.tag.lstrip("{").rpartition("}")
    if namespace in FOREIGN:
        reader.refuse(extension, f" {FOREIGN[namespace]} 的扩展 {name}", "请改用 camunda 扩展。")
    if namespace != CAMUNDA or name in _ELEMENTS_IGNORED or name == "properties":
        return
    kind = GLOBAL_TASKS.get(local(element), local(element))
    if name == "inputOutput" and kind in ACTIVITIES | EVENTS:
        return
    if (name in ("in", "out") and kind == "callActivity") or (name, kind) == ("in", "signalEventDefinition"):
        return
    what, hint = _ELEMENT_TEXTS.get(name, (f"扩展元素 camunda:{name}", "请删除这一项。"))
    if kind in PEOPLE and name == "taskListener":
        hint = "请删除监听器，期限用属性 clock，通知用外部任务。"
    reader.refuse(extension, what, hint)
