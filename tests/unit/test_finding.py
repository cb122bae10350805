"""How texts are compared and split, and what an address may ask for."""

from __future__ import annotations

import pytest

from engine import Criteria, FieldCriterion, Narrowings, SearchField, spans, words_of
from engine.model.finding import bigrams, fold
from web.criteria import params_of, parse

FIELDS = (
    SearchField("来源", "来源", "choice", ("来信", "来访")),
    SearchField("事由", "事由", "text"),
    SearchField("金额", "金额", "number"),
    SearchField("发生日", "发生日", "date"),
)
NARROWINGS = Narrowings(("核查",), (("u1", "某室"),), FIELDS)


def test_words_are_folded_and_each_asked_for_once() -> None:
    assert words_of(" 围墙　ＡＢc  围墙\n\0a\ud800b ") == ("围墙", "abc", "a", "b")
    assert words_of("") == ()
    assert len(words_of(" ".join(map(str, range(50))))) == 8


def test_neighbours_leave_out_blanks() -> None:
    assert bigrams("墙a\nb c12") == {"墙a", "c1", "12"}


@pytest.mark.parametrize("text", ["ＡＢ围墙ab", "㍿围墙", "<b>围墙</b>", "İi围"])
def test_spans_mark_what_folding_finds(text: str) -> None:
    for word in ("围墙", "ab", "株", "i", "b>"):
        marked = [text[first:last] for first, last in spans(text, (word,))]
        assert bool(marked) == (word in fold(text)), word
        assert all(word in fold(one) for one in marked)


def test_an_address_is_read_back_as_it_was_written() -> None:
    criteria = Criteria(
        "围墙", "p", "核查", "u1", "over", "draft", "urgent",
        (
            FieldCriterion("来源", "choice", "来信"),
            FieldCriterion("事由", "text", "a&b=c"),
            FieldCriterion("金额", "number", low="-1.5"),
            FieldCriterion("发生日", "date", low="2026-01-01", high="2026-02-01"),
        ),
    )  # fmt: skip
    assert parse(params_of(criteria), NARROWINGS, ["p"]) == (criteria, [])
    assert Criteria.from_json(criteria.to_json()) == criteria


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("process", "none"),
        ("due", "<script>"),
        ("state", "x"),
        ("priority", "9"),
        ("unit", "另一室"),
        ("step", "长" * 201),
        ("f.来源", "来电"),
        ("f.金额.from", "nan"),
        ("f.金额.to", "1e999"),
        ("f.发生日.from", "2026-02-30"),
        ("f.发生日.to", "20260201"),
        ("f.发生日", "2026-02-01"),
        ("f.没有", "1"),
        ("f.", "1"),
    ],
)
def test_what_makes_no_sense_is_named_and_left_out(name: str, value: str) -> None:
    criteria, problems = parse({name: value, "search": "墙"}, NARROWINGS, ["p"])
    assert criteria == Criteria("墙")
    assert len(problems) == 1
