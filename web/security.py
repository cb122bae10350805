"""Headers that every answer carries, and the check of forged posts."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, Response, request
from flask_wtf.csrf import CSRFError, CSRFProtect

from web.limits import register_limits

POLICY = (  # nothing inline, nothing from elsewhere
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
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Permitted-Cross-Domain-Policies": "none",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
CACHED = frozenset({"static", "documents.print_mark"})  #: all else is for who asked, and for once


def _add_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Content-Security-Policy", "; ".join(POLICY))
    if request.endpoint not in CACHED:
        response.headers["Cache-Control"] = "no-store"  # over what files get that are sent
    response.headers.setdefault("Cache-Control", "no-store")
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return response


def _refuse_other_sites() -> None:
    """Refuse posts that a page of another site sent, as the browser says, whatever token they carry."""
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is not None:
        same = site in ("same-origin", "none")
    else:
        same = origin is None or urlsplit(origin).netloc == request.host
    if not same:
        raise CSRFError


def register_security(app: Flask) -> None:
    """Check every post for its token and give every answer its headers."""
    register_limits(app)
    app.before_request(_refuse_other_sites)
    CSRFProtect(app)
    app.after_request(_add_headers)
