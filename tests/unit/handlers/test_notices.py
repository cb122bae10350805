"""Topics notify, publish and number."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from engine import handlers
from engine.errors import EngineError
from engine.model.handling import HandlerContext, HandlerResult, Notification, Publication


def run(topic: str, variables: dict[str, Any] | None = None, **properties: str) -> HandlerResult:
    context = HandlerContext(
        "i", "", "", "a", "step", topic, properties, variables or {}, "k", datetime.now(UTC), {}, {}
    )
    return handlers.registry[topic](context)


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        ("甲室", ("甲室",)),
        ("甲室, 乙室，甲室,", ("甲室", "乙室")),
        ("=部门", ("丙室", "丁室")),
        ('="甲室,乙室"', ("甲室", "乙室")),
    ],
)
def test_notify(groups: str, expected: tuple[str, ...]) -> None:
    result = run(
        "notify",
        {"部门": ["丙室", "丁室"], "标题": "某事"},
        notifyGroups=groups,
        notifyText='="“" + 标题 + "”到期"',
    )
    assert result == HandlerResult({}, notifications=(Notification(expected, "“某事”到期"),))


def test_a_literal_text_is_sent_as_it_is() -> None:
    assert run("notify", notifyGroups="甲室", notifyText="请办理").notifications[0].text == "请办理"


def test_publish() -> None:
    result = run("publish", {"名": "甲"}, publicTitle='="关于" + 名', publicBody="正文")
    assert result.publications == (Publication("关于甲", "正文", "公开记录"),)
    named = run("publish", publicTitle="题", publicBody="文", resultVariable="公告")
    assert named.publications[0].variable == "公告"


def test_number() -> None:
    assert run("number", series="决〔{year}〕{n}号", resultVariable="决定文号").numbers == {
        "决定文号": "决〔{year}〕{n}号"
    }
    computed = run("number", {"字": "复"}, series='=字 + "〔{year}〕{n}号"', resultVariable="号")
    assert computed.numbers == {"号": "复〔{year}〕{n}号"}


@pytest.mark.parametrize(
    ("topic", "properties", "message"),
    [
        ("notify", {"notifyText": "x"}, "缺少属性 notifyGroups"),
        ("notify", {"notifyGroups": "甲室"}, "缺少属性 notifyText"),
        ("notify", {"notifyGroups": "=[]", "notifyText": "x"}, "没有通知对象"),
        ("notify", {"notifyGroups": "甲室", "notifyText": "=没有"}, "通知没有内容"),
        ("notify", {"notifyGroups": "甲室", "notifyText": "=1 +"}, "属性 notifyText 无法计算"),
        ("publish", {"publicTitle": "x", "publicBody": "=没有"}, "没有标题或正文"),
        ("number", {"series": "第一号", "resultVariable": "号"}, "没有 {n}"),
        ("number", {"series": "{n}"}, "缺少属性 resultVariable"),
        ("document", {}, "缺少属性 document"),
    ],
)
def test_refused(topic: str, properties: dict[str, str], message: str) -> None:
    with pytest.raises(EngineError) as caught:
        run(topic, **properties)
    assert message in caught.value.message
    assert "step" in caught.value.message


def test_missing_settings_are_told_before_deployment() -> None:
    assert handlers.missing_settings("notify", {"notifyGroups": " "}) == ("notifyGroups", "notifyText")
    assert handlers.missing_settings("publish", {"publicTitle": "a", "publicBody": "b"}) == ()
    assert handlers.missing_settings("other", {}) == ()


def test_the_topics() -> None:
    assert set(handlers.registry) == {"document", "notify", "number", "publish"}
