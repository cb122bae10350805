"""XML is safe before anything reads it."""

from __future__ import annotations

import codecs
import socket
from pathlib import Path

import pytest

from engine.errors import InvalidDefinition, Problem
from engine.parsing import parse_xml, validate
from engine.parsing.xml import MAX_BYTES, MAX_DEPTH
from tests.unit.parsing.xml_text import HEAD, document


def refusal(content: bytes) -> Problem:
    with pytest.raises(InvalidDefinition) as caught:
        parse_xml(content, "a.xml")
    (problem,) = caught.value.problems
    assert problem.resource == "a.xml"
    return problem


BOMB = b"""<?xml version="1.0"?>
<!DOCTYPE lolz [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;">]>
<lolz>&d;</lolz>"""


def test_an_entity_bomb_is_refused_for_its_dtd() -> None:
    problem = refusal(BOMB)
    assert "DOCTYPE" in problem.message
    assert problem.line == 2


def test_an_external_entity_is_never_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret text")
    content = f'<!DOCTYPE a [<!ENTITY x SYSTEM "{secret.as_uri()}">]><a>&x;</a>'.encode()
    problem = refusal(content)
    assert "DOCTYPE" in problem.message
    assert "secret text" not in str(problem)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "gb18030"])
def test_a_dtd_is_found_in_any_encoding(encoding: str) -> None:
    text = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE a><a/>'
    assert "DOCTYPE" in refusal(text.encode(encoding)).message


def test_a_doctype_in_a_comment_or_cdata_is_only_text() -> None:
    root = parse_xml(b"<a><!-- <!DOCTYPE a> --><![CDATA[<!DOCTYPE a>]]></a>", "a.xml")
    assert root.text == "<!DOCTYPE a>"


