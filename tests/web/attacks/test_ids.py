"""Ids of one thing where another's are expected: a task of another's case in the address of one's own."""

from __future__ import annotations

import re

import pytest

from tests.web.attacks.conftest import Site, plain
from tests.web.attacks.world import PDF


def ids(site: Site, scene: str) -> dict[str, str]:
    return {name: str(one) for name, one in site.world.scenes[scene].arguments.items()}


def test_parts_of_another_case_are_not_reached_through_ones_own(site: Site) -> None:
    """Former sees both cases; the address that mixes them names nothing."""
    plain_case, stuck, choice = ids(site, "plain"), ids(site, "stuck"), ids(site, "choice")
    caller, before = site.caller("initiator"), site.world.state()
    own = plain_case["instance_id"]
    for path in (
        f"/cases/{own}/incidents/{stuck['job_id']}/retry",
        f"/cases/{own}/choices/{choice['activity_id']}",
        f"/cases/{choice['instance_id']}/choices/{plain_case['task_id']}",
        f"/cases/{own}/choices/{own}",
    ):
        answer = caller.send("POST", path, {"element": "talk"})
        assert answer.status_code in (404, 409, 422), path
    for definition in ("stuck:1", "choice:1", "matter:2", "matter:0", "other:1"):
        assert caller.client.get(f"/cases/{own}/diagram/{definition}.json").status_code == 404, definition
    assert site.world.state() == before


def test_an_id_of_one_kind_is_none_of_another(site: Site) -> None:
    known, caller = ids(site, "plain"), site.caller("assignee")
    names = ("instance_id", "task_id", "document_id", "copy_id")
    places = {
        "instance_id": "/cases/{}",
        "task_id": "/tasks/{}",
        "document_id": "/documents/{}",
    }
    for place, path in places.items():
        for name in names:
            answer = caller.client.get(path.format(known[name]), buffered=True)
            assert answer.status_code == (200 if place == name else 404), (path, name)


@pytest.mark.parametrize(
    "change", [str.upper, str.title, lambda one: one + " ", lambda one: f" {one}", "0{}".format]
)
def test_an_id_is_taken_literally(site: Site, change) -> None:
    known, caller = ids(site, "plain"), site.caller("assignee")
    for name, path in {"instance_id": "/cases/{}", "task_id": "/tasks/{}"}.items():
        changed = change(known[name])
        if changed != known[name]:
            assert caller.client.get(path.format(changed)).status_code == 404, changed


def test_what_a_form_names_is_checked_like_an_address(site: Site) -> None:
    """People, steps and modes that a page didn't offer."""
    task, caller, before = ids(site, "plain")["task_id"], site.caller("assignee"), site.world.state()
    for path, form in (
        (f"/tasks/{task}/transfer", {"people": "stranger", "text": "x"}),
        (f"/tasks/{task}/transfer", {"people": "leaver", "text": "x"}),
        (f"/tasks/{task}/transfer", {"people": "nobody", "text": "x"}),
        (f"/tasks/{task}/delegate", {"people": "", "text": "x"}),
        (f"/tasks/{task}/delegate", {"people": "assignee", "text": "x"}),
        (f"/tasks/{task}/signers", {"people": ["signer"], "mode": "never", "text": "x"}),
        (f"/tasks/{task}/copy", {"people": ["nobody"], "text": "x"}),
        (f"/tasks/{task}/copy", {"people": [f"p{number}" for number in range(500)], "text": "x"}),
        (f"/tasks/{task}/send-back", {"to": "handle", "reason": "x"}),
        (f"/tasks/{task}/send-back", {"to": "end", "reason": "x"}),
        (f"/tasks/{task}/send-back", {"to": "", "reason": "x"}),
    ):
        answer = caller.send("POST", path, form)
        assert answer.status_code in (404, 409, 422), (path, form)
    assert site.world.state() == before


def test_fields_that_the_form_has_not_are_not_taken(site: Site) -> None:
    """Nor ids, people or times of the task itself."""
    task, caller = ids(site, "plain")["task_id"], site.caller("assignee")
    extra = {"assignee": "stranger", "candidate_groups": "主管岗", "size": "9", "started_by": "stranger"}
    form = {"标题": "设施失修", "来信人-x": "y", "对象-0-身份": "z", **extra, "_action": "submit"}
    assert caller.send("POST", f"/tasks/{task}", form).status_code == 302
    case = site.world.engine.case(ids(site, "plain")["instance_id"], by="")
    assert not set(case.variables) & {"assignee", "candidate_groups", "size", "started_by"}
    assert "身份" not in str(case.variables) and case.instance.started_by == "initiator"


def test_lists_and_searches_name_nothing_that_is_hidden(site: Site) -> None:
    site.world.engine.attach(
        "密.pdf", PDF, "application/pdf", by="assignee", instance_id=ids(site, "plain")["instance_id"]
    )
    cases = {scene.arguments["instance_id"] for scene in site.world.scenes.values()}
    for login in ("stranger", "editor", "anonymous"):
        caller = site.caller(login)
        for path in (
            "/inbox", "/inbox/claimable", "/inbox/done", "/cases?status=", "/cases?search=设施", "/notices",
            "/copies", "/cases?status=&process=matter", "/processes", "/processes/matter", "/start",
        ):  # fmt: skip
            page = caller.client.get(path, follow_redirects=True).get_data(as_text=True)
            assert not [one for one in cases if one in page], (login, path)
            assert "设施失修" not in page, (login, path)


def test_nothing_tells_a_hidden_id_from_one_that_is_not(site: Site) -> None:
    """In any form that an answer may have."""
    known, caller = ids(site, "plain"), site.caller("stranger")
    for headers in ({}, {"HX-Request": "true"}, {"Accept": "application/json"}, {"Range": "bytes=0-3"}):
        for name, path in {
            "instance_id": "/cases/{}",
            "task_id": "/tasks/{}",
            "document_id": "/documents/{}",
        }.items():
            hidden = caller.client.get(path.format(known[name]), headers=headers)
            nothing = caller.client.get(path.format("0123456789abcdef"), headers=headers)
            assert (hidden.status_code, nothing.status_code) == (404, 404)
            assert plain(hidden.data) == plain(nothing.data)
            volatile = re.compile("date|content-length|set-cookie", re.IGNORECASE)
            kept = [
                {key: value for key, value in one.headers.items() if not volatile.match(key)}
                for one in (hidden, nothing)
            ]
            assert kept[0] == kept[1]
