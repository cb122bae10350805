"""A clerk's hands: sign in, take a step from the inbox, fill the form that opens, send it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from playwright.sync_api import Browser, Locator, Page, expect

from tests.web.browser.axe import DESK, violations

Values = Mapping[str, Any]
TEXTS = ("text", "textarea", "number", "date", "lines")


class Hands:
    """The people of one office, each with a browser profile of his own that stays signed in."""

    def __init__(self, browser: Browser, url: str, password: str, settle: Callable[[], None]) -> None:
        self._browser, self._url, self._password, self._settle = browser, url, password, settle
        self._pages: dict[str, Page] = {}
        self._looked_at: set[str] = set()  #: steps, by element id
        self.faults: list[str] = []  #: what the pages' scripts and axe-core complained about

    def page(self, login: str) -> Page:
        """The page of this person, signed in."""
        if login not in self._pages:
            self._pages[login] = self._sign_in(login)
        return self._pages[login]

    def close(self) -> None:
        """Close all profiles."""
        for page in self._pages.values():
            page.context.close()

    def do(self, step: Mapping[str, Any], title: str) -> None:
        """Do one step of a script: take it from the inbox, fill the form, submit it."""
        self._settle()
        page = self.page(step["by"])
        name = step["name"]
        self.open(page, name, title, step.get("subject", ""))
        fill(page, step["values"])
        if step["do"] not in self._looked_at:
            self._looked_at.add(step["do"])
            self.faults += violations(page, DESK)
        submit(page, name)

    def open(self, page: Page, name: str, title: str, subject: str = "") -> None:
        """Open the step of this case from the inbox, claiming it where it is only offered."""
        if there(page, name, subject):
            return  # the last submit led here
        page.goto("/inbox/claimable")
        offered = row(page, name, title, subject)
        if offered.count():
            offered.first.get_by_role("button", name="认领").click()
        else:
            page.goto("/inbox")
            row(page, name, title, subject).first.get_by_role("link", name=name, exact=True).click()
        expect(page.locator("h1").first).to_have_text(titled(name, subject))

    def _sign_in(self, login: str) -> Page:
        context = self._browser.new_context(
            base_url=self._url, viewport={"width": 1440, "height": 900}, locale="zh-CN"
        )
        page = context.new_page()
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", lambda said: self._hear(said.text))
        page.goto("/sign-in")
        page.get_by_label("账号").fill(login)
        page.get_by_label("密码").fill(self._password)
        page.get_by_role("button", name="登录").click()
        page.wait_for_url("**/inbox*")
        return page

    def _hear(self, text: str) -> None:
        if "Content Security Policy" in text:
            self.faults.append(text)


def heading(page: Page) -> str:
    """The page's title, "" before there is one."""
    found = page.locator("h1")
    return found.first.inner_text().strip() if found.count() else ""


def there(page: Page, name: str, subject: str) -> bool:
    """Whether the page is that of this step."""
    return titled(name, subject).fullmatch(heading(page)) is not None


def titled(name: str, subject: str) -> re.Pattern[str]:
    """The title of a step's page: its name, and what it is about."""
    about = re.escape(f"（{subject}）") if subject else "（.*）"
    return re.compile(rf"\s*{re.escape(name)}(?:{about})?\s*")


def row(page: Page, name: str, title: str, subject: str = "") -> Locator:
    """The inbox's lines of this step of this case."""
    step = page.get_by_role("link", name=name, exact=True)
    about = f"{title}（{subject}）" if subject else title
    return page.get_by_role("row").filter(has=step).filter(has_text=about)


def submit(page: Page, name: str) -> None:
    """Press the form's own button, and see it taken."""
    with page.expect_navigation():
        page.locator(".verbs .btn-primary").click()
    said_now = page.locator(".note--flash, .errors").first
    expect(said_now).to_contain_text(f"已提交“{name}")


def fill(page: Page, values: Values) -> None:
    """Give every value to its control, from the top of the form down; each must be there to be filled."""
    fill_in(page, "", values)


def fill_in(page: Page, prefix: str, values: Values) -> None:
    """The values of one level of the form: its fields, a row's cells, a group's parts."""
    fields = page.locator("#task-form [data-field]")
    order: list[str] = fields.evaluate_all("(found) => found.map((one) => one.dataset.field)")
    missing = [name for name in values if prefix + name not in order]
    assert not missing, f"the form has no {missing}"
    for name in sorted(values, key=lambda one: order.index(prefix + one)):
        put(page, prefix + name, values[name])


def wrapper(page: Page, key: str) -> Locator:
    return page.locator(f'#task-form [data-field="{key}"]')


def put(page: Page, key: str, value: Any) -> None:
    """Give one field its value, as its kind wants it."""
    field = wrapper(page, key)
    expect(field, f"field {key}").to_be_visible()
    kind = field.get_attribute("data-kind")
    control = page.locator(f'[id="f-{key}"]')
    if kind in TEXTS:
        control.fill("\n".join(value) if isinstance(value, list) else str(value))
    elif kind == "check":
        field.get_by_role("checkbox").set_checked(value)
    elif kind == "radio":
        field.get_by_label(said(value), exact=True).check()
    elif kind == "select":
        control.select_option(label=said(value))
    elif kind == "checkboxes":
        for box in field.locator("input:checked").all()[::-1]:
            if box.get_attribute("value") not in value:
                box.uncheck()
        for text in value:
            field.get_by_label(text, exact=True).check()
    elif kind == "group":
        fill_in(page, f"{key}-", value)
    elif kind == "table":
        fill_table(page, key, value)
    elif kind == "read":
        expect(control).to_have_text(said(value))
    else:
        raise AssertionError(f"{key}: nobody can fill a {kind}")


def fill_table(page: Page, key: str, rows: list[Values]) -> None:
    """Fill the rows, adding those that are missing."""
    for number, cells in enumerate(rows):
        first = page.locator(f'#task-form [data-field^="{key}-{number}-"]').first
        if first.count() == 0:
            wrapper(page, key).get_by_role("button", name="增加一项").click()
            expect(first).to_be_attached()
        heading_of_row = first.locator("xpath=ancestor::fieldset[1]/legend").inner_text()
        drawn = {
            name: value
            for name, value in cells.items()
            if wrapper(page, f"{key}-{number}-{name}").count() or said(value) not in heading_of_row
        }
        fill_in(page, f"{key}-{number}-", drawn)


def said(value: Any) -> str:
    """A value as its label says it."""
    return {True: "是", False: "否"}[value] if isinstance(value, bool) else re.sub(r"\s+", " ", str(value))
