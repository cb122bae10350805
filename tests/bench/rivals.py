"""What the same work costs without this engine: the bare statements, and raw SpiffWorkflow."""

from __future__ import annotations

import io
import sqlite3
from functools import partial
from typing import Any

import psycopg
from lxml import etree
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.util.task import TaskState
from sqlalchemy import make_url

from engine import Engine
from tests.bench.cases import COUNTED, DATA, WINDOW, answer, complete_one, open_tasks, prepared
from tests.bench.measure import Meter, Spent, median, meter_of, row, title, watched
from tests.bench.places import Place

RAW_ROUNDS = (1, 10, 100, 200)  #: SpiffWorkflow's loop stops for good before its 500th task
_LOOP = b"""<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d">
<process id="loop" isExecutable="true"><startEvent id="s"/>
<sequenceFlow id="f1" sourceRef="s" targetRef="ask"/>
<manualTask id="ask"/><sequenceFlow id="f2" sourceRef="ask" targetRef="more"/>
<exclusiveGateway id="more" default="f3"/><sequenceFlow id="f3" sourceRef="more" targetRef="ask"/>
<sequenceFlow id="f4" sourceRef="more" targetRef="e"><conditionExpression>last == True</conditionExpression>
</sequenceFlow><endEvent id="e"/></process></definitions>"""


def connect(url: str) -> Any:
    """The driver's own connection, set as the engine sets it."""
    if url.startswith("sqlite"):
        bare = sqlite3.connect(make_url(url).database or "", isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            bare.execute(f"PRAGMA {pragma}")
        return bare
    return psycopg.connect(make_url(url).set(drivername="postgresql").render_as_string(hide_password=False))


Statements = list[tuple[str, Any, bool]]  #: SQL, parameters, whether for many rows


def floor(place: Place) -> None:
    """The rows of completions written by the bare driver into a copy of the database, beside the engine."""
    url = place.fresh()
    engine = prepared(url)
    meter = meter_of(engine)
    engine.start("loop", DATA, by="a1")
    for _ in range(3):
        complete_one(engine, meter)
    engine.close()
    copy = place.copy(url)
    engine = Engine.open(url)
    spent, claims, steps = _recorded(engine, meter)
    engine.close()
    bare = connect(copy)
    written: list[Spent] = []
    for claim, step in zip(claims, steps, strict=True):
        _replay(bare, claim)
        written.append(meter.time(partial(_replay, bare, step)))
    bare.close()
    _compare(median(spent), median(written))


def _recorded(engine: Engine, meter: Meter) -> tuple[list[Spent], list[Statements], list[Statements]]:
    """Completions: what they cost, and what claims and completions wrote."""
    spent: list[Spent] = []
    claims: list[Statements] = []
    steps: list[Statements] = []
    for _ in range(COUNTED):
        task, given = open_tasks(engine)[0], answer()
        with watched(engine._context.database) as claimed:
            engine.claim(task, by="a1")
        with watched(engine._context.database) as seen:
            spent.append(meter.time(partial(engine.complete, task, given, by="a1")))
        claims.append(claimed.writes)
        steps.append(seen.writes)
    return spent, claims, steps


def _compare(ours: Spent, bare: Spent) -> None:
    title("Beside the floor: python, server, both; by the clock")
    row("complete a task", ours.python, ours.server, ours.cpu, ours.wall)
    row("the same rows by the bare driver", bare.python, bare.server, bare.cpu, bare.wall)
    row("ratio", "", "", f"x{ours.cpu / bare.cpu:.1f}", f"x{ours.wall / bare.wall:.1f}")


def _replay(bare: Any, statements: Statements) -> None:
    cursor = bare.cursor()
    if isinstance(bare, sqlite3.Connection):
        cursor.execute("BEGIN IMMEDIATE")
    for statement, given, many in statements:
        (cursor.executemany if many else cursor.execute)(statement, given)
    if isinstance(bare, sqlite3.Connection):
        cursor.execute("COMMIT")
    else:
        bare.commit()


def raw_spiff(place: Place) -> None:
    """SpiffWorkflow with its serializer: one row is read, rewritten and committed for each task."""
    parser = BpmnParser()
    parser.add_bpmn_xml(etree.parse(io.BytesIO(_LOOP)))
    workflow = BpmnWorkflow(parser.get_spec("loop"))
    workflow.data.update(DATA)
    workflow.do_engine_steps()
    serializer = BpmnWorkflowSerializer()
    url = place.fresh()
    engine = Engine.open(url)
    meter = meter_of(engine)
    engine.close()
    bare = connect(url)
    mark = "?" if isinstance(bare, sqlite3.Connection) else "%s"
    bare.execute("CREATE TABLE raw_spiff (id TEXT PRIMARY KEY, state TEXT)")
    bare.execute(f"INSERT INTO raw_spiff VALUES ('one', {mark})", (serializer.serialize_json(workflow),))
    bare.commit()

    def step() -> None:
        (state,) = bare.execute("SELECT state FROM raw_spiff WHERE id = 'one'").fetchone()
        loaded = serializer.deserialize_json(state)
        task = next(one for one in loaded.get_tasks(state=TaskState.READY) if one.task_spec.manual)
        task.data.update(answer())
        task.run()
        loaded.do_engine_steps()
        text = serializer.serialize_json(loaded)
        bare.execute(f"UPDATE raw_spiff SET state = {mark} WHERE id = 'one'", (text,))
        bare.commit()

    title("Raw SpiffWorkflow and its serializer, one row in the same database")
    spent: list[Spent] = []
    for at in RAW_ROUNDS:
        while len(spent) < at + WINDOW:
            spent.append(meter.time(step))
        found = median(spent[at : at + WINDOW])
        row(f"complete a task behind {at} completed ones", found.python, found.server, found.cpu, found.wall)
    (state,) = bare.execute("SELECT state FROM raw_spiff").fetchone()
    row("kB of its state", len(state.encode()) / 1e3)
    bare.close()
