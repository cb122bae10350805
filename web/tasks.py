"""One task: its form, drafts, completion; and the form that starts a case."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup, escape
from werkzeug.datastructures import MultiDict

from engine import (
    Conflict,
    DocumentInfo,
    EngineError,
    FormDefinition,
    Halted,
    InvalidInput,
    JsonObject,
    Problem,
    ProcessDefinition,
    TaskForm,
    TaskView,
    UserTask,
)
from web.ahead import ahead_words
from web.conflicts import Clash, clash
from web.context import case_word, engine, me
from web.documents import ACCEPT, chosen, read_upload
from web.errors import status_of
from web.fields import Filling, FormView, form_view
from web.forms import Posted, file_keys, read_only, typed_values
from web.i18n import _, later
from web.inbox import HANDED
from web.rulings import decisions_for, ruling
from web.wording import now

bp = Blueprint("tasks", __name__)
bp.add_app_template_filter(ahead_words)

ROWS = frozenset({"_add", "_remove", "_up"})  #: buttons that change a table's rows
NUMBER = re.compile(r"[0-9]{1,9}")
PARTS = {
    "before": later("办结以前签署"),
    "parallel": later("同时签署"),
    "after": later("办结以后签署"),
    "delegated": later("受委派"),
}
KEY = re.compile(r"[\w-]{8,64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a post asked for: the typed values, the files it kept, and what was wrong with its files."""

    values: JsonObject
    documents: tuple[DocumentInfo, ...] = ()
    problems: tuple[Problem, ...] = ()


def revision() -> int | None:
    """The task's revision that the page showed, or that its person has chosen to save over."""
    text = request.form.get("over") or request.form.get("revision", "")
    return int(text) if NUMBER.fullmatch(text) else None


def once(part: str = "") -> str:
    """The page's idempotency key (for a part of what was sent), or "" for a post without one."""
    key = request.form.get("_once", "")
    return f"{key} {part}" if KEY.fullmatch(key) else ""


@bp.get("/tasks/<task_id>")
def task(task_id: str) -> ResponseReturnValue:
    """The task page."""
    view = engine().task(task_id, by=me().id)
    return task_page(view, Filling(view.values, view.variables, view.documents))


@bp.post("/tasks/<task_id>")
def post(task_id: str) -> ResponseReturnValue:
    """Submit or keep the form, or add or remove a row of a table in it."""
    given = engine().task_form(task_id, by=me().id)
    answer = read_task_form(given)
    filling = Filling(
        {**read_only(_schema(given), given.values), **answer.values},
        given.variables,
        (*given.documents, *answer.documents),
        answer.problems,
    )
    if ROWS & request.form.keys():
        return task_page(engine().task(task_id, by=me().id), changed_rows(filling))
    if answer.problems:
        return task_page(engine().task(task_id, by=me().id), filling), 422
    act = _save if request.form.get("_action") == "save" else _complete
    try:
        return act(given.task, answer.values)
    except (InvalidInput, Halted) as refusal:
        if given.form is None:
            raise
        view = engine().task(task_id, by=me().id)
        return task_page(view, replace(filling, problems=_problems(refusal))), 422
    except Conflict as conflict:
        return _stale(task_id, filling, conflict)


@bp.post("/tasks/<task_id>/draft")
def draft(task_id: str) -> ResponseReturnValue:
    """Keep what is being written; answers with the fragments that say so."""
    given = engine().task_form(task_id, by=me().id)
    posted = Posted(request.form, given.values, frozenset(one.id for one in given.documents))
    values = typed_values(_schema(given), posted)
    try:
        number = engine().save_draft(task_id, values, by=me().id, revision=revision())
    except Conflict as conflict:
        found = clash(conflict.message, engine().task_form(task_id, by=me().id), values)
        return render_template("forms/unsaved.html", conflict=found, task_id=task_id), 409
    except EngineError as refusal:
        return str(escape(refusal.message)), status_of(refusal)
    return render_template("forms/saved.html", revision=number, at=now())


def _problems(refusal: EngineError) -> tuple[Problem, ...]:
    """What is wrong with the form, or why the process can't go on with what it says."""
    if isinstance(refusal, Halted):
        hint = _("没有提交，填写的内容还在。请核对填写，仍不行请把这句话告诉流程管理岗位。")
        return (Problem(refusal.message, hint=hint),)
    return refusal.problems or (Problem(refusal.message),)


def _save(task: UserTask, values: JsonObject) -> ResponseReturnValue:
    engine().save_draft(task.id, values, by=me().id, revision=revision())
    flash(_("已暂存，可以下次接着填。"), "ok")
    return redirect(url_for("tasks.task", task_id=task.id))


def _complete(task: UserTask, values: JsonObject) -> ResponseReturnValue:
    word = case_word()
    following = engine().complete(task.id, values, by=me().id, revision=revision(), once=once())
    about = task.properties.get("about")
    name = _("%(name)s（%(about)s）", name=task.name, about=about) if about else task.name
    link = Markup('<a href="{}">{}</a>').format(
        url_for("cases.case", instance_id=task.instance_id), _("看%(word)s进度", word=word)
    )
    flash(escape(_("已提交“%(name)s”。", name=name)) + link, "ok")
    return redirect(_next_page(following))


def _next_page(following: tuple[UserTask, ...]) -> str:
    if following:
        return url_for("tasks.task", task_id=following[0].id)
    return url_for("inbox.box")


