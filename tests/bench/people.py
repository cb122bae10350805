"""A day at the office for locust: each of its users is one person at a browser, who reads more than he does.

    locust -f tests/bench/people.py --headless --users 50 --host http://127.0.0.1:8000

`tests.bench.load` starts it over an office made for it: persons p0, p1 ..., who may all do what is offered.
"""

from __future__ import annotations

import itertools
import random
import re

from locust import FastHttpUser, between, task

PASSWORD = "correct-horse-1"
_numbers = itertools.count()
_HIDDEN = re.compile(r'<input type="hidden" name="(csrf_token|revision|_once)" value="([^"]*)"')
_TASK = re.compile(r'href="/tasks/([\w-]+)"')
_NEXT = re.compile(r'rel="next" href="([^"]+)"')


class Person(FastHttpUser):
    """Somebody who signs in once, and looks at or does something every few seconds."""

    wait_time = between(2, 8)

    def on_start(self) -> None:
        """Sign in."""
        page = self.page("/sign-in", "sign in")
        login = f"p{next(_numbers)}"
        self.post("/sign-in", page, "sign in (POST)", login=login, password=PASSWORD)

    def page(self, path: str, name: str) -> str:
        """The text of a page."""
        return self.client.get(path, name=name).text or ""

    def post(self, path: str, page: str, name: str, **fields: str) -> None:
        """Send a page's form; the page that it leads to is asked for by itself."""
        hidden = dict(_HIDDEN.findall(page))
        with self.client.post(
            path, data={**hidden, **fields}, name=name, allow_redirects=False, catch_response=True
        ) as answer:
            if answer.status_code in (302, 303, 409):  # somebody else was quicker
                answer.success()

    @task(6)
    def look_at_what_is_offered(self) -> None:
        """The box of offered tasks, and sometimes its next page."""
        page = self.page("/inbox/claimable", "offered tasks")
        further = _NEXT.search(page)
        if further and random.random() < 0.3:
            self.page(further[1].replace("&amp;", "&"), "offered tasks, next page")

    @task(4)
    def look_at_my_tasks(self) -> None:
        """The box of one's own tasks."""
        self.page("/inbox", "my tasks")

    @task(1)
    def look_at_what_is_done(self) -> None:
        """The box of completed tasks."""
        self.page("/inbox/done", "done")

    @task(2)
    def look_at_cases(self) -> None:
        """The list of cases."""
        self.page("/cases", "cases")

    @task(1)
    def search(self) -> None:
        """Look for something in the offered tasks."""
        self.page("/inbox/claimable?search=ask", "search")

    @task(3)
    def work(self) -> None:
        """Claim one of the first offered tasks, read it, complete it."""
        page = self.page("/inbox/claimable", "offered tasks")
        found = _TASK.findall(page)
        if not found:
            return
        path = f"/tasks/{random.choice(found)}"
        self.post(f"{path}/claim", page, "claim (POST)")
        self.post(path, self.page(path, "task"), "complete (POST)", _action="submit")
