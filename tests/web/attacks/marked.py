"""An office in which every text that anybody may write is an attempt to run a script.

Names of the office, groups, people, processes, steps, lanes, forms, fields; what people fill in, reasons,
notes and file names. `crawl` walks over all pages that a person's links lead to.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from flask.testing import FlaskClient
from lxml import etree, html

from engine import Engine, Resource
from tests.web.attacks.world import FORM, GROUPS, PASSWORD, PDF, PEOPLE, RULES, VIEW, VISIT, processes
from tests.web.office import SAMPLE

SCRIPT = "\"'><img src=x onerror=alert(1)><script>alert(1)</script>{{7*7}}"  #: short enough for a name
LONG = (
    SCRIPT + "<svg/onload=alert(1)><a href=javascript:alert(1)>x</a>]]><!--&lt;b&gt;\u2028</textarea></title>"
)
TEXTS = ("title", "description", "label", "submit", "basis", "help", "x-basis", "placeholder")
LANES = '<laneSet id="L"><lane id="L1" name="登记岗"><flowNodeRef>first</flowNodeRef></lane></laneSet>'


def marked_json(value: Any, name: str = "") -> Any:
    """The form or view with the script in all its texts."""
    if isinstance(value, dict):
        return {key: marked_json(part, key) for key, part in value.items()}
    if isinstance(value, list):
        return [marked_json(part) for part in value]
    return value + LONG if isinstance(value, str) and name in TEXTS else value


def marked_xml(xml: bytes) -> bytes:
    """The diagram with the script in all names, lanes and documentation."""
    text = xml.decode().replace("<startEvent", f"{LANES}<startEvent", 1)
    for group in GROUPS:
        text = text.replace(group, escape(group + SCRIPT, {'"': "&quot;"}))
    text = re.sub(r' name="([^"]*)"', _longer, text)
    documentation = f"<documentation>{escape(LONG)}</documentation>"
    text = re.sub(r"(<process [^>]*>|<userTask [^>]*[^/]>)", lambda found: found[1] + documentation, text)
    return restored_properties(text).encode()


def _longer(found: re.Match[str]) -> str:
    named = found[1]
    return found[0] if "onerror" in named else f' name="{named}{escape(LONG, QUOTES)}"'


def drawn() -> tuple[Resource, ...]:
    """A process with lanes that has a picture, which `processes` have not."""
    text = (SAMPLE / "review.bpmn").read_text("utf-8").replace("从受理到办结。", escape(LONG))
    text = text.replace("受理岗", "登记岗").replace("审查岗", "承办岗")
    forms = [
        Resource(f"r/{name}.form.json", json.dumps(marked_json(json.loads(read(name)))).encode())
        for name in ("request", "opinion")
    ]
    return Resource("r/review.bpmn", marked_xml(text.encode())), *forms


def read(name: str) -> str:
    """A form of the sample."""
    return (SAMPLE / f"{name}.form.json").read_text("utf-8")


QUOTES = {'"': "&quot;", "\u2028": "&#8232;"}


def restored_properties(text: str) -> str:
    """Names of Camunda's properties are no texts: they stay as they were."""
    mark = escape(LONG, QUOTES)
    return re.sub(r"(<camunda:property name=\"\w+)" + re.escape(mark), r"\1", text)


def open_marked(url: str, folder: Path) -> Engine:
    """The office on this empty database."""
    folder.mkdir(exist_ok=True)
    users = [
        {"id": login, "display": login + SCRIPT, "unit": SCRIPT, "groups": [one + SCRIPT for one in groups]}
        for login, groups in PEOPLE.items()
    ]
    office = {
        **dict.fromkeys(("product", "seal", "office", "organ", "caseWord"), SCRIPT),
        "footer": [SCRIPT, SCRIPT],
        "groups": [one + SCRIPT for one in GROUPS],
        "users": users,
        "processAdmins": "流程管理" + SCRIPT,
    }
    (folder / "office.json").write_text(json.dumps(office, ensure_ascii=False), "utf-8")
    engine = Engine.open(url, resources=folder)
    engine.load_office(folder / "office.json", password=PASSWORD)
    resources = [Resource(f"t/{one.key}.bpmn", marked_xml(one.xml())) for one in processes()]
    view = {**marked_json(VIEW), "title": VIEW["title"]}
    rules = {**marked_json(RULES)}
    for part in rules.get("protected", ()):
        part["groups"] = [one + SCRIPT for one in part["groups"]]
    for part in rules.get("registers", ()):
        part |= {who: [one + SCRIPT for one in part[who]] for who in ("readers", "writers")}
    files = {
        "note.form": marked_json(FORM),
        "visit.form": marked_json(VISIT),
        "matter.view": view,
        "matter.case": rules,
    }
    resources += [Resource(f"t/{name}.json", json.dumps(one).encode()) for name, one in files.items()]
    engine.deploy(resources, name=SCRIPT, by="")
    engine.deploy(drawn(), name=SCRIPT, by="")
    engine.save_diagram_draft("matter", engine.definition_xml("matter:1"), by="editor")
    return engine


