"""Processes: the library, a version's diagram, the editor with its draft, import, and putting into force.

The editor's script (`web/src/editor.js`) speaks JSON at `/processes/<key>/draft.json`:

    GET    {"name", "version", "xml", "revision", "token", "catalogue": {"groups", "forms", "decisions",
           "processes"}}; `version` is the number that the draft will get, `revision` 0 without a draft,
           `token` what a POST must carry
    POST   {"xml", "revision"} -> {"revision", "version", "savedAt"}; a stale revision is 409, what can't be
           kept 422, both with {"message"}

and asks at `/processes/<key>/check.json` for {"revision", "problems"} of what is kept: a check reads all
files of the deployment and takes its time. A problem is

    {"element", "severity": "error" | "warning", "message", "hint", "resource", "line"}
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf

from engine import (
    Conflict,
    DiagramDraft,
    EngineError,
    InvalidDefinition,
    NotFound,
    Problem,
    ProcessDefinition,
    Resource,
)
from web.context import engine, me
from web.errors import status_of
from web.i18n import _
from web.saying import said, said_names
from web.wording import local

bp = Blueprint("processes", __name__, url_prefix="/processes")

LIMIT = 5_000_000  #: bytes of a diagram
BPMN_TYPE = "application/xml"
CHECKED = "wenze.checked"
REMEMBERED = 64  #: checks


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the library."""

    definition: ProcessDefinition
    draft: DiagramDraft | None
    errors: int  #: of the draft
    warnings: int
    active: int | None  #: running cases; None for a process that others call


@bp.get("")
def index() -> ResponseReturnValue:
    """The library of processes."""
    entries = [_entry(definition) for definition in engine().definitions()]
    return render_template("processes/index.html", entries=entries, people=_people())


@bp.get("/<key>")
@bp.get("/<key>/<int:version>")
def process(key: str, version: int | None = None) -> ResponseReturnValue:
    """One process: the diagram of a version (the one in force by default), and all versions."""
    versions = _versions(key)
    shown = _one(versions, version) if version else versions[0]
    draft = engine().diagram_draft(key)
    return render_template(
        "processes/process.html",
        shown=shown,
        versions=versions,
        draft=draft,
        outdated=draft is not None and draft.based_on != versions[0].version,
        next_start=engine().next_starts().get(key),
        people=_people(),
    )


@bp.get("/<key>/<int:version>/diagram.json")
def diagram(key: str, version: int) -> ResponseReturnValue:
    """The viewer's JSON of a version on which nothing has happened."""
    definition = _one(_versions(key), version)
    return {
        "xml": said_names(engine().definition_xml(definition.id).decode("utf-8", "replace")),
        "label": _("%(name)s流程图", name=definition.name),
        "description": said(definition.documentation),
    }


@bp.get("/<key>/<int:version>/download")
def download(key: str, version: int) -> ResponseReturnValue:
    """The BPMN file of a version, as it was deployed."""
    definition = _one(_versions(key), version)
    content = BytesIO(engine().definition_xml(definition.id))
    name = f"{definition.key}-{definition.version}.bpmn"
    return send_file(content, mimetype=BPMN_TYPE, as_attachment=True, download_name=name)


@bp.get("/<key>/draft/download")
def download_draft(key: str) -> ResponseReturnValue:
    """The BPMN file of the draft."""
    draft = _draft(key)
    return send_file(
        BytesIO(draft.content), mimetype=BPMN_TYPE, as_attachment=True, download_name=f"{key}-draft.bpmn"
    )


@bp.get("/<key>/edit")
def edit(key: str) -> ResponseReturnValue:
    """The editor."""
    versions = _versions(key)
    return render_template(
        "processes/editor.html", definition=versions[0], draft=engine().diagram_draft(key), people=_people()
    )


@bp.get("/<key>/draft.json")
def draft_json(key: str) -> ResponseReturnValue:
    """What the editor opens: the draft, else the version in force."""
    latest = _versions(key)[0]
    draft = engine().diagram_draft(key)
    content = draft.content if draft else engine().definition_xml(latest.id)
    return {
        "name": latest.name,
        "version": latest.version + 1,
        "xml": content.decode("utf-8", "replace"),
        "revision": draft.revision if draft else 0,
        "token": generate_csrf(),
        "catalogue": _catalogue(latest),
    }


