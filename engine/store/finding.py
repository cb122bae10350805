"""Finding cases and tasks: what is kept for it, and conditions that narrow lists.

None of it asks who may see what: it only narrows statements that do.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from math import isfinite
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    Text,
    and_,
    exists,
    false,
    func,
    literal_column,
    or_,
    select,
    type_coerce,
)

from engine.errors import InvalidInput
from engine.model.finding import Criteria, FieldCriterion, Findable, bigrams, fold, words_of
from engine.store.database import Work
from engine.store.offers import USER
from engine.store.sql import insert, insert_new, upsert
from engine.store.tables import (
    participant,
    process_instance,
    search_text,
    search_token,
    search_value,
    step_name,
    user_account,
    user_task,
)

MOST = 1_000  #: instances that are looked up by id; where there are more, the list itself is walked
_MOST_PAIRS = 4_000  #: instances with a pair of signs whose texts are compared
_URGENT = 50  #: what has a higher priority is urgent
_OPEN = user_task.c.status == literal_column("'open'")

Due = tuple[datetime | None, datetime | None, datetime | None]
"""Due from, due before, warned until."""
HANDED: Mapping[str, tuple[str, ...]] = {
    "returned": ("sent_back",),
    "handed": ("transferred", "delegated", "resolved", "substituted"),
    "signing": ("signing",),
}
TASK_STATES = ("draft", *HANDED, "resting")


# -- what is kept -------------------------------------------------------------------------------------------


def index(work: Work, instance_id: str, old: Findable | None, new: Findable) -> None:
    """Have an instance found by this from now on; `old` is what it was found by, as far as that is known."""
    row = {"instance_id": instance_id, "text": new.text}
    statement = upsert(work, search_text).values(**row)
    work.connection.execute(
        statement.on_conflict_do_update(index_elements=["instance_id"], set_={"text": new.text})
    )
    before = bigrams(old.text) if old else frozenset()
    after, token = bigrams(new.text), search_token.c
    if gone := before - after:
        mine = search_token.delete().where(token.token.in_(gone), token.instance_id == instance_id)
        work.connection.execute(mine)
    new_pairs = [{"token": one, "instance_id": instance_id} for one in sorted(after - before)]
    insert_new(work, search_token, new_pairs)
    work.connection.execute(search_value.delete().where(search_value.c.instance_id == instance_id))
    values = [
        {"instance_id": instance_id, "name": name, "text": text, "number": number}
        for name, (text, number) in new.values.items()
    ]
    insert(work, search_value, values)


def know_steps(work: Work, names: Iterable[str]) -> None:
    """Keep the names of steps that aren't kept yet."""
    new = sorted({one for one in names if f"step {one}" not in work.known})
    insert_new(work, step_name, [{"name": one, "folded": fold(one)} for one in new])
    if new:
        work.after_commit(lambda: work.known.update(f"step {one}" for one in new))


# -- what is asked ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Word:
    """What a word of a search may mean."""

    text: str
    steps: tuple[str, ...]  #: names of steps with it
    people: tuple[str, ...]  #: accounts of positions with it
    instances: tuple[str, ...] | None  #: all with it in their text or among their people, unless too many


@dataclass(frozen=True, slots=True)
class Finding:
    """Criteria, looked up as far as that makes them cheaper to ask."""

    criteria: Criteria
    words: tuple[Word, ...] = ()
    accounts: frozenset[str] | None = None  #: of the unit that was asked for


def resolve(work: Work, criteria: Criteria, accounts: frozenset[str] | None = None) -> Finding:
    """Look up the words of a search; `accounts` are those of the unit."""
    _check(criteria)
    words = words_of(criteria.search)
    people = _people(work) if words else {}
    return Finding(criteria, tuple(_word(work, one, people) for one in words), accounts)


