"""Hostile files through the pages that take diagrams: refused with a reason, and nothing of them runs."""

from __future__ import annotations

import time

import pytest

from tests.builders import Builder
from tests.web.attacks.conftest import Site
from tests.web.attacks.world import GROUPS, PASSWORD, processes

HEAD = '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="t">'
GOOD = processes()[0].xml().decode()
ENTITIES = "".join(f'<!ENTITY a{n + 1} "{f"&a{n};" * 10}">' for n in range(9))


def with_doctype(doctype: str, use: str) -> str:
    text = GOOD.replace("<definitions", f"{doctype}<definitions", 1)
    return text.replace('name="matter事项"', f'name="{use}"')


HOSTILE = {
    "laughs": with_doctype(f'<!DOCTYPE x [<!ENTITY a0 "ha">{ENTITIES}]>', "&a9;"),
    "quadratic": with_doctype(f'<!DOCTYPE x [<!ENTITY a "{"a" * 100_000}">]>', "&a;" * 1000),
    "file": with_doctype('<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>', "&a;"),
    "web": with_doctype('<!DOCTYPE x [<!ENTITY a SYSTEM "http://127.0.0.1:9/x">]>', "&a;"),
    "parameter": with_doctype('<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x"> %p;]>', "x"),
    "public": with_doctype('<!DOCTYPE x PUBLIC "-//X//X" "http://127.0.0.1:9/x">', "x"),
    "deep": HEAD + "<process>" * 40_000,
    "deep closed": HEAD + "<a>" * 5_000 + "</a>" * 5_000 + "</definitions>",
    "attributes": HEAD + "<process " + " ".join(f'a{n}="1"' for n in range(30_000)) + "/></definitions>",
    "wide": HEAD + "<process id='p'>" + "<task/>" * 30_000 + "</process></definitions>",
    "include": GOOD.replace(
        "</process>",
        '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd"/></process>',
    ),
    "stylesheet": GOOD.replace("<definitions", '<?xml-stylesheet href="http://127.0.0.1:9/x"?><nothing/>', 1),
    "utf-7": '<?xml version="1.0" encoding="UTF-7"?>+ADw-a/+AD4-',
    "idna": '<?xml version="1.0" encoding="idna"?><a>' + "a" * 100_000 + "</a>",
    "null": GOOD.replace("matter", "mat\0ter"),
    "html": "<!doctype html><script>alert(1)</script>",
    "empty": " ",
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_files_are_refused_on_every_way_in(site: Site, kind: str) -> None:
    caller, before = site.caller("editor"), site.world.state()
    content = HOSTILE[kind].encode()
    for path in ("/processes/matter/import", "/processes/import"):
        began = time.process_time()
        answer = caller.send("POST", path, {"file": ("a.bpmn", content)})
        page = answer.get_data(as_text=True)
        assert answer.status_code == 422, path
        assert "root:" not in page and "Traceback" not in page
        assert time.process_time() - began < 60, "bounded, however slow the machine"
    assert site.world.state() == before


def test_what_a_diagram_imports_is_never_read(site: Site) -> None:
    """BPMN knows such an element; it may stand there, and means nothing."""
    imports = '<import importType="x" location="file:///etc/passwd" namespace="x"/><process'
    content = GOOD.replace("<process", imports, 1).encode()
    caller = site.caller("editor")
    assert caller.send("POST", "/processes/matter/import", {"file": ("a.bpmn", content)}).status_code == 302
    page = caller.client.get("/processes/matter/check.json").get_data(as_text=True)
    assert "root:" not in page


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_drafts_never_get_into_force(site: Site, kind: str) -> None:
    """The editor may keep what is wrong; its check says so, and it is never run."""
    caller, headers = site.caller("editor"), {}
    headers["X-CSRFToken"] = caller.token
    answer = caller.client.post(
        "/processes/matter/draft.json", json={"xml": HOSTILE[kind], "revision": 1}, headers=headers
    )
    assert answer.status_code in (200, 422)
    checked = caller.client.get("/processes/matter/check.json")
    assert checked.status_code == 200 and "root:" not in checked.get_data(as_text=True)
    if answer.status_code == 200:
        assert [one for one in checked.get_json()["problems"] if one["severity"] == "error"]
        revision = str(answer.get_json()["revision"])
        forced = caller.send("POST", "/processes/matter/force", {"revision": revision})
        assert forced.status_code == 422
    assert len(site.world.engine.versions("matter")) == 1


FEEL = {
    "time": "= count(for a in 1..100000, b in 1..100000 return a * b)",
    "memory": "= for a in 1..100000000 return a",
    "string": '= string length(string join(for a in 1..50000000 return "aaaaaaaaaa"))',
    "regexp": '= matches("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", "^(a+)+$")',
    "nesting": "= " + "(" * 3000 + "1" + ")" * 3000,
}


@pytest.mark.parametrize("kind", FEEL)
def test_hostile_expressions_end(site: Site, kind: str) -> None:
    """A diagram that would compute for ever is stopped: it halts its own case, and nobody else's."""
    engine, editor = site.world.engine, site.caller("editor")
    model = Builder("heavy", "重", (GROUPS[0],)).start().user("ask", groups=GROUPS[1])
    model = model.script("work", FEEL[kind], "result").end()
    answer = editor.send("POST", "/processes/import", {"file": ("heavy.bpmn", model.xml())})
    if answer.status_code == 422:
        return
    assert answer.status_code == 302
    caller = site.caller("initiator")
    assert caller.send("POST", "/start/heavy", {"_action": "submit"}).status_code == 302
    former = site.caller("former")
    found = [row.task.id for row in engine.inbox("former", "claimable").items if row.task.name == "ask"]
    for task in found:
        former.send("POST", f"/tasks/{task}/claim")
        answer = former.send("POST", f"/tasks/{task}", {"_action": "submit"})
        assert answer.status_code in (302, 422)
        assert "Traceback" not in answer.get_data(as_text=True)
    other = caller.send("POST", "/start/matter", {"标题": "后来的", "_action": "submit"})
    assert other.status_code == 302, "the sandbox serves others afterwards"


@pytest.mark.parametrize(
    "text",
    [
        "= constructor.constructor('return process')()",
        "= this.constructor",
        "= globalThis",
        "= require('fs')",
        "= __proto__",
        "= [].constructor",
        "${T(java.lang.Runtime).getRuntime().exec('id')}",
        "#{7*7}",
        "= fetch('http://127.0.0.1')",
    ],
)
def test_no_expression_reaches_the_host(site: Site, text: str) -> None:
    engine, editor = site.world.engine, site.caller("editor")
    model = Builder("reach", "伸手", (GROUPS[0],)).start().script("work", text, "result")
    model = model.user("ask", groups=GROUPS[1]).end()
    answer = editor.send("POST", "/processes/import", {"file": ("reach.bpmn", model.xml())})
    if answer.status_code == 422:
        return
    site.caller("initiator").send("POST", "/start/reach", {"_action": "submit"})
    for row in engine.cases("", process="reach").items:
        found = engine.case(row.instance.id, by="").variables.get("result")
        assert found in (None, [], {}), found


def test_a_file_name_is_only_a_name(site: Site) -> None:
    caller = site.caller("editor")
    for number, name in enumerate(("../../evil.bpmn", "/etc/cron.d/x", "a\0b.bpmn", "..", "", "CON.bpmn")):
        model = Builder(f"named{number}", "名", (GROUPS[0],)).start().end()
        answer = caller.send("POST", "/processes/import", {"file": (name, model.xml())})
        assert answer.status_code in (302, 409, 422), name
    for one in site.world.engine.definitions():
        assert ".." not in one.resource and "\0" not in one.resource and not one.resource.startswith("/")


def test_who_signs_in_is_who_is_asked(site: Site) -> None:
    """The password of one is no key to another, nor written in another way."""
    for login in ("editor", "EDITOR", " editor", "editor ", "editor\0", "editor\u200b", "ｅditor"):
        caller = site.caller()
        answer = caller.send("POST", "/sign-in", {"login": login, "password": PASSWORD + " "})
        assert answer.status_code == 403, login
