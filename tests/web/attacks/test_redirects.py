"""No redirect leads to another site, however its target is written; no header is made by a parameter."""

from __future__ import annotations

from urllib.parse import quote, urljoin, urlsplit

import pytest

from tests.web.attacks.conftest import Site
from tests.web.attacks.world import PASSWORD

HERE = "http://localhost"
TARGETS = (
    "https://elsewhere.example/",
    "//elsewhere.example",
    "///elsewhere.example",
    "////elsewhere.example/%2e%2e",
    "/\\elsewhere.example",
    "\\\\elsewhere.example",
    "\\/elsewhere.example",
    "/\t/elsewhere.example",
    "/\n/elsewhere.example",
    "\t//elsewhere.example",
    " //elsewhere.example",
    "/%09/elsewhere.example",
    "/%5celsewhere.example",
    "%2f%2felsewhere.example",
    "/%2felsewhere.example",
    "http:elsewhere.example",
    "https:/elsewhere.example",
    "https:///elsewhere.example",
    "javascript:alert(1)",
    "java\nscript:alert(1)",
    "data:text/html,x",
    "//localhost@elsewhere.example",
    "http://localhost.elsewhere.example",
    "/.//elsewhere.example",
    "/..//elsewhere.example",
    "/inbox/..//elsewhere.example",
    "／／elsewhere.example",
    "/\u2215elsewhere.example",
    "//elsewhere。example",
    "/\r\nSet-Cookie: a=b",
    "/inbox\r\n\r\n<script>alert(1)</script>",
    "/inbox%0d%0aSet-Cookie:%20a=b",
)


def as_browsers_do(base: str, location: str) -> str:
    """Where a browser goes: blanks at the ends and line ends are dropped, a backslash is a slash."""
    plain = location.strip().replace("\t", "").replace("\n", "").replace("\r", "").replace("\\", "/")
    return urljoin(base, plain)


def check(site: Site, location: str, told: object) -> None:
    reached = urlsplit(as_browsers_do(f"{HERE}/sign-in", location))
    assert (reached.scheme, reached.netloc) == ("http", "localhost"), (told, location)
    assert "\n" not in location and "\r" not in location


@pytest.mark.parametrize("target", TARGETS)
def test_signing_in_leads_nowhere_else(site: Site, target: str) -> None:
    for written in (target, quote(target, safe=""), quote(quote(target, safe=""), safe="")):
        caller = site.caller()
        page = caller.client.get("/sign-in", query_string=f"next={quote(written, safe='')}")
        assert page.status_code == 200
        assert "<script>alert" not in page.get_data(as_text=True)
        form = {"login": "assignee", "password": PASSWORD, "next": written}
        answer = caller.send("POST", "/sign-in", form)
        assert answer.status_code == 302
        check(site, answer.headers["Location"], written)
        again = caller.client.get("/sign-in", query_string={"next": written})
        check(site, again.headers["Location"], written)


@pytest.mark.parametrize("target", TARGETS)
def test_a_refused_claim_leads_nowhere_else(site: Site, target: str) -> None:
    task = site.world.scenes["plain"].arguments["task_id"]
    answer = site.caller("candidate").send("POST", f"/tasks/{task}/claim", {"back": target})
    assert answer.status_code == 302
    check(site, answer.headers["Location"], target)


@pytest.mark.parametrize(
    "path", ["//elsewhere.example/inbox", "/\\elsewhere.example", "/inbox/", "/%0d%0aX:%20y"]
)
def test_a_page_that_asks_for_the_sign_in_leads_nowhere_else(site: Site, path: str) -> None:
    caller = site.caller()
    answer = caller.client.get(path)
    if "Location" in answer.headers:
        check(site, answer.headers["Location"], path)
    assert "X" not in answer.headers


@pytest.mark.parametrize(
    "host", ["elsewhere.example", "localhost:80@elsewhere.example", 'x"><script>', "a b"]
)
def test_another_host_is_not_believed(site: Site, host: str) -> None:
    for login, path in (("assignee", "/inbox"), ("assignee", "/nowhere"), ("anonymous", "/inbox")):
        caller = site.caller(login)
        headers = {
            "Host": host,
            "X-Forwarded-Host": host,
            "X-Forwarded-For": host,
            "Forwarded": f"host={host}",
        }
        answer = caller.client.get(path, headers=headers)
        assert answer.status_code in (200, 302, 400, 404)
        assert "elsewhere" not in answer.get_data(as_text=True)
        assert "<script>" not in answer.get_data(as_text=True)
        assert "elsewhere" not in answer.headers.get("Location", "")