def _stale(task_id: str, filling: Filling, conflict: Conflict) -> ResponseReturnValue:
    """The page anew with what was written and the present revision: nothing typed is lost."""
    fresh = engine().task(task_id, by=me().id)
    problem = Problem(conflict.message, hint=_("您填的内容还在下面，核对后可以再提交。"))
    found = clash(conflict.message, engine().task_form(task_id, by=me().id), filling.values)
    return task_page(fresh, replace(filling, problems=(problem,)), found), 409


def task_page(view: TaskView, filling: Filling, conflict: Clash | None = None) -> str:
    """The whole page of a task."""
    form = form_view(view.form, filling) if view.form else None
    return render_template(
        "task.html",
        view=view,
        task=view.row.task,
        form=form,
        accept=ACCEPT,
        editable=view.can_complete,
        conflict=conflict if conflict and conflict.lines else None,
        part_words=PARTS,
        handed_words=HANDED,
        user_id=me().id,
        rulings=[ruling(record) for record in decisions_for(view)],
    )


def _schema(given: TaskForm) -> JsonObject:
    return given.form.schema if given.form else {}


def read_task_form(given: TaskForm) -> Answer:
    """The posted values of a task's form; chosen files are kept with the task at once."""
    schema = _schema(given)
    form: MultiDict[str, str] = MultiDict(request.form)
    kept: list[DocumentInfo] = []
    problems: list[Problem] = []
    for key in file_keys(schema):
        for at, one in enumerate(chosen(request.files.getlist(key))):
            try:
                name, content, kind = read_upload(one, key)
                part, task_id = once(f"{key} {at}"), given.task.id
                info = engine().attach(name, content, kind, by=me().id, task_id=task_id, once=part)
            except InvalidInput as refusal:
                problems += refusal.problems
            else:
                kept.append(info)
                form.add(key, info.id)
    known = frozenset(one.id for one in (*given.documents, *kept))
    values = typed_values(schema, Posted(form, given.values, known))
    return Answer(values, tuple(kept), tuple(problems))


def changed_rows(filling: Filling) -> Filling:
    """The filling with the row added, removed or moved up that a button asked for."""
    remove, up = request.form.get("_remove", ""), request.form.get("_up", "")
    key, _sep, number = (remove or up).rpartition("-")
    rows = filling.values.get(key)
    if not (remove or up) or not isinstance(rows, list) or not NUMBER.fullmatch(number):
        return replace(filling, added=request.form.get("_add", ""))
    left, at = list(rows), int(number)
    if remove and at < len(left):
        del left[at]
    elif up and 0 < at < len(left):
        left[at - 1], left[at] = left[at], left[at - 1]
    return replace(filling, values={**filling.values, key: left})


# -- starting a case ----------------------------------------------------------------------------------


@bp.get("/start")
def start_list() -> ResponseReturnValue:
    """What this person may start."""
    return render_template("start.html", startable=engine().startable(me().id))


def _startable(key: str) -> ProcessDefinition:
    """The process, NotFound or NotAllowed coming from the engine when it isn't this person's to start."""
    engine().start_form(key, by=me().id)
    return next(found for found in engine().startable(me().id) if found.key == key)


def _start_page(definition: ProcessDefinition, form: FormDefinition | None, filling: Filling) -> str:
    drawn: FormView | None = form_view(form, filling) if form else None
    return render_template("start_form.html", definition=definition, form=drawn, accept=ACCEPT)


@bp.route("/start/<key>", methods=["GET", "POST"])
def start(key: str) -> ResponseReturnValue:
    """The form that opens a case, and opening it."""
    definition = _startable(key)
    form = engine().start_form(key, by=me().id)
    schema: JsonObject = form.schema if form else {}
    if request.method != "POST":
        defaults = {
            name: spec["default"]
            for name, spec in schema.get("properties", {}).items()
            if isinstance(spec, dict) and "default" in spec
        }
        return _start_page(definition, form, Filling(defaults))
    filling = Filling(typed_values(schema, Posted(request.form)))
    if ROWS & request.form.keys():
        return _start_page(definition, form, changed_rows(filling))
    try:
        files = _start_files(schema)
        instance = engine().start(key, dict(filling.values), by=me().id, once=once())
    except (InvalidInput, Halted) as refusal:
        return _start_page(definition, form, replace(filling, problems=_problems(refusal))), 422
    except Conflict as conflict:
        problem = Problem(conflict.message)
        return _start_page(definition, form, replace(filling, problems=(problem,))), 409
    for at, (name, content, kind) in enumerate(files):
        engine().attach(name, content, kind, by=me().id, instance_id=instance.id, once=once(str(at)))
    flash(_("已登记：%(number)s。", number=instance.business_key or instance.title), "ok")
    mine: Any = next((one for one in _own_tasks(instance.id)), None)
    return redirect(_next_page((mine,)) if mine else url_for("cases.case", instance_id=instance.id))


def _start_files(schema: JsonObject) -> list[tuple[str, bytes, str]]:
    """Files chosen in a start form: they belong to the case, which must exist first."""
    return [read_upload(one, key) for key in file_keys(schema) for one in chosen(request.files.getlist(key))]


def _own_tasks(instance_id: str) -> list[UserTask]:
    found = engine().case(instance_id, by=me().id)
    return [task for task in found.open_tasks if task.assignee == me().id]
