"""A step at which a meeting decides: checked, counted, and put on paper as the step is completed."""

from __future__ import annotations

import mimetypes
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from engine import execution, handlers, parsing, policy
from engine.commands import cases, jobs, steps
from engine.commands.context import Context
from engine.commands.steps import Act
from engine.errors import EngineError, InvalidInput, Problem
from engine.model.execution import JsonObject
from engine.model.forms import FormDefinition
from engine.model.handling import HandlerContext
from engine.model.meeting import Member, Rules, aligned, decide
from engine.model.records import UserTask
from engine.store import documents, people
from engine.store.database import Work
from engine.store.entitled import entitled
from engine.store.instances import Case


@dataclass(frozen=True, slots=True)
class Meeting:
    """The meeting of a task that is being completed."""

    rules: Rules
    members: tuple[Member, ...]
    given: Any  #: as it was sent

    def opened(
        self, form: FormDefinition, variables: JsonObject, values: JsonObject
    ) -> tuple[FormDefinition, JsonObject, JsonObject]:
        """Form, variables and values with the members as they are now."""
        form = parsing.meeting_form(form, self.rules, self.members)
        name = self.rules.field
        values = {**values, name: aligned(self.given, self.members)}
        return form, parsing.meeting_base(self.rules, variables, self.members), values

    def problems(self, cleaned: Mapping[str, Any], known: Sequence[Problem]) -> tuple[Problem, ...]:
        """What is wrong beyond what the form knows already."""
        said = {one.element for one in known}
        found = parsing.meeting_problems(self.rules, self.given, cleaned, self.members)
        return (*known, *(one for one in found if one.element not in said))

    def counted(self, cleaned: JsonObject) -> JsonObject:
        """The values with the outcome."""
        rows = (cleaned.get(self.rules.field) or {}).get("members") or []
        return {**cleaned, self.rules.result: decide(self.rules, rows)}


def meeting_of(
    work: Work, task: UserTask, form: FormDefinition, variables: JsonObject, values: JsonObject
) -> Meeting | None:
    """The meeting that decides at this task, where its form has it."""
    rules = parsing.meeting_rules(task.properties)
    if rules is None or rules.field not in form.schema.get("properties", {}):
        return None
    return Meeting(rules, entitled(work, task, variables), values.get(rules.field))


def with_minutes(
    context: Context, work: Work, case: Case, task: UserTask, values: JsonObject, act: Act
) -> Act:
    """The act with the minutes that the step asks for, made into a document of the case."""
    template = task.properties.get("collectiveMinutes", "").strip()
    if not template or parsing.meeting_rules(task.properties) is None:
        return act
    given = _context(context, work, case, task, values, template)
    try:
        made = handlers.registry["document"](given)
    except EngineError as error:
        raise InvalidInput(problems=[Problem(f"会议纪要没有生成：{error.message}。没有提交。")]) from error
    entries = [*act.entries]
    for file in made.documents:
        info = documents.add(
            work,
            instance_id=task.instance_id,
            activity_id=task.id,
            name=file.name,
            data=file.content,
            media_type=mimetypes.guess_type(file.name)[0] or "application/octet-stream",
            at=act.now,
            by=policy.SYSTEM,
        )
        entries.append(cases.document_entry(info))
    return replace(act, entries=tuple(entries))


def _context(
    context: Context, work: Work, case: Case, task: UserTask, values: JsonObject, template: str
) -> HandlerContext:
    name = task.properties.get("collectiveMinutesName", "").strip() or "".join((task.name, "纪要"))
    properties = {"document": template, "documentName": name}
    inner = steps.inner_id(task.instance_id, task.id)
    visible = execution.visible_variables(steps.program_of(context, work, case), case.state, inner)
    hung = context.library.guarded(work, case.instance.definition_id, case.bindings).outside()
    return HandlerContext(
        instance_id=task.instance_id,
        business_key=case.instance.business_key,
        title=case.instance.title,
        activity_id=task.id,
        element_id=task.element_id,
        topic="document",
        properties=properties,
        variables=hung.before({**visible, **values}),
        idempotency_key=task.id,
        now=context.clock(),
        people=people.displays(work),
        resources=jobs.named_files(context, work, task.definition_id, properties),
    )