def _check(criteria: Criteria) -> None:
    numbers = (end for one in criteria.fields if one.kind == "number" for end in (one.low, one.high) if end)
    try:
        if not all(isfinite(float(one)) for one in numbers):
            raise ValueError
    except ValueError as error:
        raise InvalidInput("条件中的数写得不对。") from error


def _people(work: Work) -> Mapping[str, str]:
    account = user_account.c
    rows = work.connection.execute(select(account.id, account.unit, account.display))
    return {row.id: fold(f"{row.unit}\n{row.display}") for row in rows}


def _word(work: Work, text: str, people: Mapping[str, str]) -> Word:
    named = select(step_name.c.name).where(_has(step_name.c.folded, text)).order_by(step_name.c.name)
    steps = tuple(work.connection.execute(named).scalars())
    accounts = tuple(sorted(one for one, told in people.items() if text in told))
    written = _with_text(work, text)
    took_part = _with_people(work, accounts) if written is not None else None
    known = None if written is None or took_part is None else tuple(sorted({*written, *took_part}))
    return Word(text, steps, accounts, known)


def _has(column: ColumnElement[str], text: str) -> ColumnElement[bool]:
    """Whether a folded column has this folded text in it."""
    return column.contains(text, autoescape=True)


def _with_text(work: Work, text: str) -> tuple[str, ...] | None:
    """The instances with this word in their texts; None for too many, or too many to be looked at."""
    pairs = sorted(bigrams(text))[:8]
    if not pairs:
        return None
    token = search_token.c
    counted = [
        select(func.count()).select_from(
            select(token.token).where(token.token == one).limit(_MOST_PAIRS).subquery()
        )
        for one in pairs
    ]
    found = work.connection.execute(select(*(one.scalar_subquery() for one in counted))).one()
    fewest, rarest = min(zip(found, pairs, strict=True))
    if fewest >= _MOST_PAIRS:
        return None
    statement = (
        select(search_text.c.instance_id)
        .join(search_token, token.instance_id == search_text.c.instance_id)
        .where(token.token == rarest, _has(search_text.c.text, text))
    )
    return _few(work, statement)


def _with_people(work: Work, accounts: Collection[str]) -> tuple[str, ...] | None:
    part = participant.c
    mine = select(part.instance_id).where(part.user_id.in_(accounts), part.role == "part").distinct()
    return _few(work, mine) if accounts else ()


def _few(work: Work, statement: Select[Any]) -> tuple[str, ...] | None:
    found: tuple[str, ...] = tuple(work.connection.execute(statement.limit(MOST + 1)).scalars().all())
    return found if len(found) <= MOST else None


# -- conditions ---------------------------------------------------------------------------------------------


def of_tasks(finding: Finding) -> list[ColumnElement[bool]]:
    """What a row of user_task must fulfil; due dates and process aside, which boxes ask themselves."""
    task, asked = user_task.c, finding.criteria
    found = [_task_with(one) for one in finding.words]
    if asked.step:
        found.append(task.name == asked.step)
    if asked.due == "free":
        found.append(task.due_at.is_(None))
    if asked.priority:
        found.append(_pressing(task, asked.priority))
    if asked.state:
        found.append(_in_state(asked.state))
    if finding.accounts is not None:
        theirs = and_(task.assignee.in_(finding.accounts), task.assignee != USER)
        found.append(or_(_began(task.instance_id, finding.accounts), theirs))
    found += [_valued(task.instance_id, one) for one in asked.fields]
    return found


def of_cases(finding: Finding, due: Due | None) -> list[ColumnElement[bool]]:
    """What a row of process_instance must fulfil; process and status aside."""
    case, asked = process_instance.c, finding.criteria
    found = [_case_with(one) for one in finding.words]
    wanted: list[ColumnElement[bool]] = []
    if asked.step:
        wanted.append(user_task.c.name == asked.step)
    if asked.priority:
        wanted.append(_pressing(user_task.c, asked.priority))
    if asked.due == "free":
        wanted.append(user_task.c.due_at.is_(None))
    if due:
        wanted += _due(*due)
        found.append(case.suspended_at.is_(None))  # clocks stand still
    if wanted:
        found.append(_open_task(*wanted))
    if finding.accounts is not None:
        theirs = _open_task(user_task.c.assignee.in_(finding.accounts))
        found.append(or_(case.started_by.in_(finding.accounts), theirs))
    found += [_valued(case.id, one) for one in asked.fields]
    return found