def used(engine: Engine) -> list[str]:
    """Cases in which every verb was used, with the script in all that was written; their ids."""
    values = {"标题": SCRIPT, "说明": LONG, "来信人": LONG, "意见": LONG, "对象": [{"名称": LONG}]}
    cases = [engine.start("matter", values, by="initiator").id for _ in range(3)]
    for case in cases:
        first = engine.case(case, by="").open_tasks[0].id
        engine.claim(first, by="former")
        engine.complete(first, {}, by="former")
    done, going, offered = cases
    for case in (done, going):
        task = engine.case(case, by="").open_tasks[0].id
        engine.claim(task, by="assignee")
        engine.attach(
            f"{SCRIPT.replace('/', '')}.pdf", PDF, "application/pdf", by="assignee", instance_id=case
        )
        engine.delegate(task, "owner", LONG, by="assignee")
        engine.resolve(task, LONG, by="owner")
        engine.add_signers(task, ["signer"], "before", LONG, by="assignee")
        part = next(one.id for one in engine.case(case, by="").open_tasks if one.part_of)
        engine.copy_to(case, ["recipient"], LONG, by="assignee", task_id=task)
        engine.urge(task, LONG, by="initiator")
        engine.suspend(case, LONG, by="initiator")
        engine.resume(case, LONG, by="initiator")
        if case == done:
            engine.sign(part, True, LONG, by="signer")
            engine.complete(task, values, by="assignee")
        else:
            engine.remove_signer(part, LONG, by="assignee")
            engine.save_draft(task, values, by="assignee")
            engine.transfer(task, "candidate", LONG, by="assignee")
            engine.send_back(task, "first", LONG, by="candidate")
    engine.cancel(offered, LONG, by="initiator")
    cases.append(engine.start("review", {"标题": SCRIPT}, by="former").id)
    waiting = engine.start("matter", values, by="initiator").id
    for key in ("stuck", "choice"):
        case = engine.start(key, {}, by="initiator").id
        first = engine.case(case, by="").open_tasks[0].id
        engine.claim(first, by="former")
        engine.complete(first, {}, by="former")
        cases.append(case)
    return [*cases, waiting]


def crawl(client: FlaskClient, *start: str, most: int = 150) -> Iterator[tuple[str, str]]:
    """Path and text of every page that links lead to, those of one kind a few times only."""
    seen, left = set(start), list(start)
    while left and len(seen) < most:
        path = left.pop(0)
        answer = client.get(path, follow_redirects=True, buffered=True)
        if answer.status_code == 503:
            continue  # what this installation hasn't been given a key for
        if answer.mimetype not in ("text/html", "application/json"):
            continue
        text = answer.get_data(as_text=True)
        yield path, text
        if answer.mimetype == "text/html" and answer.status_code == 200:
            for link in links(text):
                if link not in seen:
                    seen.add(link)
                    left.append(link)


def links(page: str) -> list[str]:
    """Links and addresses of data of a page, on this site."""
    tree = html.document_fromstring(page)
    found = [*tree.xpath("//a/@href"), *tree.xpath("//@data-diagram-url")]
    return [one.partition("#")[0] for one in map(str, found) if one.startswith("/")]


def made_by_script(page: str) -> list[str]:
    """Elements and attributes of a page that only a written text can have made."""
    tree = html.document_fromstring(page)
    found = [
        etree.tostring(one, encoding="unicode")[:200] for one in tree.iter("img") if one.get("src") == "x"
    ]
    for element in tree.iter(etree.Element):
        if element.tag == "script" and not element.get("src"):
            found.append("script")
        if element.tag == "style":
            found.append("style")
        for name, value in element.attrib.items():
            address = element.tag != "link" and name in ("href", "src", "action", "formaction", "xlink:href")
            if name.startswith("on") or (address and re.match(r"\s*(javascript|data|vbscript):", value)):
                found.append(f"{element.tag} {name}={value[:100]}")
    return found
