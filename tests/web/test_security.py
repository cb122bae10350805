"""Headers of every answer, forged posts, and no inline script or style anywhere."""

from __future__ import annotations

import re

import pytest

from tests.web.conftest import Person

PAGES = [
    "/inbox",
    "/inbox/claimable",
    "/inbox/done",
    "/tasks/task-1",
    "/cases",
    "/cases/case-1",
    "/start",
    "/start/review",
    "/notices",
    "/nowhere",
]
POSTS = [
    "/tasks/task-1",
    "/tasks/task-1/draft",
    "/tasks/task-1/claim",
    "/tasks/task-1/release",
    "/start/review",
    "/cases/case-1/cancel",
    "/cases/case-1/documents",
    "/sign-out",
    "/sign-in",
]


@pytest.mark.parametrize("path", PAGES)
def test_headers_of_pages(cb1: Person, path: str) -> None:
    headers = cb1.get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "style-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", PAGES)
def test_pages_hold_nothing_inline(cb1: Person, path: str) -> None:
    page = cb1.get(path).get_data(as_text=True)
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=|javascript:", page)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", page))


@pytest.mark.parametrize("path", PAGES)
def test_every_form_that_posts_has_a_token(cb1: Person, path: str) -> None:
    page = cb1.get(path).get_data(as_text=True)
    for form in re.findall(r'<form[^>]*method="post".*?</form>', page, re.DOTALL):
        assert 'name="csrf_token"' in form


@pytest.mark.parametrize("path", PAGES)
def test_ids_are_unique_and_labels_point_somewhere(cb1: Person, path: str) -> None:
    page = cb1.get(path).get_data(as_text=True)
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert sorted(ids) == sorted(set(ids))
    for name in re.findall(r'\sfor="([^"]+)"', page):
        assert name in ids
    for group in re.findall(r'aria-(?:describedby|labelledby)="([^"]+)"', page):
        assert set(group.split()) <= set(ids)


@pytest.mark.parametrize("path", PAGES)
def test_landmarks(cb1: Person, path: str) -> None:
    page = cb1.get(path).get_data(as_text=True)
    assert page.count("<main") == 1
    assert page.count("<h1") == 1
    assert '<a class="skip" href="#main">' in page
    assert '<html lang="zh-CN">' in page


@pytest.mark.parametrize("path", POSTS)
def test_post_without_token_is_refused(cb1: Person, path: str) -> None:
    asked = len(cb1.client.application.extensions["wenze.engine"].asked)
    answer = cb1.client.post(path, data={"csrf_token": "forged"})
    assert answer.status_code == 400
    assert "没有提交" in answer.get_data(as_text=True)
    assert len(cb1.client.application.extensions["wenze.engine"].asked) == asked


def test_token_may_come_in_a_header(cb1: Person) -> None:
    headers = {"X-CSRFToken": cb1.token, "HX-Request": "true"}
    answer = cb1.client.post("/tasks/task-1/draft", data={"revision": "4"}, headers=headers)
    assert answer.status_code == 200


def test_transport_security_only_over_tls(cb1: Person) -> None:
    assert "Strict-Transport-Security" not in cb1.get("/inbox").headers
    answer = cb1.client.get("/health", base_url="https://localhost")
    assert "max-age" in answer.headers["Strict-Transport-Security"]
