"""Reading in English, as people click."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.web.browser.conftest import Live
from tests.web.office import PASSWORD


def test_switching_the_language_and_back(
    page: Page, sign_in: Callable[[str], None], live_server: Live
) -> None:
    page.goto("/sign-in")
    page.get_by_role("link", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.get_by_label("Account").fill("desk")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/inbox*")
    expect(page.get_by_role("navigation", name="Main navigation")).to_contain_text("Inbox")
    page.goto("/account")
    page.get_by_role("button", name="中文").click()
    expect(page.get_by_text("语言已更改。")).to_be_visible()
    assert live_server.engine.language("desk") == "zh_CN"
    page.get_by_role("button", name="English").click()
    expect(page.get_by_text("Language changed.")).to_be_visible()
    assert page.evaluate("Object.keys(globalThis.wenzeTexts).length") > 100  # scripts have theirs
    page.get_by_role("button", name="Sign out").or_(page.locator("details.menu summary")).first.click()
    page.get_by_role("button", name="Sign out").click()
    sign_in("desk")  # the sign-in page is Chinese again
    expect(page.locator("html")).to_have_attribute("lang", "en")  # the account remembers
