"""One V8 isolate per process that knows nothing but FEEL, with limits of time and memory."""

from __future__ import annotations

import atexit
import ctypes
import json
import os
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from queue import SimpleQueue
from typing import Any, TypeVar

from py_mini_racer import JSEvalException, JSTimeoutException, MiniRacer, init_mini_racer

from engine.errors import FeelError

Answer = dict[
    str, Any
]  #: {"value", "warnings": [{"type", "from", "to"}]} | {"error", "message", "from", "to"}

T = TypeVar("T")

SOURCE = Path(__file__).parent.parent / "feelin.js"
TIME_LIMIT = 5.0  #: seconds for one batch
MEMORY_LIMIT = 128 * 1024 * 1024  #: bytes of JavaScript heap
MOST_TEXT = 20_000  #: characters of one expression
MOST_INPUT = 20_000_000  #: characters of one batch


@dataclass(frozen=True, slots=True)
class Scope:
    """What expressions see: variables, the declared types of some, and functions written in FEEL.

    Variables of `outer` are seen where the scope has none of the name; scopes that share it send it once.
    """

    variables: Mapping[str, Any]
    types: Mapping[str, str] = field(default_factory=dict)
    functions: Mapping[str, str] = field(default_factory=dict)  #: name -> `function(x) x + 1`
    outer: Mapping[str, Any] | Scope | None = None


class Batch:
    """Requests that are computed together; the same variables are sent once."""

    def __init__(self, now: datetime | None = None) -> None:
        self._now = now.isoformat(timespec="seconds") if now else None
        self._scopes: list[dict[str, Any]] = []
        self._places: dict[int, int] = {}
        self._kept: list[Mapping[str, Any] | Scope] = []  #: alive as long as their ids stand for them
        self._requests: list[dict[str, Any]] = []

    def add(
        self, kind: str, text: str, scope: Mapping[str, Any] | Scope, *, value: Any = None, type: str = ""
    ) -> None:
        """Add one request; the variables must stay as they are until `run`."""
        if len(text) > MOST_TEXT:
            raise FeelError(f"表达式过长，最多{MOST_TEXT}个字符")
        request = {"kind": kind, "text": text, "scope": self._place(scope), "value": value, "type": type}
        self._requests.append(request)

    def _place(self, given: Mapping[str, Any] | Scope) -> int:
        """The scope's number in this batch; outer ones stand before those inside."""
        if id(given) not in self._places:
            scope = given if isinstance(given, Scope) else Scope(given)
            sent: dict[str, Any] = {
                name: dict(getattr(scope, name)) for name in ("variables", "types", "functions")
            }
            sent["outer"] = None if scope.outer is None else self._place(scope.outer)
            self._kept.append(given)
            self._places[id(given)] = len(self._scopes)
            self._scopes.append(sent)
        return self._places[id(given)]

    def run(self) -> list[Answer]:
        """The answers in order; FeelError when a limit is exceeded or a variable is not JSON."""
        if not self._requests:
            return []
        whole = {"now": self._now, "scopes": self._scopes, "requests": self._requests}
        try:
            text = json.dumps(whole, allow_nan=False)
        except (TypeError, ValueError, RecursionError) as error:
            raise FeelError(f"变量不是可以计算的数据：{error}") from error
        if len(text) > MOST_INPUT:
            raise FeelError("变量过大，无法计算")
        answers: list[Answer] = json.loads(_process.call("run", text), parse_int=_number)
        return answers


def run_decision(request: str) -> dict[str, Any]:
    """What the sandbox makes of a graph of decisions, JSON text; see `web/src/dmn/run.js`."""
    if len(request) > MOST_INPUT:
        raise FeelError("变量过大，无法计算")
    answer: dict[str, Any] = json.loads(_process.call("runDecision", request), parse_int=_number)
    return answer


def _number(text: str) -> int | float:
    """Whole numbers beyond 2**53 are doubles, of which JavaScript writes only the leading digits truly."""
    number = int(text)
    return number if abs(number) < 2**53 else float(text)


class _Isolate:
    """A started V8 isolate with feelin loaded."""

    def __init__(self) -> None:
        if not SOURCE.is_file():
            raise FeelError("程序没有装好：缺少表达式组件 feelin.js，请重新安装")
        self.racer = MiniRacer()
        self.racer.eval(SOURCE.read_text("utf-8"))
        self.racer.set_hard_memory_limit(MEMORY_LIMIT)
        self._functions: dict[str, Any] = {
            name: self.racer.eval(f"feelin.{name}") for name in ("run", "runDecision")
        }

    def call(self, function: str, text: str) -> str:
        return str(self._functions[function](text, timeout_sec=TIME_LIMIT))

    def out_of_memory(self) -> bool:
        return bool(self.racer.was_hard_memory_limit_reached())

    def close(self) -> None:
        self._functions.clear()
        self.racer.close()


class _Keeper:
    """The one thread that starts, calls and closes isolates.

    mini-racer would wait for ever in a caller's thread that runs an event loop.
    """

    def __init__(self) -> None:
        self._asked: SimpleQueue[tuple[Callable[[], Any], Future[Any]] | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="feel", daemon=True)
        self._thread.start()

    def do(self, work: Callable[[], T]) -> T:
        """Do this in the thread, and give or raise what comes of it."""
        answer: Future[T] = Future()
        self._asked.put((work, answer))
        return answer.result()

    def end(self) -> None:
        """Let the thread end, and wait for it."""
        self._asked.put(None)
        self._thread.join()

    def _work(self) -> None:
        while (asked := self._asked.get()) is not None:
            work, answer = asked
            try:
                answer.set_result(work())
            except BaseException as error:
                answer.set_exception(error)
            del work, answer, asked


class _Process:
    """This process's isolate: made at first use, shared by its threads, never used after a fork."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._keeper: _Keeper | None = None
        self._isolate: _Isolate | None = None

    def call(self, function: str, text: str) -> str:
        with self._lock:
            if self._keeper is None:
                self._keeper = _Keeper()
            return self._keeper.do(lambda: self._call(function, text))

    def close(self) -> None:
        with self._lock:
            if self._keeper is not None:
                keeper, self._keeper = self._keeper, None
                keeper.do(self._discard)
                keeper.end()

    def forget(self) -> None:
        """In a forked child: the parent's isolate has no threads here; closing it would wait for ever."""
        self._lock = threading.Lock()
        self._keeper = None
        if self._isolate is not None:
            ctypes.pythonapi.Py_IncRef(ctypes.py_object(self._isolate))  # never finalised
            self._isolate = None

    def _call(self, function: str, text: str) -> str:
        if self._isolate is None:
            self._isolate = _Isolate()
        try:
            return self._isolate.call(function, text)
        except JSTimeoutException as error:
            raise FeelError("表达式计算时间过长，已停止") from error
        except JSEvalException as error:
            memory = self._isolate.out_of_memory()
            self._discard()  # an isolate that ran out of memory is dead from then on
            raise FeelError("表达式占用内存过多，已停止" if memory else "表达式无法计算") from error

    def _discard(self) -> None:
        if self._isolate is not None:
            isolate, self._isolate = self._isolate, None
            isolate.close()


# V8's memory protection lets in only the thread that initialises it and those begun by it afterwards; an
# isolate closed by an older thread was seen to crash. Hence here, in the thread that imports; forks are fine.
init_mini_racer(ignore_duplicate_init=True)
_process = _Process()
close = _process.close
atexit.register(close)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_process.forget)
