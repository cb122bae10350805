"""The page that hands a case's dossier out."""

from __future__ import annotations

import tempfile

from flask import Blueprint, current_app, render_template, request, send_file
from flask.typing import ResponseReturnValue

from engine import CaseView, InvalidInput, NotAllowed, fingerprint, public_pem
from web.context import engine, me
from web.i18n import _
from web.story import SAYINGS

bp = Blueprint("dossiers", __name__, url_prefix="/cases")

IN_MEMORY = 32 * 1024 * 1024  #: bytes of a dossier beyond which it is written to a file of the system


def sayings() -> dict[str, str]:
    """What the index calls the kinds of entries."""
    return {kind: str(text) for kind, text in SAYINGS.items()}


def file_name(view: CaseView) -> str:
    """The name under which a dossier is handed out."""
    name = view.instance.business_key or view.instance.title or view.instance.id
    return f"{name}卷宗.zip"


@bp.route("/<instance_id>/dossier", methods=["GET", "POST"])
def export(instance_id: str) -> ResponseReturnValue:
    """Say what a dossier is, ask why, and hand it out."""
    view = engine().case(instance_id, by=me().id)
    if not view.can_export:
        raise NotAllowed(_("只有主管部门可以导出卷宗。"))
    key = current_app.config["OFFICE_KEY"]()
    if not key:
        raise InvalidInput(_("本单位还没有签章密钥，不能导出。请系统管理员设置 WENZE_OFFICE_KEY。"))
    reason, error = request.form.get("reason", "").strip(), ""
    if request.method == "POST":
        file = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 (closed when it has been sent)
        try:
            engine().export(instance_id, file, reason, by=me().id, key=key, sayings=sayings())
        except InvalidInput as refusal:
            file.close()
            error = refusal.message
        else:
            file.seek(0)
            name = file_name(view)
            return send_file(file, mimetype="application/zip", as_attachment=True, download_name=name)
    print_of = fingerprint(public_pem(key).encode())
    page = render_template("export.html", view=view, reason=reason, error=error, fingerprint=print_of)
    return page, 422 if error else 200
