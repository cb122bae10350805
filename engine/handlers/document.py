"""Topic `document`: files from .docx templates.

Properties: `document` (template, e.g. `documents/decision.docx`), `documentName` (file name),
`documentForEach` (FEEL list: one file per item), `documentItem` (name of the item's variable, else 项),
`resultVariable` (gets the list of file names).
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

from docxtpl import DocxTemplate
from jinja2 import TemplateError, TemplateSyntaxError, Undefined, UndefinedError
from jinja2.exceptions import SecurityError
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup

from engine.errors import EngineError
from engine.handlers.settings import Settings
from engine.handlers.wording import filters, plain
from engine.model.handling import HandlerContext, HandlerResult
from engine.model.records import Resource

MOST_DOCUMENTS = 500  #: of one task
MOST_UNPACKED = 50_000_000  #: bytes of a template's parts
_LONGEST_NAME = 100
_LARGEST, _HIGHEST_POWER = 10**15, 64  #: in a template's arithmetic
_FORBIDDEN = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f]+')
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")  # no XML holds these
_ZONE = ZoneInfo("Asia/Shanghai")


def make_documents(context: HandlerContext) -> HandlerResult:
    """One file, or one for each item; EngineError naming the template and what is wrong with it."""
    settings = Settings(context)
    template = settings.plain("document")
    content = context.resources.get(template)
    if content is None:
        raise EngineError(f"没有文书模板“{template}”")
    environment = _environment(context.people)
    documents: list[Resource] = []
    for variables in _rounds(context, settings):
        name = _file_name(settings.text("documentName", variables), template)
        given = _standing(context) | variables
        documents.append(Resource(_distinct(name, documents), render(template, content, given, environment)))
    result = settings.plain("resultVariable")
    return HandlerResult({result: [each.name for each in documents]} if result else {}, tuple(documents))


def render(
    name: str, content: bytes, variables: Mapping[str, Any], environment: SandboxedEnvironment
) -> bytes:
    """The template filled with the variables, as bytes of a .docx file."""
    _check_package(name, content)
    try:
        template = DocxTemplate(io.BytesIO(content))
        template.render(_clean(dict(variables)), jinja_env=environment)
        written = io.BytesIO()
        template.save(written)
    except (TemplateError, ValueError, TypeError, KeyError, ArithmeticError) as error:
        _explain(name, error)
    return written.getvalue()


class _Missing(Undefined):
    """A variable that isn't there: may be tested and defaulted, but not printed."""

    __slots__ = ()

    def __str__(self) -> str:
        self._fail_with_undefined_error()


class _Sandbox(SandboxedEnvironment):
    """Jinja's sandbox, in which a template can't compute its machine's memory full either."""

    intercepted_binops = frozenset({"*", "**", "%"})

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Numbers only, and no giants among them."""
        if not all(isinstance(one, int | float) and abs(one) <= _LARGEST for one in (left, right)):
            raise SecurityError(f"“{operator}”只能用于不太大的数")
        if operator == "**" and abs(right) > _HIGHEST_POWER:
            raise SecurityError("乘方的指数太大")
        return super().call_binop(context, operator, left, right)


def _environment(people: Mapping[str, str]) -> SandboxedEnvironment:
    environment = _Sandbox(autoescape=True, undefined=_Missing, finalize=_shown)
    environment.filters.update(filters(people))
    return environment


def _shown(value: Any) -> Any:
    return value if isinstance(value, Undefined | Markup) else plain(value)


def _rounds(context: HandlerContext, settings: Settings) -> Iterator[dict[str, Any]]:
    if not settings.plain("documentForEach"):
        yield dict(context.variables)
        return
    items = settings.value("documentForEach", always_feel=True)
    if not isinstance(items, list):
        raise EngineError(f"步骤“{context.element_id}”的属性 documentForEach 应得到列表")
    if len(items) > MOST_DOCUMENTS:
        raise EngineError(f"步骤“{context.element_id}”要生成{len(items)}份文书，最多{MOST_DOCUMENTS}份")
    name = settings.plain("documentItem", "项")
    for at, item in enumerate(items, start=1):
        yield {**context.variables, name: item, f"{name}序号": at}


def _standing(context: HandlerContext) -> dict[str, Any]:
    """What every template may use; variables of these names go before."""
    return {
        "案号": context.business_key,
        "标题": context.title,
        "今天": context.now.astimezone(_ZONE).date().isoformat(),
    }


def _file_name(name: str, template: str) -> str:
    name = _FORBIDDEN.sub("", name).strip(" .") or PurePosixPath(template).stem
    return f"{name.removesuffix('.docx')[:_LONGEST_NAME]}.docx"


def _distinct(name: str, documents: list[Resource]) -> str:
    taken = {each.name for each in documents}
    number, stem = 1, name.removesuffix(".docx")
    while name in taken:
        number += 1
        name = f"{stem}（{number}）.docx"
    return name


def _clean(value: Any) -> Any:
    """Without the characters that no XML file can hold."""
    if isinstance(value, str):
        return _CONTROL.sub("", value)
    if isinstance(value, list):
        return [_clean(item) for item in value]
    if isinstance(value, dict):
        return {name: _clean(item) for name, item in value.items()}
    return value


def _check_package(name: str, content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            size = sum(part.file_size for part in package.infolist())
            is_word = "word/document.xml" in package.namelist()
    except zipfile.BadZipFile as error:
        raise EngineError(f"文书模板“{name}”不是 .docx 文件") from error
    if not is_word or size > MOST_UNPACKED:
        raise EngineError(f"文书模板“{name}”" + ("过大" if is_word else "不是 .docx 文件"))


def _explain(name: str, error: Exception) -> NoReturn:
    """Raises what is wrong in Chinese."""
    text = f"文书模板“{name}”"
    quoted = re.findall(r"'([^']*)'", str(error))
    if isinstance(error, SecurityError):
        text += "用了不允许的写法"
    elif isinstance(error, UndefinedError):
        text += f"要用的“{quoted[-1] if quoted else str(error)}”没有"
    elif isinstance(error, TemplateSyntaxError):
        text += f"的写法有误（{error.message}）"
    else:
        text += f"不能生成（{type(error).__name__}：{error}）"
    raise EngineError(text) from error
