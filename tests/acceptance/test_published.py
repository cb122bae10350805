"""Every person of the published notices at hand, put to the decision tables."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.acceptance.clerks import CASES
from tests.acceptance.tables import check, person, propose

PUBLISHED = json.loads((CASES / "published.json").read_text("utf-8"))
each_person = pytest.mark.parametrize(
    "given", PUBLISHED, ids=[f"{one['case']}-{at}" for at, one in enumerate(PUBLISHED)]
)


@each_person
def test_what_was_published_lies_in_the_range_or_is_flagged(given: dict[str, Any]) -> None:
    found = check(person(**given["finding"]), *given["measures"])
    flagged = [f"{measure}不在规则幅度内" for measure in given["outside"]]
    if not given["measures"]:  # the notice names nobody's measure
        flagged = ["予以追究而没有提出措施"]
    assert found["偏离"] == flagged
    assert found["须上级批准"] is bool(flagged)
    assert found["措施"] == given["measures"]
    assert found["匹配"] != "不匹配"


@each_person
def test_responsibility_is_as_published(given: dict[str, Any]) -> None:
    kinds = ("直接责任", "主要领导责任", "重要领导责任")
    if given["responsibility"] in kinds:
        assert propose(person(**given["finding"]))["责任类型"] == given["responsibility"]


def test_most_measures_lie_in_the_range() -> None:
    given = sum(len(one["measures"]) for one in PUBLISHED)
    outside = [measure for one in PUBLISHED for measure in one["outside"]]
    assert given == 39
    assert outside == [
        *("立案调查", "党纪政务处分", "缴纳燃油费200元"),
        *("问责", "问责", "警示训诫"),
    ]