def _due(first: datetime | None, last: datetime | None, warned: datetime | None) -> list[ColumnElement[bool]]:
    task, found = user_task.c, []
    if first is not None:
        found.append(task.due_or_never >= first)
    if last is not None:
        found.append(task.due_or_never < last)
    if warned is not None:
        found.append(task.warn_at <= warned)
    return found


def _open_task(*wanted: ColumnElement[bool]) -> ColumnElement[bool]:
    mine = exists().where(user_task.c.instance_id == process_instance.c.id, _OPEN, *wanted)
    return mine.correlate(process_instance)


def _task_with(word: Word) -> ColumnElement[bool]:
    by_step = user_task.c.name.in_(word.steps) if word.steps else false()
    return or_(by_step, _about(user_task.c.instance_id, word))


def _case_with(word: Word) -> ColumnElement[bool]:
    by_step = _open_task(user_task.c.name.in_(word.steps)) if word.steps else false()
    return or_(by_step, _about(process_instance.c.id, word))


def _about(instance: ColumnElement[str], word: Word) -> ColumnElement[bool]:
    """Whether the word stands in an instance's text, or in a position of its people.

    A value rather than EXISTS, which PostgreSQL would join to all texts instead of walking the list.
    """
    if word.instances is not None:
        return instance.in_(word.instances) if word.instances else false()
    text, part = search_text.c, participant.c
    told = select(_has(text.text, word.text)).where(text.instance_id == instance).scalar_subquery()
    written = func.coalesce(told, false())
    if not word.people:
        return written
    took_part = (part.instance_id == instance, part.user_id.in_(word.people), part.role == "part")
    return or_(written, exists().where(*took_part))


def _pressing(task: Any, priority: str) -> ColumnElement[bool]:
    urgent: ColumnElement[bool] = task.priority > _URGENT
    return urgent if priority == "urgent" else ~urgent


def _in_state(state: str) -> ColumnElement[bool]:
    task, case = user_task.c, process_instance.alias().c
    if state == "draft":
        return and_(task.draft.is_not(None), task.assignee == USER)
    if state == "resting":
        return exists().where(case.id == task.instance_id, case.suspended_at.is_not(None))
    told = type_coerce(task.handed, Text)  # JSON without blanks; a quote within a text has a backslash
    return or_(*(told.contains(f'"verb":"{verb}"', autoescape=True) for verb in HANDED.get(state, ())))


def _began(instance: ColumnElement[str], accounts: Collection[str]) -> ColumnElement[bool]:
    case = process_instance.alias().c
    return select(case.started_by).where(case.id == instance).scalar_subquery().in_(accounts)


def _valued(instance: ColumnElement[str], asked: FieldCriterion) -> ColumnElement[bool]:
    value = search_value.c
    wanted: list[ColumnElement[bool]] = [value.instance_id == instance, value.name == asked.name]
    if asked.kind == "choice":
        wanted.append(value.text == fold(asked.text))
    elif asked.kind == "text":
        wanted.append(_has(value.text, fold(asked.text)))
    elif asked.kind == "number":
        wanted += [value.number >= float(asked.low)] if asked.low else []
        wanted += [value.number <= float(asked.high)] if asked.high else []
    else:  # dates, also those of instants, begin alike
        day = func.substr(value.text, 1, 10)
        wanted += [day >= asked.low] if asked.low else []
        wanted += [day <= asked.high] if asked.high else []
    return exists().where(*wanted)
