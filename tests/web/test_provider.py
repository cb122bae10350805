"""Signing in by an identity provider, over real HTTP with real signatures, and what such a one may not do."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
from joserfc.jwk import OctKey

from engine import Engine, User
from tests.web.conftest import TOKEN
from tests.web.identity import CLIENT, SECRET, Liar, certified, listening, query, tampered, unsigned
from tests.web.office import PASSWORD, open_office
from web import create_app
from web.provider import Provider


@dataclass
class Office:
    """The app at its address, its engine, and the provider that it knows."""

    url: str
    engine: Engine
    liar: Liar


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    root = tmp_path_factory.mktemp("office")
    opened = open_office(f"sqlite:///{root}/wenze.db", root)
    yield opened
    opened.close()


@pytest.fixture
def office(engine: Engine) -> Iterator[Office]:
    liar = Liar()
    with listening(liar.app()) as issuer:
        liar.issuer = issuer
        provider = Provider(issuer, CLIENT, SECRET, "某市统一认证")
        app = create_app(engine, {"SECRET_KEY": "test", "TESTING": True, "PROVIDER": provider})
        with listening(app) as url:
            yield Office(url, engine, liar)


def arrive(office: Office, browser: requests.Session | None = None) -> requests.Response:
    """The page that one gets to by way of the provider."""
    return (browser or requests.Session()).get(f"{office.url}/sign-in/provider?next=/cases", timeout=30)


def refused(answer: requests.Response) -> bool:
    return answer.url.endswith("/sign-in") and "没有登录" in answer.text


def test_the_sign_in_page_offers_it_by_name(office: Office) -> None:
    page = requests.get(f"{office.url}/sign-in?next=/cases", timeout=30).text
    assert "用某市统一认证登录" in page
    assert 'href="/sign-in/provider?next=/cases"' in page.replace("%2F", "/")


def test_whom_the_provider_vouches_for_is_signed_in(office: Office) -> None:
    browser = requests.Session()
    answer = arrive(office, browser)
    assert answer.url == f"{office.url}/cases"
    assert "受理员" in answer.text
    assert office.engine.sessions("desk")[0].method == "provider"
    asked = office.liar.asked
    assert asked["code_challenge_method"] == "S256"
    assert len(asked["state"]) >= 20 and len(asked["nonce"]) >= 20


def test_who_has_no_account_is_told_so(office: Office) -> None:
    office.liar.login = "stranger"
    answer = arrive(office)
    assert answer.url == f"{office.url}/sign-in"
    assert "账号“stranger”在本系统没有开通或已停用" in answer.text
    office.engine.add_user(User("left", "离任", "", frozenset(), active=False), PASSWORD)
    office.liar.login = "left"
    assert "没有开通或已停用" in arrive(office).text


def _claim(name: str, value: Any) -> Callable[[Liar], None]:
    def spoil(liar: Liar) -> None:
        liar.change = lambda claims: claims.update({name: value}) if value is not None else claims.pop(name)

    return spoil


def _sign(how: Callable[[Liar, dict[str, Any]], str]) -> Callable[[Liar], None]:
    def spoil(liar: Liar) -> None:
        liar.sign = lambda claims: how(liar, claims)

    return spoil


def _as_hmac(liar: Liar, claims: dict[str, Any]) -> str:
    """Signed with the public key as if it were a shared secret."""
    return liar.signed(claims, OctKey.import_key(liar.key.as_pem(private=False)), "HS256")


SPOILT = {
    "another nonce": _claim("nonce", "of another sign-in"),
    "no nonce": _claim("nonce", None),
    "expired": _claim("exp", int(time.time()) - 600),
    "no end": _claim("exp", None),
    "not yet issued": _claim("iat", int(time.time()) + 6000),
    "another audience": _claim("aud", "another-office"),
    "several audiences without ours": _claim("aud", ["a", "b"]),
    "no audience": _claim("aud", None),
    "another issuer": _claim("iss", "https://evil.example"),
    "no login": _claim("preferred_username", ""),
    "a login that is no text": _claim("preferred_username", ["desk"]),
    "another key": _sign(lambda liar, claims: liar.signed(claims, liar.other)),
    "changed after signing": _sign(lambda liar, claims: tampered(liar.signed(claims, liar.key))),
    "no signature": _sign(lambda liar, claims: unsigned(claims)),
    "public key as shared secret": _sign(_as_hmac),
    "no token at all": _sign(lambda liar, claims: ""),
}


@pytest.mark.parametrize("name", SPOILT)
def test_a_token_that_is_not_right_signs_nobody_in(office: Office, name: str) -> None:
    SPOILT[name](office.liar)
    browser = requests.Session()
    assert refused(arrive(office, browser))
    assert browser.get(f"{office.url}/cases", timeout=30).url.startswith(f"{office.url}/sign-in")


def test_another_state_signs_nobody_in(office: Office) -> None:
    browser = requests.Session()
    begun = browser.get(f"{office.url}/sign-in/provider", allow_redirects=False, timeout=30)
    back = requests.get(begun.headers["Location"], allow_redirects=False, timeout=30).headers["Location"]
    state = query(back)["state"]
    assert refused(browser.get(back.replace(state, "x" * len(state)), timeout=30))
    assert refused(browser.get(back.replace(f"&state={state}", ""), timeout=30))
    assert refused(requests.get(back, timeout=30)), "the code of one browser brought to another"
    assert browser.get(back, timeout=30).url == f"{office.url}/inbox"
    known = office.engine.sessions("desk")
    browser.get(back, timeout=30)
    assert office.engine.sessions("desk") == known, "the same answer again"


def test_a_code_without_its_verifier_is_worth_nothing(office: Office) -> None:
    office.liar.asked = {}
    browser = requests.Session()
    begun = browser.get(f"{office.url}/sign-in/provider", allow_redirects=False, timeout=30)
    back = requests.get(begun.headers["Location"], allow_redirects=False, timeout=30).headers["Location"]
    office.liar.asked["code_challenge"] = "of another sign-in"
    assert refused(browser.get(back, timeout=30))


def test_a_refusal_of_the_provider_is_told(office: Office) -> None:
    browser = requests.Session()
    assert refused(browser.get(f"{office.url}/sign-in/provider/back?error=access_denied", timeout=30))


def test_a_discovery_document_of_another_issuer_is_refused(office: Office) -> None:
    office.liar.metadata = {"issuer": "https://evil.example"}
    assert "连不上" in arrive(office).text


def test_a_provider_that_is_down_leaves_the_password(engine: Engine) -> None:
    provider = Provider("http://127.0.0.1:9", CLIENT, SECRET)
    app = create_app(engine, {"SECRET_KEY": "test", "TESTING": True, "PROVIDER": provider})
    page = app.test_client().get("/sign-in/provider", follow_redirects=True).get_data(as_text=True)
    assert "连不上" in page
    assert 'name="password"' in page


def test_it_never_leads_elsewhere(office: Office) -> None:
    answer = requests.get(f"{office.url}/sign-in/provider?next=https://evil.example", timeout=30)
    assert answer.url == f"{office.url}/inbox"


def test_without_a_provider_there_is_no_way_in(engine: Engine) -> None:
    client = create_app(engine, {"SECRET_KEY": "test", "TESTING": True}).test_client()
    for path in ("", "/back?code=x&state=y", "/leave"):
        assert client.get(f"/sign-in/provider{path}").location == "/sign-in"


def test_the_environment_names_it() -> None:
    assert Provider.of({}) is None
    given = {"WENZE_OIDC_ISSUER": "https://id", "WENZE_OIDC_CLIENT_ID": "c", "WENZE_OIDC_CLAIM": "uid"}
    assert Provider.of(given) == Provider("https://id", "c", "", claim="uid")


def test_with_a_certified_provider_in_and_out(engine: Engine, tmp_path: Path) -> None:
    apps: list[Any] = []
    with ExitStack() as stack:
        url = stack.enter_context(listening(lambda environ, start: apps[0](environ, start)))
        issuer = stack.enter_context(certified(tmp_path, url))
        provider = Provider(issuer, CLIENT, SECRET)
        apps.append(create_app(engine, {"SECRET_KEY": "test", "TESTING": True, "PROVIDER": provider}))
        browser = requests.Session()
        page = browser.get(f"{url}/sign-in/provider?next=/cases", timeout=30)
        for fields in ({"prompt": "login", "login": "exam", "password": "any"}, {"prompt": "consent"}):
            address = re.search(r'action="([^"]+)"', page.text).group(1)
            page = browser.post(address, data=fields, timeout=30)
        assert page.url == f"{url}/cases"
        assert "审查员" in page.text
        token = TOKEN.search(page.text).group(1)
        page = browser.post(f"{url}/sign-out", data={"csrf_token": token}, timeout=30)
        assert "仍处于登录状态" in page.text
        page = browser.get(f"{url}/sign-in/provider/leave", timeout=30)
        assert page.url.startswith(f"{issuer}/session/end")
        form = dict(re.findall(r'name="(xsrf)" value="([^"]+)"', page.text))
        page = browser.post(f"{issuer}/session/end/confirm", data={**form, "logout": "yes"}, timeout=30)
        assert page.url.startswith(f"{url}/sign-in")
        assert browser.get(f"{url}/cases", timeout=30).url.startswith(f"{url}/sign-in")
