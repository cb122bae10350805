"""Files as modelling tools exchange them: they deploy, or all that is in the way is told at once.

Every problem names its element and line and says what to do.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.errors import InvalidDefinition, Problem
from engine.parsing import parse_bpmn

FOLDER = Path(__file__).parent / "interchange"
ERRORS = {
    "collaboration": [
        ("office", 18, "没有可执行的流程"),
        ("forward", 30, "没有指明由谁处理"),
        ("f3", 35, "没有条件"),
        ("f4", 36, "没有条件"),
        ("a-call", 44, "没有标为可执行"),
    ],
    "gateways": [
        ("c", 9, "没有激活条件"),
        ("w", 12, "“3 days”的写法不对"),
        ("x1", 15, "没有条件"),
        ("x2", 16, "没有条件"),
        ("i1", 17, "默认流 i1 不能带条件"),
        ("e2", 25, "后面只能是中间捕获事件或接收任务"),
        ("t31", 27, "“nowhere”不存在"),
    ],
    "vendors": [
        ("u", 11, "Flowable"),
        ("u", 12, "Camunda 8"),
        ("u", 13, "potentialOwner"),
        ("v", 15, "delegateExpression"),
        ("k", 16, "不支持text/javascript脚本"),
        ("k", 16, "结果没有去处"),
        ("e", 17, "执行监听器"),
    ],
    "activities": [
        ("none", 10, "没有指明被调用的流程"),
        ("ae", 12, "不能有结束事件"),
        ("any", 12, "没有可以选办的步骤"),
        ("tx", 13, "事务方式 ##Store"),
        ("te", 13, "没有取消边界事件"),
        ("many", 14, "没有次数或集合"),
        ("loop", 15, "没有条件或次数"),
        ("rule", 16, "没有指明规则表"),
        ("rule", 16, "结果没有去处"),
        ("undo", 18, "没有补偿边界事件"),
        ("es", 19, "没有事件定义"),
        ("b1", 20, "没有条件"),
        ("b2", 21, "没有错误 gone"),
        ("e", 22, "没有信号 lost"),
    ],
    "choreography": [("ch", 4, "文件中没有流程")],
    "data": [],
}
WARNINGS = {
    "collaboration": [("l11", 22), ("book", 32)],
    "gateways": [("i", 7), ("i2", 18), ("p1", 19)],
    "vendors": [("u", 11)],
    "activities": [("check", 6), ("folded", 9), ("any", 12), ("undo", 18)],
    "choreography": [],
    "data": [("store", 24)],
}


def told(name: str) -> tuple[Problem, ...]:
    """All that parsing says about a file."""
    try:
        return parse_bpmn((FOLDER / f"{name}.bpmn").read_bytes(), f"{name}.bpmn").warnings
    except InvalidDefinition as error:
        return error.problems


@pytest.mark.parametrize("name", sorted(ERRORS))
def test_everything_in_the_way_is_told_at_once(name: str) -> None:
    found = [each for each in told(name) if each.severity == "error"]
    assert [(each.element, each.line) for each in found] == [each[:2] for each in ERRORS[name]]
    for problem, (_, _, text) in zip(found, ERRORS[name], strict=True):
        assert text in problem.message


@pytest.mark.parametrize("name", sorted(WARNINGS))
def test_what_is_dubious_is_told_with_it(name: str) -> None:
    found = [each for each in told(name) if each.severity == "warning"]
    assert [(each.element, each.line) for each in found] == WARNINGS[name]


@pytest.mark.parametrize("name", sorted(ERRORS))
def test_each_problem_says_what_to_do(name: str) -> None:
    assert [each for each in told(name) if not (each.hint and each.element and each.line)] == []


def test_all_files_are_expected() -> None:
    assert {path.stem for path in FOLDER.glob("*.bpmn")} == ERRORS.keys() == WARNINGS.keys()


def test_data_and_associations_of_an_exchanged_file_take_effect() -> None:
    (process,) = parse_bpmn((FOLDER / "data.bpmn").read_bytes(), "data.bpmn").processes
    node = process.node("u")
    assert node is not None
    assert [each.target for each in node.inputs] == ["材料"]
    assert [each.target for each in node.outputs] == ["报告"]
