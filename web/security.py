"""Headers that every answer carries, and the check of forged posts."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import Flask, Response, g, request
from flask_wtf.csrf import CSRFProtect

P = ParamSpec("P")
R = TypeVar("R")

POLICY = (
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self' data:",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
)
DRAWING_STYLES = "style-src-attr 'unsafe-inline'"
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


def with_drawing(view: Callable[P, R]) -> Callable[P, R]:
    """Let this view's page set style attributes, as the diagram editor does; scripts stay forbidden."""

    @wraps(view)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        g.drawing = True
        return view(*args, **kwargs)

    return wrapped


def content_policy(*, drawing: bool) -> str:
    """The content security policy: nothing inline, nothing from elsewhere."""
    return "; ".join((*POLICY, DRAWING_STYLES) if drawing else POLICY)


def _add_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Content-Security-Policy", content_policy(drawing=bool(g.get("drawing"))))
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return response


def register_security(app: Flask) -> None:
    """Check every post for its token and give every answer its headers."""
    CSRFProtect(app)
    app.after_request(_add_headers)
