"""The builders' XML means the same as their AST."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import Any

from engine.parsing.bpmn import parse_bpmn
from tests.builders import Builder, many


def everything() -> Builder:
    """One of each."""
    inner = Builder().start("i").user("t").script("s", '"<" + 一', "结论").end("o")
    loop = many("人员", element="人", sequential=True, until="x = 1", output=("得", "结论"))
    model = Builder("p", "名", ("甲组",), {"visibleTo": "x"}).start(form="f")
    model.user(
        "a",
        groups='=["甲", 组]',
        users="u1",
        assignee="=人",
        due="=d",
        form="f",
        priority="=70",
        properties={"clock": "15WD"},
        inputs={"p": "=1", "t": "字"},
        outputs={"r": "=x"},
    )
    model.exclusive("x").when("n > 1").service("h", "publish", async_before=True)
    model.send("sm", "通知").receive("rc", "答复", "号").rule("ru", "dec", "v")
    model.call("c", "called", all_in=True, all_out=True, given={"k": "=n"}, taken={"q": "=z"})
    model.sub("sub", inner, loop=loop).parallel("f").inclusive("inc").event_gateway("eg")
    model.catch("ct", timer="duration PT1H").throw("th", "发").end("e", "terminate")
    model.at("eg").catch("cm", message="来").end("err", "error", "E1").at("x").default().to("f")
    model.boundary("b1", "a", timer="cycle R3/PT1H", interrupting=False).end("e2")
    model.boundary("b2", "sub", error="E1").end("e3").boundary("b3", "sub", error="").end("e5")
    return model.boundary("b4", "a", message="撤").end("e4")


def differences(left: Any, right: Any, path: str = "") -> list[str]:
    """Where two values differ, but for lines and for properties that only the XML spells out."""
    if is_dataclass(left) and is_dataclass(right):
        names = [each.name for each in fields(left) if each.name != "line"]
        return [
            at
            for name in names
            for at in differences(getattr(left, name), getattr(right, name), f"{path}.{name}")
        ]
    if hasattr(left, "items") and hasattr(right, "items"):
        spelt = {"correlationKey", "outputCollection", "outputElement"}
        keys = (left.keys() | right.keys()) - spelt
        return [at for key in keys for at in differences(left.get(key), right.get(key), f"{path}[{key}]")]
    if isinstance(left, tuple) and isinstance(right, tuple) and len(left) == len(right):
        return [at for a, b in zip(left, right, strict=True) for at in differences(a, b, path)]
    return [] if left == right else [f"{path}: {left} {right}"]


def test_xml_reads_back_as_the_same_process() -> None:
    [read] = parse_bpmn(everything().xml(), "p.bpmn").processes
    assert differences(everything().build(), read) == []
