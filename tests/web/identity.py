"""Identity providers on loopback: a small one that can be made to lie, and the certified one of npm."""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode

from flask import Flask, redirect, request
from joserfc import jwt
from joserfc.jwk import RSAKey
from werkzeug.serving import make_server

CLIENT, SECRET = "wenze-office", "a client secret for tests"
VERSION = "9.13.3"  #: of oidc-provider
HERE = Path(__file__).parent


@contextmanager
def listening(app: Any) -> Iterator[str]:
    """The address of this app on a free port."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Liar:
    """A provider that signs really, checks client and PKCE, and says what a test wants it to say."""

    def __init__(self) -> None:
        self.key = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})
        self.other = RSAKey.generate_key(2048, {"kid": "one"})
        self.login = "desk"
        self.issuer = ""
        self.asked: dict[str, str] = {}
        self.metadata: dict[str, Any] = {}
        self.change: Callable[[dict[str, Any]], None] = lambda claims: None
        self.sign: Callable[[dict[str, Any]], str] = lambda claims: self.signed(claims, self.key)

    def signed(self, claims: dict[str, Any], key: Any, alg: str = "RS256") -> str:
        return jwt.encode({"alg": alg, "kid": "one"}, claims, key, algorithms=[alg])

    def app(self) -> Flask:
        app = Flask("liar")
        app.add_url_rule("/.well-known/openid-configuration", view_func=self._metadata)
        app.add_url_rule("/keys", view_func=lambda: {"keys": [self.key.as_dict(private=False)]})
        app.add_url_rule("/authorize", view_func=self._authorize)
        app.add_url_rule("/token", view_func=self._token, methods=["POST"])
        return app

    def _metadata(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "end_session_endpoint": f"{self.issuer}/leave",
            "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
            **self.metadata,
        }

    def _authorize(self):
        self.asked = request.args.to_dict()
        sent = {"code": "the-code", "state": self.asked["state"]}
        return redirect(f"{self.asked['redirect_uri']}?{urlencode(sent)}")

    def _token(self) -> Any:
        sent = request.form
        digest = hashlib.sha256(sent["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        named = request.authorization
        fits = named and (named.username, named.password) == (CLIENT, SECRET)
        if not fits or challenge != self.asked["code_challenge"] or sent["code"] != "the-code":
            return {"error": "invalid_grant"}, 400
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "sub": "subject-1",
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "nonce": self.asked["nonce"],
            "preferred_username": self.login,
        }
        self.change(claims)
        return {"access_token": "opaque", "token_type": "Bearer", "id_token": self.sign(claims)}


def unsigned(claims: dict[str, Any]) -> str:
    """A token of algorithm "none"."""
    parts = [json.dumps(one).encode() for one in ({"alg": "none", "kid": "one"}, claims)]
    return ".".join(base64.urlsafe_b64encode(one).rstrip(b"=").decode() for one in parts) + "."


def tampered(token: str) -> str:
    """The token with another login and the signature that it had."""
    head, body, signature = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    claims["preferred_username"] = "admin"
    other = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    return f"{head}.{other}.{signature}"


@contextmanager
def certified(folder: Path, office: str) -> Iterator[str]:
    """The issuer of an `oidc-provider` run by Node, which lets in whoever gives a login."""
    node, npm = shutil.which("node"), shutil.which("npm")
    assert node and npm, "Node.js is needed, as it is for the build"
    options = ["--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"]
    subprocess.run(
        [npm, "install", *options, f"oidc-provider@{VERSION}"],
        cwd=folder, check=True, capture_output=True, timeout=300,
    )  # fmt: skip
    script = folder / "provider.mjs"
    shutil.copy(HERE / "provider.mjs", script)
    told = json.dumps({"client": CLIENT, "secret": SECRET, "office": office})
    with subprocess.Popen([node, script, told], cwd=folder, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout, "the provider didn't start"
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


def query(address: str) -> dict[str, str]:
    """The query of an address."""
    return {name: values[0] for name, values in parse_qs(address.partition("?")[2]).items()}
