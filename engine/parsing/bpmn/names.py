"""BPMN's words: namespaces, what is supported, and the Chinese name of everything that a file may hold."""

from __future__ import annotations

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
CAMUNDA = "http://camunda.org/schema/1.0/bpmn"
#: extension namespaces of other engines: what they ask for would silently not happen
FOREIGN = {
    "http://camunda.org/schema/zeebe/1.0": "Camunda 8（zeebe）",
    "http://activiti.org/bpmn": "Activiti",
    "http://flowable.org/bpmn": "Flowable",
    "http://spiffworkflow.org/bpmn/schema/1.0/core": "SpiffWorkflow",
    "http://www.jboss.org/drools": "jBPM",
}

PEOPLE = frozenset({"userTask", "manualTask"})
TASKS = PEOPLE | {"task", "scriptTask", "serviceTask", "businessRuleTask", "sendTask", "receiveTask"}
SUBPROCESSES = frozenset({"subProcess", "transaction", "adHocSubProcess"})
ACTIVITIES = TASKS | SUBPROCESSES | {"callActivity"}
#: tasks beside the processes of a file, which call activities call -> the tasks that they are
GLOBAL_TASKS = {
    "globalTask": "task",
    "globalUserTask": "userTask",
    "globalManualTask": "manualTask",
    "globalScriptTask": "scriptTask",
    "globalBusinessRuleTask": "businessRuleTask",
}
GATEWAYS = frozenset(
    {"exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway", "complexGateway"}
)
CATCHING = frozenset({"startEvent", "intermediateCatchEvent", "boundaryEvent"})
THROWING = frozenset({"endEvent", "intermediateThrowEvent"})
EVENTS = CATCHING | THROWING
NODES = ACTIVITIES | GATEWAYS | EVENTS
#: flow nodes that are refused whole
REFUSED_NODES = frozenset(
    {
        "implicitThrowEvent",
        "event",
        "choreographyTask",
        "subChoreography",
        "callChoreography",
    }
)

NAMES = {
    "process": "流程",
    "sequenceFlow": "顺序流",
    "task": "任务",
    "userTask": "人工任务",
    "manualTask": "手工任务",
    "scriptTask": "脚本任务",
    "serviceTask": "服务任务",
    "businessRuleTask": "规则任务",
    "sendTask": "发送任务",
    "receiveTask": "接收任务",
    "globalTask": "全局任务",
    "globalUserTask": "全局人工任务",
    "globalManualTask": "全局手工任务",
    "globalScriptTask": "全局脚本任务",
    "globalBusinessRuleTask": "全局规则任务",
    "callActivity": "调用活动",
    "subProcess": "子流程",
    "transaction": "事务子流程",
    "eventSubProcess": "事件子流程",
    "adHocSubProcess": "即席子流程",
    "exclusiveGateway": "排他网关",
    "parallelGateway": "并行网关",
    "inclusiveGateway": "包容网关",
    "eventBasedGateway": "事件网关",
    "complexGateway": "复杂网关",
    "startEvent": "开始事件",
    "endEvent": "结束事件",
    "intermediateCatchEvent": "中间捕获事件",
    "intermediateThrowEvent": "中间抛出事件",
    "boundaryEvent": "边界事件",
    "implicitThrowEvent": "隐式抛出事件",
    "event": "未定类型的事件",
    "choreographyTask": "编排任务",
    "subChoreography": "子编排",
    "callChoreography": "调用编排",
    "timerEventDefinition": "定时事件",
    "messageEventDefinition": "消息事件",
    "errorEventDefinition": "错误事件",
    "terminateEventDefinition": "终止事件",
    "signalEventDefinition": "信号事件",
    "escalationEventDefinition": "升级事件",
    "conditionalEventDefinition": "条件事件",
    "linkEventDefinition": "链接事件",
    "compensateEventDefinition": "补偿事件",
    "cancelEventDefinition": "取消事件",
    "multiInstanceLoopCharacteristics": "多实例",
    "standardLoopCharacteristics": "标准循环",
    "lane": "泳道",
    "participant": "参与者",
    "message": "消息",
    "error": "错误",
    "escalation": "升级",
    "signal": "信号",
}

#: event kinds that each event may have ("none" is without event definition)
EVENT_KINDS = {
    "startEvent": ("none", "timer", "message", "signal", "error", "escalation", "conditional", "compensate"),
    "intermediateCatchEvent": ("timer", "message", "link", "signal", "conditional"),
    "intermediateThrowEvent": ("none", "message", "compensate", "escalation", "link", "signal"),
    "implicitThrowEvent": ("message", "error", "escalation", "signal"),
    "boundaryEvent": (
        "timer",
        "message",
        "error",
        "escalation",
        "compensate",
        "cancel",
        "signal",
        "conditional",
    ),
    "endEvent": ("none", "message", "error", "escalation", "terminate", "compensate", "cancel", "signal"),
}


def chinese(kind: str) -> str:
    """The Chinese name of a BPMN element, or its own name if there is none."""
    return NAMES.get(kind, kind)


def described(kind: str, name: str, element_id: str) -> str:
    """An element as messages name it: 人工任务“审批”."""
    label = name.strip() or element_id
    return f"{chinese(kind)}“{label}”" if label else chinese(kind)
