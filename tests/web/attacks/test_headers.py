"""Headers of every answer on every route, by whatever method, and for whoever asks."""

from __future__ import annotations

import gzip
import re

from tests.web.attacks.conftest import Site
from tests.web.attacks.test_access import PERSONS, may
from tests.web.attacks.world import NOBODY, routes

INLINE = re.compile(r"""\sstyle=|<style|\son[a-z]+=["']|javascript:|<script(?![^>]*\ssrc=)""")


def test_every_answer_has_its_headers(shared_site: Site) -> None:
    callers = {name: shared_site.caller(name) for name in PERSONS if name != "leaver"}
    for route in routes(shared_site.app, shared_site.world):
        asking = [name for name in callers if may(shared_site, route, name)][:1]
        for name in {NOBODY, "stranger", *asking}:
            if route.method == "POST" and name in asking:
                continue
            answer = callers[name].send(route.method, route.path)
            headers, told = answer.headers, (str(route), name)
            assert headers["X-Content-Type-Options"] == "nosniff", told
            assert headers["X-Frame-Options"] == "DENY", told
            assert headers["Referrer-Policy"] == "same-origin", told
            assert headers["Cross-Origin-Opener-Policy"] == "same-origin", told
            policy = headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy and "unsafe" not in policy and "*" not in policy, told
            assert (
                route.endpoint == "static"
                or "no-store" in headers["Cache-Control"]
                or (route.endpoint in ("documents.print_mark", "documents.download"))
            ), told
            assert "X-Powered-By" not in headers and "Access-Control-Allow-Origin" not in headers, told
            if answer.mimetype == "text/html":
                page = answer.get_data(as_text=True)
                assert not INLINE.search(page), (told, INLINE.search(page))


def test_other_sites_get_no_answer_that_their_scripts_may_read(site: Site) -> None:
    caller = site.caller("assignee")
    for headers in ({"Origin": "https://elsewhere.example"}, {"Origin": "null"}):
        for method in ("GET", "OPTIONS"):
            answer = caller.client.open("/inbox", method=method, headers=headers)
            assert not [name for name, _value in answer.headers if name.startswith("Access-Control")]
            assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"


def test_over_tls_the_browser_stays_with_tls(site: Site) -> None:
    answer = site.app.test_client().get("/sign-in", base_url="https://localhost")
    assert "max-age" in answer.headers["Strict-Transport-Security"]


def test_every_form_that_posts_carries_a_token(site: Site) -> None:
    callers = {name: site.caller(name) for name in ("assignee", "editor", "initiator", "supervisor")}
    for route in routes(site.app, site.world):
        if route.method != "GET":
            continue
        for caller in callers.values():
            answer = caller.send("GET", route.path)
            page = answer.get_data(as_text=True) if answer.mimetype == "text/html" else ""
            for form in re.findall(r'<form[^>]*method="post".*?</form>', page, re.DOTALL):
                assert 'name="csrf_token"' in form, (str(route), form[:100])
                action = re.search(r'action="([^"]*)"', form)
                assert action is None or action.group(1).startswith("/"), form[:100]


def test_scripts_and_styles_are_sent_packed_and_pages_are_not(site: Site) -> None:
    """A page holds the form token beside what others have written, so its packed length would tell of it."""
    client = site.app.test_client()
    for path in ("/static/dist/app.css", "/static/dist/app.js"):
        plainly = client.get(path, buffered=True)
        packed = client.get(path, headers={"Accept-Encoding": "gzip"}, buffered=True)
        assert packed.headers["Content-Encoding"] == "gzip" and "Accept-Encoding" in packed.headers["Vary"]
        assert gzip.decompress(packed.data) == plainly.data
        assert len(packed.data) < len(plainly.data) / 2
        known = {"Accept-Encoding": "gzip", "If-None-Match": packed.headers["ETag"]}
        assert client.get(path, headers=known, buffered=True).status_code == 304
    for caller in (client, site.caller("assignee").client):
        page = caller.get("/inbox", headers={"Accept-Encoding": "gzip"}, follow_redirects=True)
        assert page.mimetype == "text/html" and "Content-Encoding" not in page.headers
