"""How much a request may bring and how often: told apart by who asks, before anything of it is read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Flask, Response, current_app, request
from flask.json.provider import DefaultJSONProvider
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, SecurityError

from web.context import person

STRANGERS = 64 * 1024  #: bytes of a post of somebody who hasn't signed in
FORMS = 4 * 1024 * 1024  #: bytes of a form without files
JSON = 12 * 1024 * 1024  #: bytes of a diagram of 5 MB and what encoding adds to it
URLENCODED = "application/x-www-form-urlencoded"

SIGN_INS = "50 per 10 minutes; 500 per day"  #: failed ones from one address, whatever account they name
RATES: Mapping[str, str] = {  #: of one person, by endpoint
    "cases.cases": "60 per minute",  #: searches
    "inbox.box": "60 per minute",
    "processes.check": "60 per minute",
    "dossiers.export": "10 per minute",
    "picking.for_task": "240 per minute",
    "picking.for_start": "240 per minute",
    "presence.here": "30 per minute",
    "picking.day": "240 per minute",
}
POSTS = frozenset({"dossiers.export"})  #: of which only posts cost much


class Json(DefaultJSONProvider):
    """Flask's JSON, which tells of nesting beyond the interpreter's stack as of any other mistake."""

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        """The value of a JSON text."""
        try:
            return super().loads(s, **kwargs)
        except RecursionError as error:
            raise ValueError("nested too deeply") from error


def _check_address() -> None:
    """Refuse another host's name, and a query that isn't text: what comes after would fail on them."""
    if isinstance(request.routing_exception, SecurityError):
        raise request.routing_exception
    try:
        request.query_string.decode()
    except UnicodeDecodeError as error:
        raise BadRequest from error


def _limit_body() -> None:
    """Set how long the body may be, and count a form's fields, which the parser of plain forms doesn't."""
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return
    if person() is None:
        request.max_content_length = STRANGERS
    elif request.mimetype == URLENCODED:
        request.max_content_length = FORMS
    elif request.mimetype != "multipart/form-data":
        request.max_content_length = JSON
    if request.mimetype == URLENCODED:
        most = current_app.config["MAX_FORM_PARTS"]
        if request.get_data(parse_form_data=False).count(b"&") >= most:
            raise RequestEntityTooLarge


def _who() -> str:
    user = person()
    return f"user {user.id}" if user else f"address {get_remote_address()}"


def _refused(response: Response) -> bool:
    return response.status_code in (401, 403, 422)


def _is_cheap() -> bool:
    """A list without a search, or a page that only asks for a reason."""
    lists = request.endpoint in ("cases.cases", "inbox.box")
    return not request.args.get("search") if lists else request.endpoint in POSTS and request.method != "POST"


def register_limits(app: Flask) -> None:
    """Limit bodies before they are read, to be registered first."""
    app.json = Json(app)
    app.before_request(_check_address)
    app.before_request(_limit_body)


def register_rates(app: Flask) -> None:
    """Limit how often one may sign in in vain, search and check, to be registered after all views.

    The counts are kept by each serving process; what must hold across all of them, an account's lock after
    failed sign-ins, is kept in the database.
    """
    limiter = Limiter(get_remote_address, app=app, storage_uri="memory://")
    views: Any = app.view_functions
    once = limiter.limit(SIGN_INS, methods=["POST"], deduct_when=_refused)
    views["auth.sign_in"] = once(views["auth.sign_in"])
    for endpoint, rate in RATES.items():
        views[endpoint] = limiter.limit(rate, key_func=_who, exempt_when=_is_cheap)(views[endpoint])
