"""XML is hostile until parsed here: no DTD, no entities, no network, bounded size and depth, XSD-checked."""

from __future__ import annotations

import codecs
import re
from functools import lru_cache
from importlib.resources import files
from threading import Lock
from typing import Any, NoReturn, Protocol
from xml.parsers import expat

from lxml import etree

from engine.errors import InvalidDefinition, Problem

MAX_BYTES = 5_000_000
MAX_DEPTH = 200
MAX_ATTRIBUTES = 100  #: on one element
MAX_ATTRIBUTE = 100_000  #: characters of one attribute value

_XSD = "{http://www.w3.org/2001/XMLSchema}"
_DECLARATION = re.compile(r"""^(<\?xml\s[^>]*?)\s+encoding\s*=\s*(["'])([A-Za-z0-9._:\-]+)\2""")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"<\0?\0", "utf-16-le"),
    (b"\0<\0?", "utf-16-be"),
    (b"<\0\0\0", "utf-32-le"),
    (b"\0\0\0<", "utf-32-be"),
)
#: what Python calls text encodings, but which no XML file uses; some take quadratic time
_STRANGE = {"idna", "punycode", "unicode-escape", "raw-unicode-escape", "utf-7", "undefined", "mbcs", "oem"}
_WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "cp936": "gb18030", "ascii": "utf-8"}
_EXPAT_TEXTS = {
    "syntax error": "不是XML格式",
    "no element found": "内容不完整，到文件末尾仍有没有结束的元素",
    "not well-formed (invalid token)": "有XML不允许的字符或写法",
    "unclosed token": "标记没有写完",
    "partial character": "文件末尾的字符不完整",
    "mismatched tag": "开始标记与结束标记不一致",
    "duplicate attribute": "同一元素有重复的属性",
    "junk after document element": "根元素结束后还有内容",
    "undefined entity": "引用了没有定义的实体",
    "unclosed CDATA section": "CDATA 没有结束",
    "unbound prefix": "用了没有声明的命名空间前缀",
    "reference to invalid character number": "字符引用无效",
    "XML or text declaration not at start of entity": "XML声明不在文件开头",
}


class _Entry(Protocol):
    """A line of libxml2's error log."""

    message: str
    type_name: str
    path: str | None
    line: int


class _Refused(Exception):
    """Stops the first pass; carries the message and the hint."""


def parse_xml(content: bytes, resource: str) -> etree._Element:
    """The root element of a file in any encoding; InvalidDefinition with the line if it isn't safe XML."""
    if len(content) > MAX_BYTES:
        _refuse(resource, f"文件太大（上限 {MAX_BYTES // 1_000_000} MB）。")
    text = _decode(content, resource)
    _scan(text, resource)
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(text.encode("utf-8"), parser)
    except etree.XMLSyntaxError as error:
        _refuse(resource, f"不是正确的XML文件（{error.msg}）。", error.lineno)
    if root.getroottree().docinfo.internalDTD is not None:
        _refuse(resource, "文件含有DTD（DOCTYPE）。", 1, "请删除DOCTYPE声明。")
    return root


def validate(root: etree._Element, schema_name: str, resource: str = "") -> tuple[Problem, ...]:
    """What breaks the XSD of this name (BPMN20.xsd, DMN.xsd, DMN12.xsd, DMN13.xsd), with lines."""
    with _lock:
        schema = _schema(schema_name)
        if schema.validate(root):
            return ()
        log: Any = schema.error_log
        entries: list[_Entry] = list(log)
    return tuple(
        Problem(_translated(entry), resource, _element_at(root, entry.path), entry.line, _hint(entry))
        for entry in entries[:200]
    )


def local(element: etree._Element) -> str:
    """The tag without its namespace."""
    return element.tag.rpartition("}")[2]


def line_of(element: etree._Element) -> int | None:
    """The 1-based line that an element begins on."""
    line: Any = element.sourceline
    return line if isinstance(line, int) else None


_lock = Lock()


def _refuse(resource: str, message: str, line: int | None = None, hint: str = "") -> NoReturn:
    raise InvalidDefinition(problems=[Problem(message, resource, line=line, hint=hint)])


def _decode(content: bytes, resource: str) -> str:
    """Text as its byte order mark or declaration says, the declared encoding taken out."""
    marked = next((name for mark, name in _MARKS if content.startswith(mark)), None)
    head = content[:300].decode("latin-1")
    declared = _DECLARATION.match(head)
    encoding = marked or (_known(declared[3]) if declared else "utf-8")
    if encoding is None:
        _refuse(resource, f"不认识文件声明的编码“{declared[3] if declared else ''}”。", 1, "请存为UTF-8。")
    try:
        text = content.decode(encoding)
    except UnicodeError as error:
        start = getattr(error, "start", 0)
        line = content.count(b"\n", 0, start) + 1 if isinstance(start, int) else None
        _refuse(resource, f"文件内容不是 {encoding} 编码。", line, "请存为UTF-8。")
    return _DECLARATION.sub(r"\1", text.removeprefix("\ufeff"), count=1)


def _known(declared: str) -> str | None:
    """The codec for a declared encoding; UTF-8 if it says UTF-16 but the bytes were not; None if unknown."""
    try:
        name = codecs.lookup(declared).name
    except (LookupError, ValueError):
        return None
    if name in _STRANGE or not getattr(codecs.lookup(declared), "_is_text_encoding", True):
        return None
    return "utf-8" if name.startswith(("utf-16", "utf-32")) else _WIDER.get(name, name)


