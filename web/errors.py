"""Error pages in the users' language, and the statuses of what the engine refuses."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask, current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from markupsafe import escape
from werkzeug.exceptions import HTTPException, SecurityError

from engine import (
    Conflict,
    EngineError,
    Halted,
    InvalidDefinition,
    InvalidInput,
    NotAllowed,
    NotFound,
    Unavailable,
)
from web.i18n import _, later
from web.recording import note_refusal

STATUS: tuple[tuple[type[EngineError], int], ...] = (
    (NotFound, 404),
    (NotAllowed, 403),
    (Conflict, 409),
    (InvalidInput, 422),
    (InvalidDefinition, 422),
    (Halted, 422),
    (Unavailable, 503),
)


@dataclass(frozen=True, slots=True)
class Wording:
    """Title and advice of an error page."""

    title: str
    advice: str


PAGES = {
    400: Wording(later("请求不完整"), later("请返回上一页，刷新后再办。")),
    401: Wording(later("还没有登录"), later("请登录后再办。")),
    403: Wording(later("您不能办理这一项"), later("需要办理的，请联系经办人或系统管理员。")),
    404: Wording(later("没有这一页"), later("地址有误，或者您无权查看。可以从待办或查找进入。")),
    405: Wording(later("不能这样打开"), later("请从页面上的按钮办理。")),
    409: Wording(later("这一项刚才已有变动"), later("请刷新页面，看清变动后再办。")),
    413: Wording(
        later("文件太大"),
        later("单个文件不超过20MB，一次合计不超过64MB，填写的内容不超过4MB。请压缩或拆分后再提交。"),
    ),
    422: Wording(later("填写有误"), later("请返回上一页改正。")),
    429: Wording(later("操作太频繁"), later("请稍等几分钟再试。")),
    500: Wording(later("系统出错"), later("填写的内容可能没有保存。请稍后再试，仍不行请告诉系统管理员。")),
}


def status_of(error: EngineError) -> int:
    """The HTTP status of an engine's refusal; what is no refusal is 500."""
    return next((status for kind, status in STATUS if isinstance(error, kind)), 500)


def error_page(status: int, message: str = "", problems: tuple[str, ...] = ()) -> ResponseReturnValue:
    """The page of this status; `message` replaces its advice. Scripts get JSON, fragments a line of text."""
    wording = PAGES.get(status) or PAGES[500 if status >= 500 else 400]
    title, advice = str(wording.title), message or str(wording.advice)
    if request.headers.get("HX-Request"):
        return str(escape(message or title)), status
    if request.accept_mimetypes.best == "application/json":
        return {"error": message or title, "problems": problems}, status
    values = {"status": status, "title": title, "advice": advice, "problems": problems}
    if status >= 500:
        # the engine may be what is down: nothing on this page may ask it
        return current_app.jinja_env.get_template("crash.html").render(values), status
    return render_template("error.html", **values), status


def _engine_error(error: EngineError) -> ResponseReturnValue:
    note_refusal(error)
    status = status_of(error)
    if status >= 500:
        current_app.logger.error("engine error", exc_info=error)
        return error_page(status)
    listed = tuple(str(problem) for problem in error.problems)
    return error_page(status, error.message, () if listed == (error.message,) else listed)


def _http_error(error: HTTPException) -> ResponseReturnValue:
    if error.code is not None and error.code < 400:
        return error
    return error_page(error.code or 500)


def _strange_host(_error: SecurityError) -> ResponseReturnValue:
    """Another host's name was asked for: no page can be made that has links."""
    return _("没有这个网址的服务。"), 400, {"Content-Type": "text/plain; charset=utf-8"}


def _forged(_error: CSRFError) -> ResponseReturnValue:
    return error_page(400, _("页面放置太久或来历不明，没有提交。请返回上一页，刷新后再提交。"))


def _crash(error: Exception) -> ResponseReturnValue:
    current_app.logger.error("unexpected error", exc_info=error)
    return error_page(500)


def register_errors(app: Flask) -> None:
    """Show these pages for everything that goes wrong."""
    app.register_error_handler(EngineError, _engine_error)
    app.register_error_handler(CSRFError, _forged)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(SecurityError, _strange_host)
    app.register_error_handler(Exception, _crash)
