"""Text that no database keeps is refused, or finds nothing; it never breaks a request."""

from __future__ import annotations

import pytest

from engine import Engine, EngineError, InvalidInput, NotAllowed
from tests.integration.helpers import begin, process, take

NUL, HALF = "a\0b", "a\ud800b"


@pytest.mark.parametrize("text", [NUL, HALF])
def test_ids_and_searches_that_cannot_exist_are_refused(people: Engine, text: str) -> None:
    begin(people, process().user("one", groups="甲组").end())
    for ask in (
        lambda: people.task(text, by="a1"),
        lambda: people.case(text, by="a1"),
        lambda: people.document(text, by="a1"),
        lambda: people.claim(text, by="a1"),
        lambda: people.cancel(text, "理由", by="a1"),
        lambda: people.start(text, {}, by="a1"),
        lambda: people.retry(text, by="a1"),
    ):
        with pytest.raises(EngineError):
            ask()
    try:
        assert people.cases("a1", search=text).items == ()
        assert people.inbox("a1", "todo", process=text).items == ()
    except InvalidInput as refusal:
        assert "不能保存的字符" in refusal.message


@pytest.mark.parametrize("text", [NUL, HALF])
def test_signing_in_with_them_is_refused(people: Engine, text: str) -> None:
    with pytest.raises((NotAllowed, InvalidInput)):
        people.sign_in(text, text)


@pytest.mark.parametrize("text", [NUL, HALF])
def test_values_that_hold_them_leave_nothing_half_done(people: Engine, text: str) -> None:
    case = begin(people, process().user("one", groups="甲组").user("two", groups="甲组").end())
    found = take(people, "a1")
    try:
        people.complete(found.id, {"甲": text}, by="a1")
        assert people.case(case.id, by="a1").variables == {"甲": text}
    except InvalidInput:
        assert people.task(found.id, by="a1").row.task.status == "open"
    assert people.verify(case.id) == ()
