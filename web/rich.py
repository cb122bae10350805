"""Long text drawn with its headings, lists and strong parts; all of it is escaped."""

from __future__ import annotations

from flask import Flask
from markupsafe import Markup, escape

from engine import richtext
from web.wording import numbered

TAGS = {
    "paragraph": Markup("<p>{}</p>"),
    "heading": Markup('<p class="rich__head">{}</p>'),
    "subheading": Markup('<p class="rich__sub">{}</p>'),
    "item": Markup("<li>{}</li>"),
    "numbered": Markup("<li>{}</li>"),
}


def rich(text: object) -> Markup:
    """The text as paragraphs, headings and lists."""
    drawn = Markup("")
    for kind, group in richtext.grouped(str(text)):
        inner = Markup("").join(TAGS[kind].format(_runs(block)) for block in group)
        if kind == "numbered":
            inner = Markup('<ol start="{}">{}</ol>').format(group[0].number, inner)
        drawn += Markup("<ul>{}</ul>").format(inner) if kind == "item" else inner
    return drawn


def _runs(block: richtext.Block) -> Markup:
    if block.kind in ("heading", "subheading"):
        return numbered(block.runs[0][0])
    return Markup("").join(
        Markup("<strong>{}</strong>").format(escape(text)) if strong else numbered(text)
        for text, strong in block.runs
    )


def register_rich(app: Flask) -> None:
    """Make `rich` a filter of the templates."""
    app.add_template_filter(rich)
