"""Whatever a finding says, the tables have an answer, and every rule is reached by some finding."""

from __future__ import annotations

import random
from collections import defaultdict
from typing import Any

import pytest

from tests.acceptance.tables import FOLDER, ask, check, models, propose

GRAVITIES = ("轻", "较轻", "较重", "严重", "特别严重", None)
LIGHTER = (
    *("及时采取补救措施，挽回损失或者消除影响", "积极配合调查，主动承担责任", "主动交代本人违法行为"),
    *("检举他人违纪违法行为查证属实", "在共同违法行为中起次要或者辅助作用", "主动上交或者退赔违法所得"),
    *("推进改革中无禁止规定的探索，出于公心的失误", "在集体决策中对错误决策明确反对或者保留意见"),
    *("已经履职尽责，因不可抗力、难以预见等因素造成损失", "对上级错误决定提出改正或者撤销意见未被采纳"),
    *("党内法规、法律法规规定的其他从轻情形", "自己写的情形"),
)
HEAVIER = (
    *("对三令五申的指示要求不执行或者执行不力", "不如实报告，敷衍塞责、推卸责任，阻挠问责"),
    *("处分期内再次故意违法", "阻止他人检举、提供证据", "串供或者伪造、隐匿、毁灭证据", "包庇同案人员"),
    *("胁迫、唆使他人实施违法行为", "拒不上交或者退赔违法所得", "自己写的情形"),
)
POWERS = ("同级党委管理", "本机关管理", "上级管理", "其他单位管理", None)
WORDS = ("缴纳燃油费200元", "给予警告处分", "判刑7至15年", "党纪政务处分", "问责", "退出法官员额", "诫勉谈话")
FLAGS = (
    *("是否领导干部", "是否党员", "是否公职人员", "班子主要负责人", "直接主管", "参与决策", "直接行为人"),
    *("监督职责", "明确反对", "涉嫌犯罪"),
)


def subject(dice: random.Random) -> dict[str, Any]:
    """Any finding that the forms let through, and some that they don't."""
    facts = {
        "名称": "某职务",
        "类别": dice.choice(("个人", "个人", "个人", "组织")),
        "管理权限": dice.choice(POWERS),
        "履职情形": dice.choice(("", "执行不当", "执行不力", "不执行")),
        "集体责任": dice.choice(("全面领导责任", "监督责任", "不另追究", None)),
        "集体研究决定": dice.choice((True, False)),
        "任职状态": dice.choice(("在职", "在职", "退休", "离职", "死亡", None)),
        "情节": dice.choice(GRAVITIES),
        "从轻情节": dice.sample(LIGHTER, dice.choice((0, 0, 1, 3))),
        "从重情节": dice.sample(HEAVIER, dice.choice((0, 0, 1, 3))),
    }
    return facts | {flag: dice.choice((True, False, None)) for flag in FLAGS}


@pytest.mark.parametrize("seed", range(60))
def test_any_finding_and_any_measures_are_answered(seed: int) -> None:
    dice = random.Random(seed)
    facts = subject(dice)
    rules = propose(facts)
    assert rules["责任类型"] and rules["免责结论"] and rules["处理结论"]
    assert not set(rules["措施范围"]) & set(rules["幅度外措施"])
    known = [*rules["措施范围"], *rules["幅度外措施"], *WORDS]
    measures = dice.sample(known, min(len(known), dice.choice((0, 1, 2, 4))))
    found = check(facts, *measures, 密级=dice.choice(("工作秘密", "内部", "机密", None)))
    assert found["措施"] == measures
    assert bool(found["种类"]) is bool(measures)
    assert found["公开方式"] and found["形态"] and found["匹配"]
    assert found["影响期月"] >= 0
    if facts["管理权限"]:
        assert found["决定机关"]
    inside = set(rules["措施范围"])
    assert all(f"{each}不在规则幅度内" not in found["偏离"] for each in measures if each in inside)


def test_every_rule_is_reached() -> None:
    """No rule of the tables about a subject is hidden by those above it."""
    reached: dict[str, set[int]] = defaultdict(set)
    tables = ("responsibility", "exemption", "mitigation", "method", "catalogue")
    for seed in range(400):
        facts = subject(random.Random(seed))
        for table in tables:
            reached[table] |= {hit.number for hit in ask(table, 当事人=facts).hits}
    text = (FOLDER / "proposal.dmn").read_text("utf-8")
    assert set(tables) <= set(models())
    for table in tables:
        rules = set(range(1, text.count(f'<rule id="{table}_rule_') + 1))
        assert reached[table] == rules, (table, rules - reached[table])
