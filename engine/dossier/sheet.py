"""The index of a dossier: one HTML page that any browser opens, without scripts, to be read and printed."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined

from engine.dossier.contents import Dossier, document_path, form_path

_ZONE = ZoneInfo("Asia/Shanghai")


def index(dossier: Dossier) -> str:
    """The page; all that it says stands in the dossier's files, too."""
    view = dossier.case
    steps = {form.task.id: form.task.name for form in view.forms} | {
        one.id: one.name for diagram in view.diagrams for one in diagram.activities
    }
    page = _environment().get_template("index.html")
    return page.render(
        dossier=dossier,
        view=view,
        one=view.instance,
        steps=steps,
        forms=[(form_path(number, form), form) for number, form in enumerate(view.forms, 1)],
        documents=[(document_path(number, one), one) for number, one in enumerate(view.documents, 1)],
        diagrams=[
            (f"sources/{one.definition.deployment_id}/{one.definition.resource}", one.definition)
            for one in view.diagrams
        ],
    )


def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("engine", "dossier/templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["stamp"] = _stamp
    return made


def _stamp(at: datetime) -> str:
    return at.astimezone(_ZONE).strftime("%Y-%m-%d %H:%M:%S")
