"""The inbox: boxes of tasks, most urgent first, grouped by the time that is left."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine import Box, Conflict, Criteria, NotAllowed, Page, ProcessDefinition, TaskRow
from web import bulk, columns, filters
from web.columns import Sorting
from web.context import counts, engine, me
from web.entering import local_path
from web.i18n import _, later
from web.wording import urgency_group

bp = Blueprint("inbox", __name__)

BOXES: Mapping[str, str] = {
    "todo": later("待办"),
    "claimable": later("待认领"),
    "done": later("已办"),
    "started": later("我发起的"),
    "copies": later("抄送我的"),
    "supervised": later("督办"),
}
TASKS = ("todo", "claimable", "done", "supervised")  #: boxes of tasks, which can be searched
GROUPS = {
    "over": later("已超期"),
    "today": later("今天到期"),
    "soon": later("3个工作日内"),
    "later": later("以后"),
    "paused": later("暂停计时"),
    "free": later("不限时"),
}
HANDED = {
    "transferred": later("转办"),
    "delegated": later("委派"),
    "resolved": later("交回委派"),
    "signing": later("请您签署"),
    "sent_back": later("退回"),
}
EMPTY = {
    "todo": (later("没有待办的任务"), later("新任务送到时会出现在这里。")),
    "claimable": (
        later("没有待认领的任务"),
        later("新任务送到您所在的角色时会出现在这里，谁先认领由谁办理。"),
    ),
    "done": (later("没有已办的任务"), later("办过的任务会留在这里。")),
    "started": (later("没有您发起的"), later("您发起的会一直列在这里，办到哪一步、现由谁办，一看便知。")),
    "copies": (later("没有抄送"), later("别人抄送给您的会出现在这里，不用办理。")),
    "supervised": (later("没有要督办的"), later("您主管的任务超期或者临近到期时，会出现在这里。")),
}
SIZE = 50


@dataclass(frozen=True, slots=True)
class Group:
    """Rows under one heading; a box that isn't sorted by clocks has one group without a heading."""

    key: str
    title: str
    rows: tuple[Any, ...]


def grouped(rows: tuple[Any, ...], box: str, order: Sorting) -> list[Group]:
    """The rows in groups of urgency where they are sorted by the clock, else all in one."""
    if order.sort != "due":
        return [Group(box, "", rows)] if rows else []
    found: dict[str, list[TaskRow]] = {key: [] for key in GROUPS}
    for row in rows:
        found["paused" if row.suspended and row.task.due_at else urgency_group(row.task)].append(row)
    keys = reversed(GROUPS) if order.descending else GROUPS
    return [Group(key, str(GROUPS[key]), tuple(found[key])) for key in keys if found[key]]


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
@bp.get("/inbox/<any(claimable, done, started, copies, supervised):box>")
def box(box: str = "todo") -> ResponseReturnValue:
    """One page of a box, with search and filters where it holds tasks."""
    user, order = me().id, columns.sorting(box)
    bar = _bar(box, order) if box in TASKS else None
    criteria = bar.asked.criteria if bar else Criteria()
    after = request.args.get("after", "")
    page = _page(user, box, criteria, order, after)
    startable = engine().startable(user)
    return render_template(
        "inbox.html",
        box=box,
        boxes=_tabs(box),
        handed_words=HANDED,
        bar=bar,
        link=bar.link if bar else {},
        filtered=bool(criteria),
        page=page,
        beginning=not after,
        order=order,
        columns=columns.chosen(box),
        all_columns=columns.COLUMNS[box],
        densities=columns.DENSITIES,
        empty_words=EMPTY,
        allowed=bulk.allowed,
        picked=bulk.picked,
        groups=grouped(page.items, box, order),
        verbs=bulk.of_box(box),
        ticked=request.args.get("all") == "1",
        urgency=engine().urgency(user),
        startable=startable,
        start_label=start_label(startable[0], user) if startable else "",
    )


def _bar(box: str, order: Sorting) -> filters.Bar:
    arguments = {"box": None if box == "todo" else box}
    return filters.bar(
        "inbox.box",
        "tasks",
        top_processes(),
        box=cast(Box, box),
        arguments=arguments,
        kept=order.link,
    )


def _page(user: str, box: str, criteria: Criteria, order: Sorting, after: str) -> Page[Any]:
    """The rows of one page of a box."""
    how: dict[str, Any] = {"sort": order.sort, "descending": order.descending}
    if box == "started":
        return engine().started(user, after=after, size=SIZE, **how)
    if box == "copies":
        return engine().received(user, after=after, size=SIZE, **how)
    return engine().inbox(user, cast(Box, box), criteria=criteria, after=after, size=SIZE, **how)


def _tabs(box: str) -> Mapping[str, str]:
    """The boxes that concern this person: 督办 only who supervises, or who looks at it anyway."""
    shown = counts()
    return {name: str(title) for name, title in BOXES.items() if name in shown or name == box}


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
