"""What happens next, told before a task is sent on."""

from __future__ import annotations

from collections.abc import Iterable

from engine import Ahead, NextStep
from web.i18n import _


def ahead_words(ahead: Ahead) -> str:
    """What comes when this task is submitted, in a sentence; "" where the diagram tells nothing."""
    if not ahead.steps:
        return _("提交后本件办结。") if ahead.ends and ahead.certain else ""
    if ahead.certain and not ahead.ends:
        return _("提交后送：%(steps)s", steps=_("，同时送：").join(_said(ahead.steps)))
    steps = [*_said(ahead.steps), *([_("其他步骤")] if ahead.more else [])]
    steps += [_("办结")] if ahead.ends else []
    if len(steps) == 1:
        return _("提交后，等其他各线都办完，送：%(steps)s", steps=steps[0])
    return _("提交后按填写的内容和其他各线的进展，送：%(steps)s", steps=_("，或者：").join(steps))


def _said(steps: Iterable[NextStep]) -> list[str]:
    return [f"{one.who} · {one.name}" if one.who else one.name for one in steps]