@bp.get("/<key>/check.json")
def check(key: str) -> ResponseReturnValue:
    """What is wrong with the draft, or with the version in force where there is none."""
    latest = _versions(key)[0]
    draft = engine().diagram_draft(key)
    content = draft.content if draft else engine().definition_xml(latest.id)
    return {"revision": draft.revision if draft else 0, "problems": _problems_json(latest, content)}


@bp.post("/<key>/draft.json")
def save_draft(key: str) -> ResponseReturnValue:
    """Keep the diagram as it is in the editor, and say what is wrong with it."""
    latest = _versions(key)[0]
    posted = request.get_json(silent=True)
    xml, revision = (posted.get("xml"), posted.get("revision")) if isinstance(posted, dict) else (None, None)
    if not isinstance(xml, str) or not isinstance(revision, int):
        return {"message": _("没有收到流程图。")}, 422
    content = xml.encode("utf-8", "replace")
    if len(content) > LIMIT:
        return {"message": _("流程图超过5MB。")}, 422
    try:
        draft = engine().save_diagram_draft(key, content, by=me().id, revision=revision)
    except EngineError as refusal:
        return {"message": refusal.message}, status_of(refusal)
    return {
        "revision": draft.revision,
        "version": latest.version + 1,
        "savedAt": local(draft.saved_at).strftime("%H:%M"),
    }


@bp.post("/<key>/discard")
def discard(key: str) -> ResponseReturnValue:
    """Throw the draft away."""
    engine().discard_diagram_draft(key, by=me().id)
    flash(_("草稿已删除，现行版本不受影响。"), "ok")
    return redirect(url_for("processes.process", key=key))


@bp.get("/<key>/force")
def confirm(key: str) -> ResponseReturnValue:
    """What putting the draft into force means, before it is done."""
    return _confirm_page(key)


@bp.post("/<key>/force")
def put_into_force(key: str) -> ResponseReturnValue:
    """Make the draft the version for cases started from now on."""
    if request.form.get("revision") != str(_draft(key).revision):
        return _confirm_page(key, _("草稿刚才又有改动，请看过以后再施行。")), 409
    try:
        made = engine().put_into_force(key, by=me().id)
    except (Conflict, InvalidDefinition) as refusal:
        return _confirm_page(key, refusal.message), status_of(refusal)
    flash(_("“%(name)s”第%(n)s版已施行。", name=made.name, n=made.version), "ok")
    return redirect(url_for("processes.process", key=key))


@bp.post("/<key>/import")
def import_draft(key: str) -> ResponseReturnValue:
    """Take a BPMN file as this process's draft; a file with errors is refused with all of them."""
    latest = _versions(key)[0]
    content = _uploaded()
    problems = _problems(latest, content) if content else (Problem(_("请选择一个.bpmn文件，不超过5MB。")),)
    errors = [problem for problem in problems if problem.severity == "error"]
    if errors or content is None:
        return render_template("processes/refused.html", definition=latest, problems=errors), 422
    draft = engine().diagram_draft(key)
    engine().save_diagram_draft(key, content, by=me().id, revision=draft.revision if draft else 0)
    flash(_("已导入为草稿，核对后再施行。"), "ok")
    return redirect(url_for("processes.edit", key=key))


@bp.post("/import")
def import_new() -> ResponseReturnValue:
    """Deploy a BPMN file as a new process; one whose key is taken becomes nothing."""
    content = _uploaded()
    name = _file_name()
    if content is None:
        problems: Iterable[Problem] = (Problem(_("请选择一个.bpmn文件，不超过5MB。")),)
        return render_template("processes/refused.html", definition=None, problems=problems), 422
    resource = Resource(name, content)
    known = {definition.resource.rpartition("/")[2] for definition in engine().definitions()}
    if name in known:
        clash = Problem(_("已有同名的流程文件“%(name)s”。", name=name), hint=_("请在该流程的页面导入。"))
        return render_template("processes/refused.html", definition=None, problems=(clash,)), 409
    try:
        made = engine().deploy((resource,), name=name.removesuffix(".bpmn"), by=me().id)
    except InvalidDefinition as refusal:
        return render_template("processes/refused.html", definition=None, problems=refusal.problems), 422
    for definition in made.definitions:
        flash(_("“%(name)s”第%(n)s版已施行。", name=definition.name, n=definition.version), "ok")
    return redirect(url_for("processes.index"))


