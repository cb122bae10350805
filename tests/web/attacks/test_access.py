"""The table of access against the real app: every route and method, by every person, on every object."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from werkzeug.test import TestResponse

from tests.web.attacks.conftest import Site, plain
from tests.web.attacks.world import FORMS, NOBODY, PEOPLE, Caller, Route, routes
from web.access import Rule, rule_for

PERSONS = [*PEOPLE, NOBODY]
OUTSIDE = {NOBODY, "leaver"}
REFUSALS = (403, 409, 422)
ONESELF = {("substitutes.appoint", "stranger")}  #: nobody is his own substitute
#: who may is refused as well: the case doesn't rest, no second factor was begun, there is no such session
NOT_NOW = {"approvals.rest resume", "migration.move", "account.factor", "account.end_session"}


def rule_of(route: Route) -> Rule:
    found = rule_for(route.endpoint, route.method, dict(route.arguments))
    assert found is not None, route
    return found


def sees(site: Site, route: Route, person: str) -> bool:
    """Whether what the address names exists for this person."""
    relations = site.world.scenes[route.scene].relations.get(person, frozenset())
    about = rule_of(route).about
    mine = {"copy": "recipient", "recusal": "decider", "filter": "saver"}.get(about)
    return mine in relations if mine else not about or bool(relations)


def may(site: Site, route: Route, person: str) -> bool:
    """Whether the table lets this person use the route."""
    relations = site.world.scenes[route.scene].of(person)
    if person in OUTSIDE:
        relations = frozenset({"anybody"})
    return bool(rule_of(route).may & relations) and sees(site, route, person)


def everybody(site: Site) -> dict[str, Caller]:
    """All persons at their browsers; the leaver had signed in before his account was closed."""
    leaver = site.world.engine.users()
    found = {name: site.caller(name) for name in PERSONS if name != "leaver"}
    (closed,) = (one for one in leaver if one.id == "leaver")
    site.world.engine.change_user(replace(closed, active=True))
    found["leaver"] = site.caller("leaver")
    site.world.engine.change_user(closed)
    return found


def elsewhere(route: Route) -> str:
    """The address with an id that nothing has."""
    argument = dict(route.arguments).get(rule_of(route).argument, "")
    return route.path.replace(argument, "0123456789abcdef") if argument else route.path


def send(caller: Caller, route: Route, path: str = "") -> tuple[TestResponse, list[str]]:
    """The answer and the kinds of what the next page would tell."""
    answer = caller.send(route.method, path or route.path, FORMS.get(route.key))
    return answer, caller.told()


def test_who_may_not_is_refused_and_nothing_changes(shared_site: Site) -> None:
    callers = everybody(shared_site)
    before = shared_site.world.state()
    for route in routes(shared_site.app, shared_site.world):
        for person, caller in callers.items():
            if not may(shared_site, route, person):
                refused(shared_site, route, person, caller)
        assert route.method != "POST" or shared_site.world.state() == before, route


def refused(site: Site, route: Route, person: str, caller: Caller) -> None:
    """Outsiders are sent to sign in; what one may not see isn't there; others are told why not."""
    (answer, told), told_of = send(caller, route), (str(route), person)
    if person in OUTSIDE and route.endpoint == "tasks.draft":  # the page keeps the form, and leads there
        assert answer.status_code == 401, told_of
    elif person in OUTSIDE:
        assert answer.status_code == 302, told_of
        assert answer.headers["Location"].startswith("/sign-in"), told_of
    elif sees(site, route, person):
        assert answer.status_code in REFUSALS or (answer.status_code == 302 and "error" in told), told_of
    else:
        nothing, _told = send(caller, route, elsewhere(route))
        assert (answer.status_code, nothing.status_code) == (404, 404), told_of
        assert plain(answer.data) == plain(nothing.data), told_of
        assert not told, told_of


def let_in(route: Route, person: str, answer: TestResponse, told: list[str]) -> None:
    """Whoever may gets what he asked for."""
    about = (str(route), person, answer.status_code, told)
    assert answer.status_code in (200, 302), about
    assert not answer.headers.get("Location", "").startswith("/sign-in?"), about
    assert "error" not in told, about


def test_who_may_read_reads_and_reading_changes_nothing(shared_site: Site) -> None:
    callers = everybody(shared_site)
    before = shared_site.world.state()
    for route in routes(shared_site.app, shared_site.world):
        for person, caller in callers.items():
            if route.method != "POST" and may(shared_site, route, person):
                let_in(route, person, *send(caller, route))
    assert shared_site.world.state() == before


def test_who_may_do_it_does_it(fresh_site: Callable[[], Site]) -> None:
    first = fresh_site()
    for route in [one for one in routes(first.app, first.world) if one.method == "POST"]:
        for person in [name for name in PERSONS if may(first, route, name)]:
            answer, told = send(fresh_site().seated(NOBODY if person == "leaver" else person), route)
            if route.key in NOT_NOW or (route.key, person) in ONESELF:
                assert answer.status_code in REFUSALS, (str(route), person)
            else:
                let_in(route, person, answer, told)
