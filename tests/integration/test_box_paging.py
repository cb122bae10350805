"""A box of very many offered tasks: each task once in order, and a page looks only at what it needs."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, insert, select, text, update

from engine import Engine, User
from engine.store.tables import membership, task_separation, user_task
from engine.store.tables.columns import NEVER
from tests.conftest import DATABASES, Clock
from tests.integration.helpers import deploy, process

GROUPS = tuple(f"组{number}" for number in range(12))
_UNNAMED = ("due_or_never", "name_begin")  #: what the database computes


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """A database that no other test has used: dead rows and old statistics make other plans."""
    if request.param == "sqlite":
        yield request.getfixturevalue("sqlite_url")
        return
    with request.getfixturevalue("postgres_server").database(used=False) as url:
        yield url


@pytest.fixture
def crowd(people: Engine) -> Engine:
    """Somebody in twelve groups, to each of which a task is offered, and one to all of them."""
    for name in GROUPS:
        people.add_group(name)
    people.add_user(User("many", "many的岗位", "某单位", frozenset({*GROUPS, "甲组"})), "correct-horse-1")
    shared = process("shared").user("all", groups=",".join(GROUPS)).end()
    deploy(
        people, shared, *(process(f"p{n}").user(f"t{n}", groups=one).end() for n, one in enumerate(GROUPS))
    )
    for key in ("shared", *(f"p{number}" for number in range(len(GROUPS)))):
        people.start(key, {}, by="a1")
    return people


def copy(engine: Engine, each: int, clock: Clock) -> None:
    """Copies of every open task in the same case, due at random or never; every tenth is claimed."""
    dice = random.Random(7)
    with engine._context.database.unit_of_work() as work:
        found = work.connection.execute(select(user_task).where(user_task.c.status == "open")).mappings()
        rows = []
        for original in found.all():
            for number in range(each):
                due = clock() + timedelta(hours=dice.randrange(40)) if dice.random() < 0.8 else None
                row = {name: value for name, value in original.items() if name not in _UNNAMED}
                taken = "a1" if number % 10 == 9 else None
                rows.append(row | {"id": f"{original['id']}-{number}", "due_at": due, "assignee": taken})
        dice.shuffle(rows)
        work.connection.execute(insert(user_task), rows)


def keep_apart(engine: Engine, name: str) -> None:
    """Have `many` done a step before, that every task of this name must be kept apart from."""
    with engine._context.database.unit_of_work() as work:
        mine = select(user_task.c.id, user_task.c.instance_id).where(user_task.c.name == name)
        tasks = work.connection.execute(mine).all()
        model = work.connection.execute(select(user_task).limit(1)).mappings().one()
        done = {key: value for key, value in model.items() if key not in _UNNAMED} | {
            "id": "done",
            "instance_id": tasks[0].instance_id,
            "element_id": "draft",
            "status": "completed",
            "completed_by": "many",
            "completed_at": model["created_at"],
            "assignee": "many",
        }
        work.connection.execute(insert(user_task), done)
        apart = [{"task_id": one.id, "element_id": "draft"} for one in tasks]
        work.connection.execute(insert(task_separation), apart)


def ids(engine: Engine, size: int) -> Iterator[str]:
    """Ids of the box, page by page."""
    after = ""
    while True:
        page = engine.inbox("many", "claimable", size=size, after=after)
        assert len(page.items) <= size
        yield from (row.task.id for row in page.items)
        if not page.next:
            return
        after = page.next


@pytest.mark.parametrize("size", [1, 7, 50])
def test_each_offered_task_comes_once_in_order(crowd: Engine, clock: Clock, size: int) -> None:
    copy(crowd, 3 if size == 1 else 20, clock)
    keep_apart(crowd, "t3")
    with crowd._context.database.reading() as work:
        rows = work.connection.execute(select(user_task)).all()
    offered = [one for one in rows if one.status == "open" and not one.assignee and one.name != "t3"]
    never = NEVER
    expected = sorted(
        offered, key=lambda one: (one.due_at.isoformat() if one.due_at else never, one.created_at, one.id)
    )
    assert list(ids(crowd, size)) == [one.id for one in expected]
    assert crowd.counts("many")["claimable"] == min(len(expected), 100)


def test_groups_change_what_is_offered_at_once(crowd: Engine) -> None:
    assert crowd.counts("many")["claimable"] == 13
    with crowd._context.database.unit_of_work() as work:
        left = membership.c.user_id == "many", membership.c.group_name != "组5"
        work.connection.execute(membership.delete().where(*left))
    assert {row.task.name for row in crowd.inbox("many", "claimable").items} == {"all", "t5"}


@pytest.mark.parametrize("page", ["first", "later", "counts"])
@pytest.mark.parametrize("analyzed", [False, True])
def test_a_page_looks_at_no_more_than_it_shows(
    crowd: Engine, clock: Clock, page: str, analyzed: bool
) -> None:
    """Of 13 sets of candidates with 200 tasks each: 21 of each at most, by the index of the box."""
    copy(crowd, 200, clock)
    with crowd._context.database.unit_of_work() as work:
        work.connection.execute(update(user_task).values(assignee=None))
        if analyzed:
            work.connection.execute(text("ANALYZE"))
    after = crowd.inbox("many", "claimable", size=20).next
    if page == "counts":
        walked, whole = explained(crowd, lambda: crowd.counts("many"))
    else:
        place = after if page == "later" else ""
        walked, whole = explained(crowd, lambda: crowd.inbox("many", "claimable", size=20, after=place))
    assert "ix_user_task_offered" in whole
    assert "SCAN user_task" not in whole
    assert walked <= (13 + 1) * 21 * 2


@pytest.mark.parametrize("sort", ["step", "no", "from", "priority", "at"])
def test_a_page_in_any_order_looks_at_no_more_than_it_shows(crowd: Engine, clock: Clock, sort: str) -> None:
    copy(crowd, 200, clock)
    with crowd._context.database.unit_of_work() as work:
        work.connection.execute(update(user_task).values(assignee=None))
        work.connection.execute(text("ANALYZE"))
    how = {"size": 20, "sort": sort, "descending": sort == "priority"}
    after = crowd.inbox("many", "claimable", **how).next
    walked, whole = explained(crowd, lambda: crowd.inbox("many", "claimable", after=after, **how))
    assert f"ix_user_task_offered_{sort}" in whole
    assert "SCAN user_task" not in whole
    assert walked <= (13 + 1) * 21 * 2


def explained(engine: Engine, act: Any) -> tuple[int, str]:
    """Rows that an act's last statement about user_task takes from it (PostgreSQL), and its plan."""
    found: list[tuple[str, Any]] = []

    def note(_conn: Any, _cursor: Any, statement: str, given: Any, *_more: Any) -> None:
        found.append((statement, given))

    database = engine._context.database
    event.listen(database._engine, "before_cursor_execute", note)
    try:
        act()
    finally:
        event.remove(database._engine, "before_cursor_execute", note)
    statement, given = [one for one in found if "user_task" in one[0]][-1]
    with database.reading() as work:
        if not database.several_writers:
            plan = work.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given)
            return 0, "\n".join(row[3] for row in plan)
        plan = work.connection.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", given)
        whole = plan.scalar_one()
        return sum(_taken(whole[0]["Plan"])), json.dumps(whole)


def _taken(node: dict[str, Any]) -> Iterator[int]:
    if node.get("Relation Name") == "user_task":
        dropped = node.get("Rows Removed by Filter", 0)
        yield int((node["Actual Rows"] + dropped) * node["Actual Loops"])
    for child in node.get("Plans", ()):
        yield from _taken(child)


def test_postgresql_compiles_no_statement(engine: Engine) -> None:
    """Compiling the plan of a page took 0.4 s where its estimate was high; the page itself takes 3 ms."""
    if engine._context.database.several_writers:
        for _ in range(2):
            with engine._context.database.reading() as work:
                assert work.connection.execute(text("SHOW jit")).scalar_one() == "off"
