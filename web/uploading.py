"""Files that go up one by one while a task's form is filled in: each is kept with the task at once."""

from __future__ import annotations

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from engine import EngineError, InvalidInput, NotFound
from web.context import engine, me
from web.documents import chosen, read_upload
from web.errors import status_of
from web.forms import file_keys
from web.i18n import _

bp = Blueprint("uploading", __name__)


@bp.post("/tasks/<task_id>/files")
def upload(task_id: str) -> ResponseReturnValue:
    """Keep one file for a field of the task's form; the answer names it, or says what is wrong with it."""
    given = engine().task_form(task_id, by=me().id)
    field = request.form.get("field", "")
    if given.form is None or field not in file_keys(given.form.schema):
        raise NotFound
    try:
        found = chosen(request.files.getlist("file"))
        if not found:
            return {"message": _("没有上传：请先选择文件。")}, 422
        name, content, kind = read_upload(found[0], field)
        info = engine().attach(name, content, kind, by=me().id, task_id=task_id)
    except EngineError as refusal:
        problem = refusal.problems[0] if isinstance(refusal, InvalidInput) and refusal.problems else None
        return {"message": problem.message + problem.hint if problem else refusal.message}, status_of(refusal)
    href = url_for("documents.download", document_id=info.id)
    return {"id": info.id, "name": info.name, "size": info.size, "href": href}
