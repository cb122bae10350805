"""Deployed files are parsed and compiled once, however many cases use them."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from engine import Engine, execution, parsing
from engine.commands.library import Cache
from tests.integration.helpers import begin, do, form, process, view


def test_files_are_read_once_for_many_cases(people: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: Counter[str] = Counter()

    def counted(owner: object, name: str) -> None:
        real = getattr(owner, name)

        def call(*args: object) -> object:
            calls[name] += 1
            return real(*args)

        monkeypatch.setattr(owner, name, call)

    begin(people, process().user("one", groups="甲组", form="f").end(), form("f"), view("p", "标题"))
    do(people, "a1", 标题="甲")
    for owner, name in (
        (parsing, "parse_bpmn"),
        (parsing, "parse_form"),
        (parsing, "parse_view"),
        (execution, "compile_program"),
    ):
        counted(owner, name)
    for _ in range(3):
        instance = people.start("p", {}, by="a1")
        do(people, "a1", 标题="甲")
        people.case(instance.id, by="a1")
    assert calls == Counter()


def test_a_cache_keeps_what_was_used_last() -> None:
    cache: Cache[int] = Cache(2)
    made: list[int] = []

    def make(n: int) -> int:
        made.append(n)
        return n

    for n in (1, 2, 1, 3, 1, 2):
        assert cache.get(n, lambda n=n: make(n)) == n
    assert made == [1, 2, 3, 2]


def test_threads_share_a_cache() -> None:
    cache: Cache[int] = Cache(8)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda n: cache.get(n % 16, lambda: n % 16), range(2_000)))
    assert found == [n % 16 for n in range(2_000)]


def test_a_failure_is_not_kept() -> None:
    cache: Cache[int] = Cache(2)
    with pytest.raises(ZeroDivisionError):
        cache.get("x", lambda: 1 // 0)
    assert cache.get("x", lambda: 1) == 1