def test_schema_locations_are_not_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither parsing nor validation loads the schema that a file names."""
    server = socket.create_server(("127.0.0.1", 0))
    server.setblocking(False)
    port = server.getsockname()[1]
    located = HEAD.replace(
        "<bpmn:definitions",
        f'<bpmn:definitions xsi:schemaLocation="http://x http://127.0.0.1:{port}/x.xsd"',
    )
    root = parse_xml((located + "</bpmn:definitions>").encode(), "a.xml")
    assert validate(root, "BPMN20.xsd", "a.xml") == ()
    with pytest.raises(BlockingIOError):
        server.accept()
    server.close()


def test_depth_is_limited() -> None:
    deep = b"<a>\n" * (MAX_DEPTH + 1) + b"</a>" * (MAX_DEPTH + 1)
    problem = refusal(deep)
    assert "嵌套" in problem.message
    assert problem.line == MAX_DEPTH + 1
    assert parse_xml(b"<a>" * MAX_DEPTH + b"</a>" * MAX_DEPTH, "a.xml").tag == "a"


def test_size_is_limited() -> None:
    assert "太大" in refusal(b"<a>" + b" " * MAX_BYTES + b"</a>").message


def test_attributes_are_limited_in_number_and_length() -> None:
    many = " ".join(f'a{i}="1"' for i in range(101))
    assert "属性" in refusal(f"<a {many}/>".encode()).message
    assert "属性" in refusal(b'<a x="' + b"x" * 100_001 + b'"/>').message


@pytest.mark.parametrize(
    ("content", "line", "text"),
    [
        (b"", 1, "不完整"),
        (b"hello", 1, "XML"),
        (b"<a>\n<b>\n</a>", 3, "不一致"),
        (b"<a>\n<b/>", 2, "不完整"),
        (b"<a/>\n<b/>", 2, "根元素"),
        (b"<a>\n&x;</a>", 2, "实体"),
        (b"<a\nb='1' b='2'/>", 2, "重复"),
        (b"<x:a/>", 1, "命名空间"),
        (b"<a>\n\x00</a>", 2, "字符"),
        (b"<a>\n\n\xff</a>", 3, "编码"),
        (b'<?xml version="1.0" encoding="hex"?><a/>', 1, "hex"),
        (b'<?xml version="1.0" encoding="punycode"?><a/>', 1, "punycode"),
    ],
)
def test_malformed_xml_is_told_in_chinese_with_its_line(content: bytes, line: int, text: str) -> None:
    problem = refusal(content)
    assert text in problem.message
    assert problem.line == line


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-16", "gb18030", "gbk", "gb2312", "big5", "shift_jis", "utf-32"]
)
def test_every_encoding_is_read(encoding: str) -> None:
    text = f'<?xml version="1.0" encoding="{encoding}" standalone="yes"?>\n<a x="中文">\n<b/></a>'
    root = parse_xml(text.encode(encoding), "a.xml")
    assert root.get("x") == "中文"
    assert root[0].sourceline == 3


def test_a_mark_at_the_beginning_goes_over_what_is_declared() -> None:
    content = codecs.BOM_UTF8 + '<?xml version="1.0" encoding="gbk"?><a x="中"/>'.encode()
    assert parse_xml(content, "a.xml").get("x") == "中"
    declared_wide = b'<?xml version="1.0" encoding="UTF-16"?><a/>'
    assert parse_xml(declared_wide, "a.xml").tag == "a"


def test_schema_errors_have_line_and_element_in_chinese() -> None:
    content = document(
        '<bpmn:userTask id="t" foo="1"/>\n<bpmn:userTask id="1x"/>\n'
        '<bpmn:sequenceFlow id="f" sourceRef="t"/>\n<bpmn:fooTask id="z"/>',
        attributes='isExecutable="maybe"',
    )
    found = {(p.element, p.line): p.message for p in validate(parse_xml(content, "a"), "BPMN20.xsd", "a")}
    assert "maybe" in found["p", 5]
    assert "foo" in found["t", 6]
    assert "1x" in found["1x", 7]
    assert "targetRef" in found["f", 8]
    assert "fooTask" in found["z", 9]


def test_extension_elements_of_other_namespaces_pass() -> None:
    content = document(
        '<bpmn:userTask id="t" xmlns:x="urn:x" x:colour="red"><bpmn:extensionElements><x:note/>'
        "</bpmn:extensionElements></bpmn:userTask>"
    )
    assert validate(parse_xml(content, "a"), "BPMN20.xsd") == ()


@pytest.mark.parametrize(
    ("name", "namespace"),
    [
        ("DMN.xsd", "http://www.omg.org/spec/DMN/20151101/dmn.xsd"),
        ("DMN12.xsd", "http://www.omg.org/spec/DMN/20180521/MODEL/"),
        ("DMN13.xsd", "https://www.omg.org/spec/DMN/20191111/MODEL/"),
    ],
)
def test_decision_schemas_are_there(name: str, namespace: str) -> None:
    head = f'<definitions xmlns="{namespace}" id="d" name="d" namespace="x">'
    good = head + '<decision id="a" name="a"/></definitions>'
    assert validate(parse_xml(good.encode(), "a.dmn"), name) == ()
    bad = good.replace('<decision id="a" name="a"/>', "<rubbish/>")
    (problem,) = validate(parse_xml(bad.encode(), "a.dmn"), name, "a.dmn")
    assert "rubbish" in problem.message


@pytest.mark.parametrize(
    ("element", "text"),
    [
        ('<bpmn:task id="t"><bpmn:ioSpecification/></bpmn:task>', "ioSpecification 的内容不完整"),
        ('<bpmn:task id="t"><bpmn:incoming>a:b:c</bpmn:incoming></bpmn:task>', "a:b:c"),
        (
            '<bpmn:sequenceFlow id="t" sourceRef="p" targetRef="p"><bpmn:conditionExpression'
            ' xsi:type="bpmn:tNope">x</bpmn:conditionExpression></bpmn:sequenceFlow>',
            "tNope",
        ),
    ],
)
def test_other_schema_errors_name_the_nearest_id(element: str, text: str) -> None:
    (problem,) = validate(parse_xml(document(element), "a"), "BPMN20.xsd", "a")
    assert text in problem.message
    assert problem.element == "t"
    assert problem.line == 6
