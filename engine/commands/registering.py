"""Writing into a register, on a case or outside of cases: at any time, and never to be changed."""

from __future__ import annotations

from engine import parsing, policy
from engine.commands import cases, steps
from engine.commands.context import Context, allow, person
from engine.commands.directory import directory
from engine.commands.once import Ticket, once, ticket
from engine.errors import InvalidInput, NotFound
from engine.model.audit import AuditEntry
from engine.model.case_rules import Register
from engine.model.chain import Entry
from engine.model.execution import JsonObject
from engine.model.records import ProcessDefinition
from engine.store import audit, definitions, reading, registers
from engine.store.database import Work


def enter(
    context: Context,
    key: str,
    register_id: str,
    values: JsonObject,
    *,
    by: str,
    instance_id: str,
    once_key: str,
) -> str:
    """Add an entry; gives its id. With an instance, the register is that of its process."""
    asked = ticket(by, once_key, "enter", key, register_id, values, instance_id)

    def act() -> str:
        with context.database.unit_of_work() as work:
            if instance_id:
                entry_id = _on_case(context, work, instance_id, register_id, values, asked)
            else:
                entry_id = _outside(context, work, key, register_id, values, asked)
            asked.answered(context, work, entry_id)
            return entry_id

    return once(context, asked, act, lambda _, answer: str(answer))


def _on_case(
    context: Context, work: Work, instance_id: str, register_id: str, values: JsonObject, asked: Ticket
) -> str:
    user = person(work, asked.by)
    case = cases.visible_case(work, instance_id, user)
    definition, register = _declared(context, work, case.instance.key, register_id)
    copied = reading.only_reads(work, instance_id, user.id)
    allow(user, policy.write_on_case(register, only_reads=copied))
    cleaned = _checked(context, work, definition, register, values)
    now = context.clock()
    made = registers.append(
        work,
        case.instance.key,
        register.id,
        Entry(now, asked.by, registers.KIND, cleaned),
        instance_id=instance_id,
        definition_id=definition.id,
    )
    data: JsonObject = {"register": register.id, "name": register.title, "entry": made.id, "hash": made.hash}
    steps.note(work, case, Entry(now, asked.by, registers.KIND, data))
    return made.id


def _outside(
    context: Context, work: Work, key: str, register_id: str, values: JsonObject, asked: Ticket
) -> str:
    user = person(work, asked.by)
    definition, register = _declared(context, work, key, register_id)
    allow(user, policy.write_register(user, register))
    cleaned = _checked(context, work, definition, register, values)
    entry = Entry(context.clock(), asked.by, registers.KIND, cleaned)
    made = registers.append(work, key, register.id, entry, instance_id="", definition_id=definition.id)
    data: JsonObject = {"register": register.id, "name": register.title, "entry": made.id, "hash": made.hash}
    audit.append(work, AuditEntry(entry.at, asked.by, registers.KIND, made.id, None, "", data))
    return made.id


def _declared(context: Context, work: Work, key: str, register_id: str) -> tuple[ProcessDefinition, Register]:
    """The register as the latest version of the process declares it: registers are the office's."""
    definition = definitions.latest(work, key)
    rules = context.library.case_rules(work, definition.id) if definition else None
    found = next((one for one in rules.registers if one.id == register_id), None) if rules else None
    if definition is None or found is None:
        raise NotFound
    return definition, found


def _checked(
    context: Context, work: Work, definition: ProcessDefinition, register: Register, values: JsonObject
) -> JsonObject:
    form = context.library.form(work, definition.id, register.form)
    cleaned, problems = parsing.check_form(
        form, values, {}, now=context.local_now(), directory=directory(context, work, form)
    )
    if problems:
        raise InvalidInput(problems=problems)
    return cleaned
