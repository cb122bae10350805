"""Posts that a page of this site didn't send: without its token, from elsewhere, or sent before."""

from __future__ import annotations

import re

import pytest

from tests.web.attacks.conftest import Site
from tests.web.attacks.test_access import NOT_NOW, PERSONS, may
from tests.web.attacks.world import FORMS, PASSWORD, Route, routes

ELSEWHERE = (
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
    {"Origin": "https://elsewhere.example"},
    {"Origin": "http://localhost.elsewhere.example"},
    {"Origin": "null"},
    {"Origin": "file://"},
)


def posts(site: Site) -> list[Route]:
    return [one for one in routes(site.app, site.world) if one.method == "POST"]


def somebody(site: Site, route: Route) -> str:
    """Somebody who may use the route, as the table says; the editor where that takes two parts in one."""
    able = (name for name in PERSONS if may(site, route, name) and name not in ("anonymous", "leaver"))
    return next(able, "editor")


def test_every_post_needs_the_token_of_the_session(site: Site) -> None:
    before, callers = site.world.state(), {name: site.caller(name) for name in PERSONS if name != "leaver"}
    others = site.caller("stranger").token
    for route in posts(site):
        caller = callers[somebody(site, route)]
        form = {name: one for name, one in FORMS.get(route.key, {}).items() if isinstance(one, str)}
        for forged in (None, "", "x", others, caller.token[:-1], caller.token + "x", "ü"):
            data = form if forged is None else {**form, "csrf_token": forged}
            answer = caller.client.post(route.path, data=data)
            assert answer.status_code == 400, (str(route), forged)
            assert "没有提交" in answer.get_data(as_text=True)
        answer = caller.client.post(f"{route.path}?csrf_token={caller.token}", data=form)
        assert answer.status_code == 400, route
        answer = caller.client.post(route.path, json={**form, "csrf_token": caller.token})
        assert answer.status_code == 400, route
    assert site.world.state() == before


@pytest.mark.parametrize("headers", ELSEWHERE, ids=str)
def test_no_post_comes_from_another_site_even_with_the_token(site: Site, headers: dict[str, str]) -> None:
    before, caller = site.world.state(), site.caller("assignee")
    for route in posts(site):
        answer = caller.client.post(route.path, data={"csrf_token": caller.token}, headers=headers)
        assert answer.status_code == 400, route
    assert site.world.state() == before


def test_posts_of_this_site_go_through(site: Site) -> None:
    for headers in ({"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://localhost"}, {}):
        caller = site.caller("assignee")
        answer = caller.client.post("/notices/read", data={"csrf_token": caller.token}, headers=headers)
        assert answer.status_code == 302


def test_a_method_cannot_be_overridden(site: Site) -> None:
    before, caller = site.world.state(), site.caller("initiator")
    case = site.world.scenes["plain"].arguments["instance_id"]
    tricks = ({"X-HTTP-Method-Override": "POST"}, {"X-Method-Override": "POST"}, {"X-HTTP-Method": "POST"})
    for headers in tricks:
        path = f"/cases/{case}/cancel?_method=POST&reason=x&csrf_token={caller.token}"
        assert caller.client.get(path, headers=headers).status_code == 200
    for method in ("HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"):
        for path in (f"/cases/{case}/cancel", "/start/matter", f"/cases/{case}"):
            data = {"reason": "x", "标题": "x", "csrf_token": caller.token}
            answer = caller.client.open(path, method=method, data=data)
            assert answer.status_code in (200, 405), (method, path)
            assert answer.status_code == 405 or not answer.data, (method, path)
    assert site.world.state() == before
    assert caller.client.get("/cases").get_data(as_text=True).count("设施失修") == 4


def test_a_link_neither_signs_in_nor_out(site: Site) -> None:
    caller = site.caller()
    caller.client.get(f"/sign-in?login=assignee&password={PASSWORD}")
    assert caller.client.get("/inbox").status_code == 302
    signed_in = site.caller("assignee")
    assert signed_in.client.get("/sign-out").status_code == 405
    assert signed_in.client.get("/inbox").status_code == 200


def test_a_form_sent_again_counts_once(site: Site) -> None:
    caller = site.caller("initiator")
    page = caller.client.get("/start/matter").get_data(as_text=True)
    (key,) = re.findall(r'name="_once" value="([\w-]+)"', page)
    form = {"标题": "一次", "_once": key, "_action": "submit"}
    answers = [caller.send("POST", "/start/matter", form) for _ in range(3)]
    assert len({one.headers["Location"] for one in answers}) == 1
    assert site.world.engine.cases("", search="一次").total == 1
    other = caller.send("POST", "/start/matter", {**form, "标题": "另一次"})
    assert other.status_code == 409
    stolen = site.caller("stranger").send("POST", "/start/matter", form)
    assert stolen.status_code == 403
    assert site.world.engine.cases("", search="一次").total == 1


REPEATED = {  #: what may be asked again and gives the same, or adds what somebody asked for
    "auth.sign_in",
    "auth.sign_out",
    "inbox.read_notices",
    "tasks.start",  #: without the page's key each post is a start of its own
    "tasks.draft",
    "documents.upload",
    "uploading.upload",
    "presence.here",
    "approvals.open_copy",
    "processes.save_draft",
    "processes.import_draft",
    "processes.discard",
    "cases.choose",  #: steps of an ad-hoc part may run several times
    "dossiers.export",
    "registers.on_case",
    "registers.book",
    "organisation.apply",
    "administrators.act",  #: the same name, groups and state once more; a new password each time
    "administrators.rules",  #: the same rules once more
    "administrators.add_group",  #: which is there already
    "substitutes.appoint",
    "notifying.choices",  #: the same choices once more
    "columns.choose",  #: the same columns once more
    "maintenance.repair",  #: finds nothing more to repair
    "notifying.act",  #: a webhook is tried each time that somebody asks
    "filters.change",  #: to the same once more
    "filters.act",  #: the only one stays where it is
}


def test_what_was_done_cannot_be_done_again(fresh_site) -> None:
    done_again: list[str] = []
    for route in posts(fresh_site()):
        own = route.endpoint.startswith(("steps.", "account."))  # one's own sign-in and password
        if own or route.endpoint in REPEATED or route.key in NOT_NOW:
            continue
        site = fresh_site()
        if not may(site, route, somebody(site, route)):
            continue
        caller = site.seated(somebody(site, route))
        answer = caller.send("POST", route.path, FORMS.get(route.key))
        assert answer.status_code in (200, 302), route
        if answer.status_code == 200:
            continue  # shown, not done
        after = site.world.state()
        caller.told()
        again = caller.send("POST", route.path, FORMS.get(route.key))
        if again.status_code == 302 and "error" not in caller.told():
            done_again.append(route.key)
        assert site.world.state() == after, route
    assert done_again == []
