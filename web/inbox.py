"""The inbox: boxes of tasks, most urgent first, grouped by the time that is left."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine import Box, Conflict, Criteria, NotAllowed, ProcessDefinition, TaskRow
from web.context import engine, me
from web.entering import local_path
from web.i18n import _, later
from web.wording import urgency_group

bp = Blueprint("inbox", __name__)

BOXES: Mapping[Box, str] = {
    "todo": later("待办"),
    "claimable": later("待认领"),
    "done": later("已办"),
}
GROUPS = {
    "over": later("已超期"),
    "today": later("今天到期"),
    "soon": later("3个工作日内"),
    "later": later("以后"),
    "paused": later("暂停计时"),
    "free": later("不限时"),
}
DUE = {
    "over": later("已超期"),
    "today": later("今天到期"),
    "soon": later("临近到期"),
}
HANDED = {
    "transferred": later("转办"),
    "delegated": later("委派"),
    "resolved": later("交回委派"),
    "signing": later("请您签署"),
    "sent_back": later("退回"),
}
SIZE = 50


@dataclass(frozen=True, slots=True)
class Group:
    """Rows under one heading; a box without clocks has one group without a heading."""

    key: str
    title: str
    rows: tuple[TaskRow, ...]


def grouped(rows: tuple[TaskRow, ...], box: str) -> list[Group]:
    """The rows in groups of urgency, in the order of GROUPS; what is done needs no clock."""
    if box == "done":
        return [Group("done", "", rows)] if rows else []
    found: dict[str, list[TaskRow]] = {key: [] for key in GROUPS}
    for row in rows:
        found[urgency_group(row.task)].append(row)
    return [Group(key, str(GROUPS[key]), tuple(found[key])) for key in GROUPS if found[key]]


def page_number() -> int:
    """The page that the address asks for, 1 when it makes no sense."""
    text = request.args.get("page", "1")
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 7 else 1


def top_processes() -> list[ProcessDefinition]:
    """Processes whose instances are cases: those that people may start."""
    return [found for found in engine().definitions() if found.starter_groups]


def start_label(definition: ProcessDefinition, user: str) -> str:
    """What the button that starts this process says: the property `startLabel`, else its form's verb."""
    form = engine().start_form(definition.key, by=user)
    label = (definition.properties or {}).get("startLabel") or (form.submit if form else "")
    return label or _("发起%(name)s", name=definition.name)


@bp.get("/inbox")
@bp.get("/inbox/<any(claimable, done):box>")
def box(box: str = "todo") -> ResponseReturnValue:
    """One page of a box, with search and filters."""
    user = me().id
    asked = {name: request.args.get(name, "").strip() for name in ("search", "process", "due")}
    if asked["due"] not in DUE:
        asked["due"] = ""
    startable = engine().startable(user)
    after = request.args.get("after", "")
    criteria = Criteria(asked["search"], asked["process"], due=asked["due"])
    page = engine().inbox(user, cast(Box, box), criteria=criteria, after=after, size=SIZE)
    return render_template(
        "inbox.html",
        box=box,
        boxes=BOXES,
        dues=DUE,
        handed_words=HANDED,
        copied=len(engine().copies(user, unread=True)),
        asked=asked,
        filtered=any(asked.values()),
        page=page,
        beginning=not after,
        groups=grouped(page.items, box),
        urgency=engine().urgency(user),
        processes=top_processes(),
        startable=startable,
        start_label=start_label(startable[0], user) if startable else "",
    )


@bp.post("/tasks/<task_id>/claim")
def claim(task_id: str) -> ResponseReturnValue:
    """Take an offered task and open it."""
    try:
        engine().claim(task_id, by=me().id)
    except (Conflict, NotAllowed) as refusal:
        flash(_("没有认领：%(why)s", why=refusal.message), "error")
        return redirect(local_path(request.form.get("back")))
    return redirect(url_for("tasks.task", task_id=task_id))


@bp.post("/tasks/<task_id>/release")
def release(task_id: str) -> ResponseReturnValue:
    """Give a task back to its group."""
    engine().release(task_id, by=me().id)
    flash(_("已退回待认领，其他人可以认领。"), "ok")
    return redirect(url_for("inbox.box", box="claimable"))


@bp.get("/notices")
def notices() -> ResponseReturnValue:
    """What was told to this person and his groups, newest first."""
    return render_template("notices.html", notices=engine().notifications(me().id))


@bp.post("/notices/read")
def read_notices() -> ResponseReturnValue:
    """Mark all that this person was told as read."""
    engine().mark_read(by=me().id)
    return redirect(url_for("inbox.notices"))
