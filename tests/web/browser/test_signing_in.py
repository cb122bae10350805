"""Binding a second factor and signing in with it, as people click."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Page, expect

from engine.commands.sealing import Seal
from tests.web.browser.conftest import Live, serving
from tests.web.office import PASSWORD, open_office


@pytest.fixture
def live_server(sqlite_url: str, tmp_path: Path) -> Iterator[Live]:
    """The small office, with a key for second factors."""
    engine = open_office(sqlite_url, tmp_path)
    engine._context.seal = Seal("a key for tests only, long enough to count")
    with serving(engine) as live:
        yield live
    engine.close()


def fill(page: Page) -> None:
    page.goto("/sign-in")
    page.get_by_label("账号").fill("desk")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()


def test_with_a_second_factor(page: Page, sign_in: Callable[[str], None]) -> None:
    sign_in("desk")
    page.goto("/account")
    page.get_by_role("link", name="绑定动态口令").click()
    picture = page.get_by_alt_text("动态口令的二维码")
    expect(picture).to_be_visible()
    assert picture.evaluate("one => one.complete && one.naturalWidth > 0"), "hidden by the policy"
    page.get_by_text("不能扫码时，手工填写密钥").click()
    totp = pyotp.TOTP(page.locator(".factor code").inner_text().replace(" ", ""))
    page.get_by_label("填写应用显示的6位数字").fill(totp.now())
    page.get_by_role("button", name="绑定动态口令").click()
    expect(page.locator(".codes li")).to_have_count(10)
    page.get_by_role("link", name="已保存，返回我的账号").click()
    expect(page.get_by_text("备用码还剩10个")).to_be_visible()
    page.context.clear_cookies()
    fill(page)
    page.get_by_label("动态口令").fill("000000")
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("动态口令不对。再错4次")
    # the code of this half-minute was used to bind it: the next one's may be given already
    page.get_by_label("动态口令").fill(totp.at(int(time.time()) + 30))
    page.get_by_role("button", name="登录", exact=True).click()
    page.wait_for_url("**/inbox")