def _scan(text: str, resource: str) -> None:
    """A first pass by expat, before libxml2 sees a byte: refuses DTDs, depth, size, malformed XML."""
    parser = expat.ParserCreate("utf-8", namespace_separator=" ")
    depth = 0

    def doctype(*_: object) -> None:
        raise _Refused("文件含有DTD（DOCTYPE），可能藏有实体炸弹或外部引用。", "请删除DOCTYPE声明。")

    def start(_: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > MAX_DEPTH:
            raise _Refused(f"元素嵌套太深（上限 {MAX_DEPTH} 层）。", "")
        if len(attributes) > MAX_ATTRIBUTES or any(len(v) > MAX_ATTRIBUTE for v in attributes.values()):
            raise _Refused("元素的属性太多或太长。", "")

    def end(_: str) -> None:
        nonlocal depth
        depth -= 1

    parser.StartDoctypeDeclHandler = doctype
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    try:
        parser.Parse(text.encode("utf-8"), True)
    except _Refused as refused:
        _refuse(resource, refused.args[0], parser.CurrentLineNumber, refused.args[1])
    except expat.ExpatError as error:
        reason = _EXPAT_TEXTS.get(expat.ErrorString(error.code), expat.ErrorString(error.code))
        _refuse(resource, f"不是正确的XML文件：{reason}。", error.lineno)


@lru_cache(maxsize=8)
def _schema(name: str) -> etree.XMLSchema:
    folder = "bpmn" if name.startswith("BPMN") else "dmn"
    path = files("SpiffWorkflow").joinpath(folder, "parser", "schema", name)
    tree = etree.parse(str(path), etree.XMLParser(no_network=True))
    if name == "DMN12.xsd":
        _without_diagram(tree.getroot())
    return etree.XMLSchema(tree)


def _without_diagram(schema: etree._Element) -> None:
    """DMN 1.2's diagram schema is missing from the package (its file holds another): let diagrams pass."""
    for element in list(schema.iter(_XSD + "import")):
        schema.remove(element)
    for element in list(schema.iter(_XSD + "element")):
        if (element.get("ref") or "").startswith("dmndi:"):
            element.tag = _XSD + "any"
            element.set("namespace", "##other")
            element.set("processContents", "skip")
            del element.attrib["ref"]


def _translated(entry: _Entry) -> str:
    """An XSD error in Chinese."""
    message = re.sub(r"\{[^}]*\}", "", entry.message)
    quoted = re.findall(r"'([^']*)'", message)
    name = quoted[0] if quoted else ""
    if entry.type_name == "SCHEMAV_ELEMENT_CONTENT":
        return _content_text(name, message)
    if entry.type_name == "SCHEMAV_CVC_COMPLEX_TYPE_4":
        return f"元素 {name} 缺少必需的属性 {quoted[-1]}。"
    if entry.type_name == "SCHEMAV_CVC_COMPLEX_TYPE_3_2_1" or "is not allowed" in message:
        return f"元素 {name} 不能有属性 {quoted[-1]}。"
    if "xs:ID'" in message and len(quoted) >= 3:
        return f"元素 {name} 的 id “{quoted[2]}”重复，或者不是合法的id（不能以数字开头，不能含空格、冒号）。"
    if "is not a valid value" in message and "attribute" in message and len(quoted) >= 3:
        return f"元素 {name} 的属性 {quoted[1]} 的值“{quoted[2]}”不对。"
    if "is not a valid value" in message and len(quoted) >= 2:
        return f"元素 {name} 的内容“{quoted[1]}”不对。"
    if "No matching global" in message:
        return f"不认识根元素 {name}。"
    return f"元素 {name} 不符合格式规范：{message}"


def _hint(entry: _Entry) -> str:
    """What to do about an XSD error."""
    if "Missing child" in entry.message or entry.type_name == "SCHEMAV_CVC_COMPLEX_TYPE_4":
        return "请补上。"
    if "is not allowed" in entry.message or entry.type_name == "SCHEMAV_CVC_COMPLEX_TYPE_3_2_1":
        return "请删除这个属性。"
    if entry.type_name == "SCHEMAV_ELEMENT_CONTENT":
        return "请删除它，或移到允许的位置；在编辑器里重新画出再保存，一般就合规范。"
    return "请改正。"


def _content_text(name: str, message: str) -> str:
    expected = re.search(r"Expected is (?:one of )?\(\s*(.*?)\s*\)", message)
    names = [part.strip() for part in expected[1].split(",")] if expected else []
    hint = f"这里应当是 {'、'.join(names)}" if 0 < len(names) < 5 else ""
    if "Missing child" in message:
        return f"元素 {name} 的内容不完整" + (f"，{hint}。" if hint else "。")
    return f"不认识元素 {name}，或者它的位置不对" + (f"（{hint}）。" if hint else "。")


def _element_at(root: etree._Element, path: str | None) -> str:
    """The id of the element at an error's path, or of the nearest one around it that has one."""
    namespaces = {prefix: uri for prefix, uri in root.nsmap.items() if prefix}
    try:
        found = root.getroottree().xpath(path or "/*", namespaces=namespaces)
    except etree.XPathError:
        return ""
    if not isinstance(found, list) or not found or not isinstance(found[0], etree._Element):
        return ""
    element: etree._Element | None = found[0]
    while element is not None and element is not root:
        if element.get("id"):
            return element.get("id") or ""
        element = element.getparent()
    return ""
