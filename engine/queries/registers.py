"""Registers: which a person may read or write, and what stands in them for him."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from zoneinfo import ZoneInfo

from engine import parsing, policy
from engine.errors import NotAllowed, NotFound, Problem
from engine.model.case_rules import Register
from engine.model.forms import FormDefinition
from engine.model.records import ProcessDefinition, ProcessInstance, User
from engine.model.registers import EntryView, RegisterEntry, RegisterView
from engine.queries.reader import ZONE, Reader, person
from engine.store import definitions, instances, people, reading
from engine.store import registers as kept
from engine.store.database import Work

NEWEST = 200  #: entries that a register's page shows


def all_registers(reader: Reader, by: str) -> tuple[RegisterView, ...]:
    """The registers that this user may read, or write outside of cases; without their entries."""
    with reader.database.reading() as work:
        user = person(work, by)
        return tuple(
            _view(definition, one, user)
            for definition in definitions.latest_definitions(work)
            for one in _declared(reader, work, definition)
            if _uses(user, one)
        )


def register(reader: Reader, key: str, register_id: str, by: str) -> RegisterView:
    """A register with its newest entries; NotAllowed for who may neither read nor write it."""
    with reader.database.reading() as work:
        user = person(work, by)
        definition = definitions.latest(work, key)
        declared = _declared(reader, work, definition) if definition else ()
        one = next((each for each in declared if each.id == register_id), None)
        if definition is None or one is None:
            raise NotFound
        if not _uses(user, one):
            raise NotAllowed(f"“{one.title}”由别的岗位登记和查看。")
        view = _view(definition, one, user)
        mine = "" if view.reads_all else by
        entries = kept.of_register(work, key, register_id, mine, NEWEST)
        form = _form(reader, work, definition, one) if view.can_write else None
        return _with(view, _shown(reader, work, user, entries), form)


def of_case(reader: Reader, work: Work, instance: ProcessInstance, user: User) -> tuple[RegisterView, ...]:
    """The registers of a case with the entries on it that this user may read, and whether he may write."""
    definition = definitions.latest(work, instance.key)
    declared = _declared(reader, work, definition) if definition else ()
    if definition is None or not declared:
        return ()
    entries = kept.of_instance(work, instance.id)
    copied = reading.only_reads(work, instance.id, user.id)
    found = []
    for one in declared:
        view = _view(definition, one, user)
        may_write = user.id == policy.SYSTEM or not policy.write_on_case(one, only_reads=copied)
        mine = [each for each in entries if each.register == one.id and _reads(view, each, user)]
        shown = tuple(_entry_view(reader, work, each, instance.business_key) for each in mine)
        found.append(RegisterView(view.key, one, may_write, view.reads_all, shown))
    return tuple(found)


def form_on_case(reader: Reader, instance_id: str, register_id: str, by: str) -> RegisterView:
    """One register of a case with its form; NotFound for who may not see the case."""
    with reader.database.reading() as work:
        user = person(work, by)
        case = instances.load(work, instance_id) if reading.may_see(work, instance_id, by) else None
        found = of_case(reader, work, case.instance, user) if case else ()
        one = next((each for each in found if each.declared.id == register_id), None)
        definition = definitions.latest(work, one.key) if one else None
        if one is None or definition is None:
            raise NotFound
        form = _form(reader, work, definition, one.declared) if one.can_write else None
        return _with(one, one.entries, form)


def verify(reader: Reader) -> tuple[Problem, ...]:
    """Where entries of registers don't fit their chains, or the case that they are on."""
    with reader.database.reading() as work:
        return tuple(Problem(fault) for fault in kept.faults(work))


def _declared(reader: Reader, work: Work, definition: ProcessDefinition) -> tuple[Register, ...]:
    rules = reader.library.case_rules(work, definition.id)
    return rules.registers if rules else ()


def _uses(user: User, one: Register) -> bool:
    may_write = one.standing and not policy.write_register(user, one)
    return user.id == policy.SYSTEM or may_write or not policy.read_register(user, one)


def _view(definition: ProcessDefinition, one: Register, user: User) -> RegisterView:
    system = user.id == policy.SYSTEM
    may_write = not policy.write_register(user, one)
    return RegisterView(definition.key, one, may_write, system or not policy.read_register(user, one))


def _with(view: RegisterView, entries: Iterable[EntryView], form: FormDefinition | None) -> RegisterView:
    return RegisterView(view.key, view.declared, view.can_write, view.reads_all, tuple(entries), form)


def _reads(view: RegisterView, entry: RegisterEntry, user: User) -> bool:
    return view.reads_all or entry.actor == user.id


def _shown(reader: Reader, work: Work, user: User, entries: Iterable[RegisterEntry]) -> Iterator[EntryView]:
    """Entries outside of cases, and those on cases that the user sees."""
    numbers: dict[str, str | None] = {"": ""}
    for one in entries:
        if one.instance_id not in numbers:
            sees = reading.may_see(work, one.instance_id, user.id)
            case = instances.load(work, one.instance_id) if sees else None
            numbers[one.instance_id] = case.instance.business_key if case else None
        number = numbers[one.instance_id]
        if number is not None:
            yield _entry_view(reader, work, one, number)


def _entry_view(reader: Reader, work: Work, one: RegisterEntry, number: str) -> EntryView:
    definition = reader.library.definition(work, one.definition_id)
    register_ = next(each for each in _declared(reader, work, definition) if each.id == one.register)
    schema = reader.library.form(work, one.definition_id, register_.form).schema
    return EntryView(one, people.displays(work).get(one.actor, one.actor), number, schema)


def _form(reader: Reader, work: Work, definition: ProcessDefinition, one: Register) -> FormDefinition:
    form = reader.library.form(work, definition.id, one.form)
    return parsing.opened(form, now=reader.clock().astimezone(ZoneInfo(ZONE)))
