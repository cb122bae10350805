"""What it takes to decide together, and what was decided."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.model.meeting import (
    ABSENT,
    AGAINST,
    FOR,
    PRESENCES,
    PRESENT,
    RECUSED,
    VOTES,
    Member,
    Rules,
    aligned,
    decide,
    faults,
    share,
    strangers,
)

QUORUM, MAJORITY = share("2/3"), share(">50%")


def rows(*words: str) -> list[dict[str, Any]]:
    """A row for each of `出席赞成`, `缺席`, `回避` …"""
    return [
        {"person": f"m{at}", "name": f"成员{at}", "presence": word[:2]}
        | ({"vote": word[2:]} if word[2:] else {})
        | ({"opinion": "证据不足"} if word[2:] in (AGAINST, "弃权") else {})
        for at, word in enumerate(words)
    ]


@pytest.mark.parametrize(
    ("text", "count", "of", "holds", "read"),
    [
        ("2/3", 4, 6, True, "至少2/3"),
        ("2/3", 3, 5, False, "至少2/3"),
        (">50%", 3, 6, False, "超过1/2"),
        (">50%", 4, 6, True, "超过1/2"),
        ("50%", 3, 6, True, "至少1/2"),
        (">=1/2", 3, 6, True, "至少1/2"),
        ("3", 3, 9, True, "至少3人"),
        (">3", 3, 9, False, "超过3人"),
        ("100%", 5, 6, False, "全体"),
        ("1/2", 0, 0, False, "至少1/2"),
    ],
)
def test_a_share(text: str, count: int, of: int, holds: bool, read: str) -> None:
    assert (share(text).holds(count, of), share(text).text) == (holds, read)


@pytest.mark.parametrize(
    "text", ["", "0", "3/2", "1/0", "120%", ">100%", ">1/1", "0%", "半数", "1.5", "-1", "<2"]
)
def test_what_is_no_share(text: str) -> None:
    with pytest.raises(ValueError):
        share(text)


@pytest.mark.parametrize(
    ("of", "words", "outcome", "counts"),
    [
        ("entitled", ["出席赞成"] * 4 + ["缺席"] * 2, "passed", (6, 4, 4, 0, 0)),
        ("entitled", ["出席赞成"] * 3 + ["出席弃权"] + ["缺席"] * 2, "rejected", (6, 4, 3, 0, 1)),
        ("present", ["出席赞成"] * 3 + ["出席弃权"] + ["缺席"] * 2, "passed", (6, 4, 3, 0, 1)),
        ("present", ["出席赞成"] * 2 + ["出席反对"] * 2, "rejected", (4, 4, 2, 2, 0)),
        ("entitled", ["出席赞成"] * 3 + ["缺席"] * 2, "noQuorum", (5, 3, 3, 0, 0)),
        ("entitled", ["出席赞成"] * 2 + ["回避"] * 4, "passed", (2, 2, 2, 0, 0)),
        ("entitled", ["出席赞成"] * 2 + ["回避赞成"] * 2 + ["出席反对"] * 2, "rejected", (4, 4, 2, 2, 0)),
        ("entitled", ["回避"] * 3, "noQuorum", (0, 0, 0, 0, 0)),
    ],
)
def test_what_a_meeting_decides(of: Any, words: list[str], outcome: str, counts: tuple[int, ...]) -> None:
    found = decide(Rules("会议", QUORUM, MAJORITY, of), rows(*words))
    assert found["outcome"] == outcome
    names = ("entitled", "present", "agreed", "against", "abstained")
    assert tuple(found[name] for name in names) == counts


def test_dissent_and_who_was_there_are_told() -> None:
    found = decide(Rules("会议", QUORUM, MAJORITY), rows("出席赞成", "出席赞成", "出席反对", "缺席", "回避"))
    assert found["dissent"] == [{"name": "成员2", "vote": "反对", "opinion": "证据不足"}]
    assert (found["attended"], found["absent"], found["recused"]) == (
        ["成员0", "成员1", "成员2"],
        ["成员3"],
        ["成员4"],
    )
    assert found["text"] == "应到4人，到会3人，赞成2人，反对1人，弃权0人：未通过。"


SHARES = st.sampled_from(["2/3", "1/2", ">50%", "3/4", "2", ">1", "100%"]).map(share)
BALLOTS = st.lists(st.tuples(st.sampled_from(PRESENCES), st.sampled_from(VOTES)).map("".join), max_size=9)
RULES = st.builds(Rules, st.just("会议"), SHARES, SHARES, st.sampled_from(["entitled", "present"]))


@given(RULES, BALLOTS, st.randoms())
def test_order_does_not_matter(rules: Rules, words: list[str], random: Any) -> None:
    given = rows(*words)
    mixed = random.sample(given, len(given))
    lists = ("dissent", "attended", "absent", "recused")
    one, other = decide(rules, given), decide(rules, mixed)
    assert {**one, **dict.fromkeys(lists)} == {**other, **dict.fromkeys(lists)}
    assert all(sorted(map(str, one[name])) == sorted(map(str, other[name])) for name in lists)


@given(RULES, BALLOTS, st.integers(0, 8))
def test_one_more_for_it_never_defeats_it(rules: Rules, words: list[str], at: int) -> None:
    """Somebody changes his mind, or comes after all: who recused himself does not."""
    if at >= len(words) or words[at].startswith(RECUSED):
        return
    won = [*words[:at], PRESENT + FOR, *words[at + 1 :]]
    if decide(rules, rows(*words))["outcome"] == "passed":
        assert decide(rules, rows(*won))["outcome"] == "passed"


MEMBERS = [Member(f"m{at}", f"成员{at}", barred=at == 3) for at in range(4)]


@pytest.mark.parametrize(
    ("words", "chair", "expected"),
    [
        (["出席赞成", "出席反对", "缺席", "回避"], "成员0", {}),
        (["出席赞成", "出席", "缺席", "回避"], "成员0", {"members.1.vote": "请选择成员1的表决。"}),
        (
            ["出席赞成", "出席赞成", "缺席赞成", "回避"],
            "成员0",
            {"members.2.vote": "成员2没有出席，不能表决"},
        ),
        (["出席赞成", "出席赞成", "缺席", "出席赞成"], "成员0", {"members.3.presence": "成员3须回避"}),
        (["出席赞成", "出席赞成", "缺席", "回避"], "成员2", {"chair": "主持“成员2”没有出席"}),
        (["出席赞成", "缺席", "缺席", "回避"], "成员0", {"members": "除主持外，至少还须有一人出席。"}),
    ],
)
def test_faults_name_member_and_field(words: list[str], chair: str, expected: dict[str, str]) -> None:
    rules = Rules("会议", share("1/3"), MAJORITY)
    found = dict(faults(rules, {"chair": chair, "members": rows(*words)}, MEMBERS))
    assert found.keys() == expected.keys()
    assert all(found[path].startswith(text) for path, text in expected.items())


def test_dissent_must_be_told_unless_the_step_makes_that_optional() -> None:
    told = rows("出席赞成", "出席反对", "缺席", "回避")
    del told[1]["opinion"]
    given = {"chair": "成员0", "members": told}
    strict = Rules("会议", share("1/3"), MAJORITY)
    assert dict(faults(strict, given, MEMBERS)) == {"members.1.opinion": "成员1反对，请记录他的不同意见。"}
    loose = Rules("会议", share("1/3"), MAJORITY, reasons=False)
    assert dict(faults(loose, given, MEMBERS)) == {}


def test_without_quorum_nobody_has_to_vote() -> None:
    entitled = [*MEMBERS[:3], Member("m4", "成员3")]
    value = {"chair": "成员0", "members": rows("出席", "出席", "缺席", "缺席")}
    found = faults(Rules("会议", QUORUM, MAJORITY), value, entitled)
    assert dict(found) == {}


def test_rows_follow_the_members_and_not_their_numbers() -> None:
    value = {"place": "一号会议室", "members": list(reversed(rows("出席赞成", "缺席")))}
    assert aligned(value, MEMBERS) == {
        "place": "一号会议室",
        "members": [
            {"person": "m0", "name": "成员0", "presence": PRESENT, "vote": FOR},
            {"person": "m1", "name": "成员1", "presence": ABSENT},
            {"person": "m2", "name": "成员2"},
            {"person": "m3", "name": "成员3", "presence": RECUSED},
        ],
    }
    assert strangers({"members": 5}, MEMBERS) == strangers("x", MEMBERS) == []
    assert strangers({"members": [{"person": "m0"}, {"person": "m0"}, {"person": "x"}]}, MEMBERS) == [
        "m0",
        "x",
    ]
