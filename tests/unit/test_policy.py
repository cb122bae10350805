"""The rules of who may do what, as tables."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from engine import policy
from engine.model.records import ProcessDefinition, ProcessInstance, User, UserTask

NOW = datetime(2026, 3, 2, tzinfo=UTC)


def user(id: str, *groups: str) -> User:
    return User(id, id, "", frozenset(groups))


def task(**more: Any) -> UserTask:
    given: dict[str, Any] = {
        "id": "t", "instance_id": "i", "definition_id": "p:1", "element_id": "e", "name": "e", "lane": "",
        "assignee": None, "candidate_groups": ("g",), "candidate_users": ("named",), "form_ref": None,
        "priority": 50, "created_at": NOW, "due_at": None, "warn_at": None, "clock": "", "clock_basis": "",
        "status": "open", "completed_at": None, "completed_by": None, "revision": 1, "properties": {},
        "local": {},
    }  # fmt: skip
    return UserTask(**{**given, **more})


MEMBER, NAMED, OTHER = user("m", "g"), user("named"), user("x", "h")


@pytest.mark.parametrize(
    ("who", "what", "apart", "word"),
    [
        (MEMBER, task(), (), ""),
        (NAMED, task(), (), ""),
        (OTHER, task(), (), "没有派给您"),
        (MEMBER, task(), ("m",), "不同人"),
        (MEMBER, task(assignee="m"), (), "已在您的待办"),
        (MEMBER, task(assignee="x"), (), "他人认领"),
        (MEMBER, task(status="completed"), (), "办结"),
    ],
)
def test_claim(who: User, what: UserTask, apart: tuple[str, ...], word: str) -> None:
    found = policy.claim(who, what, apart)
    assert (word in found) if word else found == ""


@pytest.mark.parametrize(
    ("who", "what", "apart", "word"),
    [
        (MEMBER, task(assignee="m"), (), ""),
        (OTHER, task(assignee="x"), (), ""),
        (MEMBER, task(assignee="m"), ("m",), "不同人"),
        (MEMBER, task(), (), "先认领"),
        (OTHER, task(), (), "没有派给您"),
        (MEMBER, task(assignee="x"), (), "他人"),
        (MEMBER, task(assignee="m", status="cancelled"), (), "办结"),
    ],
)
def test_complete(who: User, what: UserTask, apart: tuple[str, ...], word: str) -> None:
    found = policy.complete(who, what, apart)
    assert (word in found) if word else found == ""


def test_why_not_names_the_hindrance_of_claiming_first() -> None:
    assert "不同人" in policy.why_not(MEMBER, task(), ("m",))
    assert "先认领" in policy.why_not(MEMBER, task(), ())
    assert policy.why_not(MEMBER, task(assignee="m"), ()) == ""


@pytest.mark.parametrize(
    ("who", "what", "word"),
    [
        (MEMBER, task(assignee="m"), ""),
        (MEMBER, task(assignee="x"), "不在您的"),
        (MEMBER, task(), "不在您的"),
        (MEMBER, task(assignee="m", status="completed"), "办结"),
        (MEMBER, task(assignee="m", candidate_groups=(), candidate_users=()), "指定"),
    ],
)
def test_release(who: User, what: UserTask, word: str) -> None:
    found = policy.release(who, what)
    assert (word in found) if word else found == ""


@pytest.mark.parametrize(("groups", "allowed"), [(("g",), True), (("h",), False), ((), False)])
def test_start(groups: tuple[str, ...], allowed: bool) -> None:
    definition = ProcessDefinition("p:1", "p", 1, "甲", "", "", NOW, "", "", starter_groups=("g", "k"))
    assert (policy.start(user("m", *groups), definition) == "") is allowed


def test_nobody_starts_what_names_no_starters() -> None:
    definition = ProcessDefinition("p:1", "p", 1, "甲", "", "", NOW, "", "")
    assert policy.start(MEMBER, definition) != ""


@pytest.mark.parametrize(
    ("who", "status", "word"),
    [
        (user("starter"), "active", ""),
        (user("m", "overseers"), "active", ""),
        (user("m", "g"), "active", "发起人"),
        (user("starter"), "completed", "办结"),
    ],
)
def test_cancel(who: User, status: Any, word: str) -> None:
    instance = ProcessInstance("i", "p:1", "p", "1", "", status, NOW, "starter", None, 1)
    found = policy.cancel(who, instance, {"overseers"})
    assert (word in found) if word else found == ""


@pytest.mark.parametrize(("admins", "allowed"), [("g", True), ("h", False), ("", False)])
def test_edit_processes(admins: str, allowed: bool) -> None:
    assert (policy.edit_processes(MEMBER, admins) == "") is allowed
