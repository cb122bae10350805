"""The law that holds between every two commands: what waits in the state waits in the tables, and no more."""

from __future__ import annotations

from sqlalchemy import select

from engine import Engine
from engine.model.execution import JsonObject
from engine.store import instances
from engine.store.tables import activity_instance, job, subscription, user_task


def sound(engine: Engine, instance_id: str) -> None:
    """Every open task, job and subscription has its token, every waiting token one of them, once."""
    with engine._context.database.reading() as work:
        case = instances.load(work, instance_id)
        assert case is not None
        run = case.state.get("run", {"tokens": []})
        tokens, entered = _tokens(run, instance_id), _entered(run, instance_id)

        def ids(statement: object) -> list[str]:
            return list(work.connection.execute(statement).scalars())  # type: ignore[call-overload]

        task = user_task.c
        mine = select(task.id).where(task.instance_id == instance_id, task.part.is_(None))
        held = mine.where((task.status == "open") | task.pending.is_not(None))
        jobs = select(job.c.activity_id).where(job.c.instance_id == instance_id, job.c.kind != "message")
        waits = select(subscription.c.activity_id).where(subscription.c.instance_id == instance_id)
        found = [*ids(held), *ids(jobs), *ids(waits)]
        assert sorted(found) == sorted(tokens)
        live = select(activity_instance.c.id).where(
            activity_instance.c.instance_id == instance_id, activity_instance.c.status == "active"
        )
        assert sorted(ids(live)) == sorted(entered)
        assert (case.instance.status == "active") == bool(run["tokens"])


def _all(run: JsonObject) -> list[JsonObject]:
    return [one for token in run["tokens"] for one in (token, *_all(token.get("run", {"tokens": []})))]


def _tokens(run: JsonObject, instance_id: str) -> list[str]:
    return [f"{instance_id}-{one['id']}" for one in _all(run) if one.get("keep", {}).get("open")]


def _entered(run: JsonObject, instance_id: str) -> list[str]:
    """The activities of tokens that have entered their element."""
    return [
        f"{instance_id}-{one['id']}"
        for one in _all(run)
        if one["state"] == "started" and not one.get("keep", {}).get("hidden")
    ]
