"""Whether clocks can be moved as the diagrams declare: what is meant exists, and the law lets it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from engine.errors import Problem
from engine.model.clocks import MOVES
from engine.model.definition import Node, ProcessModel
from engine.parsing.bpmn.times import is_length
from engine.parsing.separation import listed

_PARTS = {
    "clockPausesWhen": "clockPauses",
    "clockPausesFor": "clockPauses",
    "clockPausesBasis": "clockPauses",
    "clockResumesWhen": "clockResumes",
    "clockExtendsWhen": "clockExtends",
    "clockExtendsBy": "clockExtends",
}
_OF_CLOCK = (
    *("clockBasis", "clockWarn", "clockUntil", "clockExtensions", "clockExtensionMost"),
    *("clockExtensionBasis", "clockPausesMost", "clockUnverified"),
)
_APPROVE = ("userTask", "manualTask")
_MOVE = (*_APPROVE, "receiveTask", "intermediateCatchEvent", "boundaryEvent", "startEvent")


def check_clocks(processes: Sequence[ProcessModel]) -> Iterator[Problem]:
    """What is wrong about pauses, extensions and ends of clocks."""
    clocks = _clocks(processes)
    resumed = {
        name
        for process in processes
        for node in process.scope.walk()
        for name in listed(node.properties.get("clockResumes", ""))
    }
    for process in processes:
        yield from _limits(process, process)
        for node in process.scope.walk():
            yield from _limits(process, node)
            yield from _until(process, node)
            yield from _moves(process, node, clocks, resumed)


def _clocks(processes: Sequence[ProcessModel]) -> Mapping[str, Mapping[str, str]]:
    """Id of element or process -> its properties, of those that have a clock."""
    found = {}
    for process in processes:
        if process.properties.get("clock"):
            found[process.key] = process.properties
        found |= {one.id: one.properties for one in process.scope.walk() if one.properties.get("clock")}
    return found


def _limits(process: ProcessModel, one: Node | ProcessModel) -> Iterator[Problem]:
    given = one.properties
    for name in ("clockExtensions", "clockPausesMost"):
        value = given.get(name, "").strip()
        if name in given and not (value.isdecimal() and 0 < int(value) < 100):
            yield _wrong(process, one, f"{name} 应是次数，而不是“{value}”。", "请写 1 至 99。")
    most = given.get("clockExtensionMost", "").strip()
    if "clockExtensionMost" in given and not is_length(most):
        yield _wrong(process, one, f"clockExtensionMost 的写法“{most}”不对。", "写如 P1M、P90D、10WD。")
    if "clockExtensions" in given and not (most and given.get("clockExtensionBasis", "").strip()):
        text = "写了 clockExtensions，还须写明每次最长多久和依据。"
        yield _wrong(process, one, text, "请补上 clockExtensionMost 和 clockExtensionBasis。")
    stray = [name for name in _OF_CLOCK if name in given] if not given.get("clock") else []
    if stray:
        yield _wrong(
            process, one, f"写了 {stray[0]}，却没有期限 clock。", "请补上 clock，或删去。", "warning"
        )


def _until(process: ProcessModel, node: Node) -> Iterator[Problem]:
    for name in listed(node.properties.get("clockUntil", "")):
        if process.node(name) is None:
            text = f"clockUntil 所指的“{name}”在本流程中不存在。"
            yield _wrong(process, node, text, "请写同一流程中的元素的id。")


def _moves(
    process: ProcessModel, node: Node, clocks: Mapping[str, Mapping[str, str]], resumed: set[str]
) -> Iterator[Problem]:
    given = node.properties
    for part, verb in _PARTS.items():
        if part in given and verb not in given:
            yield _wrong(process, node, f"写了 {part}，却没有 {verb}。", f"请补上 {verb}，或删去。")
    for verb in MOVES:
        if verb not in given:
            continue
        allowed = _MOVE if verb == "clockResumes" else _APPROVE
        if node.kind not in allowed:
            text = f"{verb} 只能写在审批的环节上，不能写在这里。"
            yield _wrong(process, node, text, "请写在有人办理的任务上；恢复也可以写在等消息的环节上。")
        if not listed(given[verb]):
            yield _wrong(process, node, f"{verb} 没有写明是哪个期限。", "请写有期限的元素的id。")
        for name in listed(given[verb]):
            yield from _target(process, node, verb, name, clocks, resumed)
    length = given.get("clockExtendsBy", "").strip()
    if "clockExtends" in given and not length:
        yield _wrong(process, node, "clockExtends 没有写明延长多久。", "请补上 clockExtendsBy，如 P1M。")


def _target(
    process: ProcessModel,
    node: Node,
    verb: str,
    name: str,
    clocks: Mapping[str, Mapping[str, str]],
    resumed: set[str],
) -> Iterator[Problem]:
    target = clocks.get(name)
    if target is None:
        yield _wrong(process, node, f"{verb} 所指的“{name}”没有期限。", "请在它上面写 clock，或改正id。")
    elif verb == "clockExtends":
        yield from _too_long(process, node, name, target)
    elif verb == "clockPauses" and name not in resumed:
        text = f"“{name}”的期限暂停后，没有环节恢复它。"
        yield _wrong(process, node, text, "请在收到结果的环节上写 clockResumes。", "warning")


def _too_long(process: ProcessModel, node: Node, name: str, target: Mapping[str, str]) -> Iterator[Problem]:
    if "clockExtensions" not in target:
        text = f"“{name}”没有写明可以延长几次，依法不能延长。"
        yield _wrong(process, node, text, "请在它上面写 clockExtensions、clockExtensionMost 和依据。")
        return
    length = node.properties.get("clockExtendsBy", "").strip()
    most = target.get("clockExtensionMost", "").strip()
    if is_length(length) and is_length(most) and _days(length) > _days(most):
        text = f"clockExtendsBy 的“{length}”超过了“{name}”每次最长的“{most}”。"
        yield _wrong(process, node, text, "请按依据改正。")


def _days(length: str) -> float:
    """About how many days a length has; working days a little more than they are."""
    if length.endswith("WD"):
        return int(length[:-2]) * 1.4
    units = {"Y": 365.0, "M": 30.4, "W": 7.0, "D": 1.0}
    total, number = 0.0, ""
    for char in length.removeprefix("P").split("T")[0]:
        total, number = (
            (total, number + char) if char.isdecimal() else (total + int(number) * units[char], "")
        )
    return total


def _wrong(
    process: ProcessModel, one: Node | ProcessModel, text: str, hint: str, severity: str = "error"
) -> Problem:
    element = one.key if isinstance(one, ProcessModel) else one.id
    told = f"“{one.name or element}”：{text}"
    return Problem(told, process.resource, element, one.line, hint, severity)
