"""Moving running cases to another version of their process: a dry run, a mapping by hand, then in bulk."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from engine import EngineError, InvalidInput, MigrationPlan, NotFound, PlannedMove
from web.context import engine, me
from web.i18n import _

bp = Blueprint("migration", __name__, url_prefix="/processes")

BATCH = 20  #: cases of one request
MAPPED = "map-"  #: before the old id in the name of a list
_NUMBER = re.compile(r"[0-9]{1,6}")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far moving in bulk has come."""

    moved: int
    left: int
    after: str  #: id of the last case that was tried
    failed: tuple[str, ...]  #: what to tell of those that did not move


@bp.get("/<key>/migration")
def index(key: str) -> ResponseReturnValue:
    """Which cases can move, and why not the others; nothing changes."""
    return _page(key)


@bp.post("/<key>/migration")
def move(key: str) -> ResponseReturnValue:
    """Move the next cases, one transaction each, and tell how far it has come."""
    try:
        plan = _plan(key, *_versions(key))
        if plan is None:
            raise InvalidInput(_("新旧版本相同，不用迁移。"))
        return _page(key, progress=_moved(plan, request.form.get("reason", "")))
    except InvalidInput as refusal:
        return _page(key, error=_said(refusal)), 422


def _moved(plan: MigrationPlan, reason: str) -> Progress:
    after = request.form.get("after", "")
    waiting = sorted((one for one in plan.instances if _next(one, after)), key=lambda one: one.instance_id)
    batch = waiting[:BATCH]
    outcomes = engine().migrate(replace(plan, instances=tuple(batch)), reason, by=me().id)
    said = [
        f"{label(one.instance_id, one.case)}：{one.problems[0].message}" for one in outcomes if not one.moved
    ]
    before = request.form.get("moved", "")
    moved = (int(before) if _NUMBER.fullmatch(before) else 0) + sum(one.moved for one in outcomes)
    failed = (*request.form.getlist("failed"), *said)
    last = batch[-1].instance_id if batch else after
    return Progress(moved, len(waiting) - len(batch), last, failed)


def _next(one: PlannedMove, after: str) -> bool:
    return not one.problems and one.instance_id > after


def label(instance_id: str, case: str) -> str:
    """A case's number for who may see the case, else nothing that tells which it is."""
    return case if case and engine().sees("case", instance_id, by=me().id) else _("（无权查看的一件）")


def _versions(key: str) -> tuple[int, int]:
    """The versions from and to, by default to the newest from the one before it; NotFound for a process
    that isn't there."""
    found = [one.version for one in engine().versions(key)]
    if not found:
        raise NotFound(_("没有这个流程。"))
    asked = [request.values.get(name, "") for name in ("from", "to")]
    given = [int(text) if _NUMBER.fullmatch(text) else 0 for text in asked]
    source = given[0] if given[0] in found else (found[1] if len(found) > 1 else found[0])
    return source, given[1] if given[1] in found else found[0]


def _mapping() -> dict[str, str]:
    return {
        name.removeprefix(MAPPED): text
        for name, text in request.values.items()
        if name.startswith(MAPPED) and text
    }


def _plan(key: str, source: int, target: int) -> MigrationPlan | None:
    if source == target:
        return None
    return engine().plan_migration(key, source, target, _mapping(), by=me().id)


def _said(refusal: EngineError) -> str:
    return " ".join(f"{one.message}{one.hint}" for one in refusal.problems) or refusal.message


def _page(key: str, error: str = "", progress: Progress | None = None) -> str:
    source, target = _versions(key)
    plan, choices = None, None
    if source != target:
        choices = engine().mapping_choices(key, source, target)
        try:
            plan = _plan(key, source, target)
        except InvalidInput as refusal:
            error = error or _said(refusal)
    return render_template(
        "processes/migration.html",
        key=key,
        versions=engine().versions(key),
        source=source,
        target=target,
        plan=plan,
        choices=choices,
        mapping=_mapping(),
        mapped=MAPPED,
        label=label,
        progress=progress,
        reason=request.form.get("reason", ""),
        error=error,
    )