def _entry(definition: ProcessDefinition) -> Entry:
    draft = engine().diagram_draft(definition.key)
    problems = _problems(definition, draft.content) if draft else ()
    errors = sum(problem.severity == "error" for problem in problems)
    active = None
    if definition.starter_groups:
        active = engine().cases(me().id, process=definition.key, status="active", size=1).total
    return Entry(definition, draft, errors, len(problems) - errors, active)


def _versions(key: str) -> tuple[ProcessDefinition, ...]:
    found = engine().versions(key)
    if not found:
        raise NotFound(_("没有这个流程。"))
    return found


def _one(versions: Iterable[ProcessDefinition], number: int) -> ProcessDefinition:
    found = next((one for one in versions if one.version == number), None)
    if found is None:
        raise NotFound(_("没有第%(n)s版。", n=number))
    return found


def _draft(key: str) -> DiagramDraft:
    draft = engine().diagram_draft(key)
    if draft is None:
        raise NotFound(_("这个流程没有草稿。"))
    return draft


def _problems(definition: ProcessDefinition, content: bytes) -> tuple[Problem, ...]:
    """Errors of the diagram with its neighbours, and warnings of its own; the last checks are remembered."""
    remembered: dict[object, tuple[Problem, ...]] = current_app.extensions.setdefault(CHECKED, {})
    neighbours = tuple(one.id for one in engine().definitions())
    key = (definition.id, sha256(content).digest(), neighbours, engine().groups())
    if key not in remembered:
        found = engine().check_diagram_draft(definition.key, content)
        if len(remembered) >= REMEMBERED:
            remembered.clear()
        remembered[key] = tuple(
            problem
            for problem in found
            if problem.severity == "error" or problem.resource in ("", definition.resource)
        )
    return remembered[key]


def _problems_json(definition: ProcessDefinition, content: bytes) -> list[dict[str, Any]]:
    return [
        {
            "element": problem.element,
            "severity": problem.severity,
            "message": said(problem.message),
            "hint": said(problem.hint),
            "resource": "" if problem.resource == definition.resource else problem.resource,
            "line": problem.line,
        }
        for problem in _problems(definition, content)
    ]


def _catalogue(definition: ProcessDefinition) -> dict[str, Any]:
    """What a diagram may refer to, for the choices of the properties panel."""
    others = [one for one in engine().definitions() if one.key != definition.key]
    references = engine().references(definition.id)
    return {
        "groups": list(engine().groups()),
        "forms": [{"id": key, "title": said(title)} for key, title in references.forms],
        "decisions": [{"id": key, "name": said(name)} for key, name in references.decisions],
        "processes": [{"key": one.key, "name": said(one.name)} for one in others],
    }


def _people() -> dict[str, str]:
    return {user.id: user.display for user in engine().users()}


def _confirm_page(key: str, error: str = "") -> str:
    latest = _versions(key)[0]
    draft = _draft(key)
    problems = _problems(latest, draft.content)
    errors = [problem for problem in problems if problem.severity == "error"]
    return render_template(
        "processes/force.html",
        definition=latest,
        draft=draft,
        errors=errors,
        warnings=[problem for problem in problems if problem.severity != "error"],
        error=error,
        people=_people(),
    )


def _uploaded() -> bytes | None:
    """The posted file's content, or None when there is none or it is too large."""
    file = request.files.get("file")
    content = file.read(LIMIT + 1) if file else b""
    return content if 0 < len(content) <= LIMIT else None


def _file_name() -> str:
    """The posted file's name, made safe, with the ending that diagrams have."""
    file = request.files.get("file")
    stem = (file.filename or "") if file else ""
    stem = re.sub(r"[^\w-]+", "-", stem.rpartition("/")[2].rpartition("\\")[2].removesuffix(".bpmn"))
    return f"{stem.strip('-')[:60] or 'process'}.bpmn"
