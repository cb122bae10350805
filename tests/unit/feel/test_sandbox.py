"""The sandbox's limits, threads, forks and end."""

from __future__ import annotations

import multiprocessing
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from engine import feel
from engine.errors import FeelError
from engine.feel import sandbox


def test_infinite_recursion_is_stopped() -> None:
    with pytest.raises(FeelError, match="递归过深"):
        feel.evaluate("{f: function(g) g(g), r: f(f)}.r", {})
    assert feel.evaluate("1 + 1", {}) == 2


def test_a_long_computation_is_stopped_and_the_isolate_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    feel.evaluate("1", {})
    before = sandbox._process._isolate
    monkeypatch.setattr(sandbox, "TIME_LIMIT", 0.2)
    with pytest.raises(FeelError, match="时间过长"):
        feel.evaluate("count(for a in 1..3000, b in 1..3000, c in 1..3000 return null) > 0", {})
    monkeypatch.undo()
    assert feel.evaluate("1 + 1", {}) == 2
    assert sandbox._process._isolate is before


@pytest.mark.parametrize(
    "bomb",
    [
        "for a in 1..100000000 return [a, a, a, a, a, a]",
        '{f: function(g, s) g(g, s + s), r: f(f, "0123456789")}.r',
        "{f: function(g, s) g(g, concatenate(s, s)), r: f(f, [1, 2, 3, 4])}.r",
    ],
)
def test_a_memory_bomb_is_stopped_and_the_next_evaluation_works(bomb: str) -> None:
    with pytest.raises(FeelError, match=r"已停止|过深"):
        feel.evaluate(bomb, {})
    assert feel.evaluate("1 + 1", {}) == 2


def test_an_isolate_without_memory_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    feel.close()
    monkeypatch.setattr(sandbox, "MEMORY_LIMIT", 24 * 1024 * 1024)
    monkeypatch.setattr(sandbox, "TIME_LIMIT", 60)
    feel.evaluate("1", {})
    before = sandbox._process._isolate
    with pytest.raises(FeelError, match="内存过多"):
        feel.evaluate("for a in 1..100000000 return [a, a, a, a, a, a]", {})
    assert sandbox._process._isolate is not before
    assert feel.evaluate("1 + 1", {}) == 2
    feel.close()


def test_too_long_or_too_deep_is_refused() -> None:
    with pytest.raises(FeelError, match="过长"):
        feel.evaluate("1" * (sandbox.MOST_TEXT + 1), {})
    with pytest.raises(FeelError):
        feel.evaluate("(" * 9000 + "1" + ")" * 9000, {})
    assert feel.evaluate("1 + 1", {}) == 2


def test_a_missing_component_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    feel.close()
    monkeypatch.setattr(sandbox, "SOURCE", tmp_path / "feelin.js")
    with pytest.raises(FeelError, match=r"缺少表达式组件 feelin\.js"):
        feel.evaluate("1", {})
    monkeypatch.undo()
    assert feel.evaluate("1", {}) == 1


def test_threads_share_it() -> None:
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda n: feel.evaluate("n * 2", {"n": n}), range(200)))
    assert results == [2 * n for n in range(200)]


def test_it_can_be_closed_and_used_again() -> None:
    feel.close()
    feel.close()
    assert feel.evaluate("1 + 1", {}) == 2


def _in_child(queue: multiprocessing.Queue[object]) -> None:
    queue.put(feel.evaluate("甲 + 1", {"甲": 1}))
    feel.close()


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")  # Python 3.12 warns of forks
def test_a_forked_child_makes_its_own() -> None:
    assert feel.evaluate("1", {}) == 1
    context = multiprocessing.get_context("fork")
    queue: multiprocessing.Queue[object] = context.Queue()
    child = context.Process(target=_in_child, args=(queue,))
    child.start()
    assert queue.get(timeout=60) == 2
    child.join(60)
    assert child.exitcode == 0
    assert feel.evaluate("1 + 1", {}) == 2


@pytest.mark.parametrize(
    "code",
    [
        "print(feel.evaluate('1 + 1', {}))",
        "from concurrent.futures import ThreadPoolExecutor as Pool\nwith Pool(1) as pool:\n"
        "    print(pool.submit(feel.evaluate, '1 + 1', {}).result())",
        "import asyncio\nasync def use():\n    return feel.evaluate('1 + 1', {})\nprint(asyncio.run(use()))",
        "import os\nfeel.evaluate('1', {})\nif os.fork():\n    os.wait()\nelse:\n"
        "    print(feel.evaluate('1 + 1', {}), flush=True)",
        "import os\nfeel.evaluate('1', {})\nif os.fork():\n    os.wait()\nelse:\n    print(2, flush=True)",
    ],
)
def test_the_interpreter_ends(code: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from engine import feel\n" + code], capture_output=True, text=True, timeout=60
    )
    assert (done.stdout, done.returncode) == ("2\n", 0), done.stderr
