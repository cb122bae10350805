"""Signing in by an identity provider: OpenID Connect, authorization code with PKCE, state and nonce."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.flask_client import OAuth
from flask import Blueprint, Flask, current_app, flash, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from joserfc.errors import JoseError
from requests import RequestException

from engine import NotAllowed
from web.context import engine
from web.entering import caller, enter, local_path
from web.i18n import _

bp = Blueprint("provider", __name__)

ASYMMETRIC = frozenset(
    ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
)
LEEWAY = 60  #: seconds that clocks may differ
TIMEOUT = 10  #: seconds that the provider has to answer
FAILED = (AuthlibBaseError, JoseError, RequestException, ValueError, RuntimeError)


@dataclass(frozen=True, slots=True)
class Provider:
    """An identity provider, and how this office is known to it."""

    issuer: str
    client_id: str
    client_secret: str = ""
    name: str = "统一身份认证"  #: on the sign-in page
    claim: str = "preferred_username"  #: which holds the account's login

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Provider | None:
        """As WENZE_OIDC_ISSUER, _CLIENT_ID, _CLIENT_SECRET, _NAME and _CLAIM say; None without an issuer."""
        given = {
            name: environment.get(f"WENZE_OIDC_{name.upper()}", "")
            for name in ("issuer", "client_id", "client_secret", "name", "claim")
        }
        if not given["issuer"]:
            return None
        return cls(**{name: text for name, text in given.items() if text})


def _client() -> Any:
    return current_app.extensions["wenze.provider"]


def _provider() -> Provider | None:
    found: Provider | None = current_app.config["PROVIDER"]
    return found


def _failed(said: str) -> ResponseReturnValue:
    flash(said, "error")
    return redirect(url_for("auth.sign_in"))


@bp.get("/sign-in/provider")
def begin() -> ResponseReturnValue:
    """Go to the identity provider."""
    if _provider() is None:
        return redirect(url_for("auth.sign_in"))
    session["provider_next"] = local_path(request.args.get("next"))
    try:
        _check_metadata()
        answer: ResponseReturnValue = _client().authorize_redirect(url_for("provider.back", _external=True))
    except FAILED as error:
        current_app.logger.warning("the identity provider can't be reached: %r", error)
        return _failed(_("统一身份认证现在连不上，请用本系统的密码登录，或稍后再试。"))
    return answer


@bp.get("/sign-in/provider/back")
def back() -> ResponseReturnValue:
    """Come back from the identity provider with a code; its token must be right in every respect."""
    provider = _provider()
    if provider is None:
        return redirect(url_for("auth.sign_in"))
    try:
        _check_metadata()
        login = _login(provider)
    except FAILED as error:
        current_app.logger.warning("refused what came from the identity provider: %r", error)
        return _failed(_("统一身份认证的答复不能采信，没有登录。请重新登录，仍不行请告诉系统管理员。"))
    target = local_path(session.pop("provider_next", ""))
    try:
        token = engine().begin_session(login, caller(), method="provider")
    except NotAllowed:
        told = _("统一身份认证的账号“%(login)s”在本系统没有开通或已停用，请找系统管理员。", login=login[:64])
        return _failed(told)
    return enter(token, target)


@bp.get("/sign-in/provider/leave")
def leave() -> ResponseReturnValue:
    """Sign out at the identity provider as well."""
    provider = _provider()
    if provider is None:
        return redirect(url_for("auth.sign_in"))
    try:
        address = _check_metadata().get("end_session_endpoint")
    except FAILED:
        address = None
    if not address:
        return redirect(url_for("auth.sign_in"))
    home = url_for("auth.sign_in", _external=True)
    asked = {"client_id": provider.client_id, "post_logout_redirect_uri": home}
    return redirect(f"{address}?{urlencode(asked)}")


def _check_metadata() -> Mapping[str, Any]:
    """What the provider says of itself; ValueError unless it is the one that was meant."""
    client, provider = _client(), _provider()
    found: dict[str, Any] = client.load_server_metadata()
    if provider is None or found.get("issuer") != provider.issuer:
        raise ValueError(f"discovery names another issuer: {found.get('issuer')!r}")
    known = found.get("id_token_signing_alg_values_supported") or ["RS256"]
    found["id_token_signing_alg_values_supported"] = [one for one in known if one in ASYMMETRIC]
    return found


def _login(provider: Provider) -> str:
    """The login that the provider vouches for; an error of `FAILED` unless its token holds."""
    options = {
        "iss": {"essential": True, "value": provider.issuer},
        "aud": {"essential": True, "value": provider.client_id},
    }
    token = _client().authorize_access_token(claims_options=options, leeway=LEEWAY)
    claims = token.get("userinfo")
    if not claims:
        raise ValueError("no ID token")
    found = claims.get(provider.claim)
    if not found and "userinfo_endpoint" in _check_metadata():
        more = _client().userinfo(token=token)
        if more.get("sub") != claims["sub"]:
            raise ValueError("the userinfo is about somebody else")
        found = more.get(provider.claim)
    if not isinstance(found, str) or not found:
        raise ValueError(f"no claim {provider.claim!r}")
    return found


def register_provider(app: Flask) -> None:
    """Let people sign in by the provider of the configuration, if there is one."""
    app.register_blueprint(bp)
    provider: Provider | None = app.config["PROVIDER"]
    app.context_processor(lambda: {"provider": provider})
    if provider is None:
        return
    oauth = OAuth(app)
    app.extensions["wenze.provider"] = oauth.register(
        "provider",
        client_id=provider.client_id,
        client_secret=provider.client_secret or None,
        server_metadata_url=f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration",
        client_kwargs={
            "scope": "openid profile",
            "code_challenge_method": "S256",
            "default_timeout": TIMEOUT,
        },
    )


def from_environment() -> Provider | None:
    """The provider that the environment names."""
    return Provider.of(os.environ)
