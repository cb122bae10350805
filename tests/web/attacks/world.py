"""A small office on the real engine with one of everything that an address may name.

Each person has one part in it. Every route of the app finds here what its address names (`SCENES`), what it
is posted (`FORMS`) and who stands how to it (`Scene.relations`): a new route is added here, else the tests
that walk over the app's routes fail and say so.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from engine import Channels, Criteria, Engine, Resource
from engine.model.channels import networks
from tests.builders import Builder
from tests.web.conftest import TOKEN

PASSWORD = "a long pass phrase 7"
SECRETS_KEY = "a key for tests only, long enough to count"
GROUPS = ("发起岗", "登记岗", "承办岗", "主管岗", "流程管理", "系统管理", "安全管理", "审计管理")
PEOPLE: Mapping[str, tuple[str, ...]] = {
    "initiator": ("发起岗",),
    "former": ("登记岗",),
    "assignee": ("承办岗",),
    "owner": ("承办岗",),
    "candidate": ("承办岗",),
    "supervisor": ("主管岗",),
    "signer": (),
    "recipient": (),
    "editor": ("流程管理",),
    "stranger": (),
    "system": ("系统管理",),
    "security": ("安全管理",),
    "audit": ("审计管理",),
    "leaver": ("主管岗",),  #: whose account is closed
}
NOBODY = "anonymous"
FORM = {
    "id": "note",
    "title": "登记表",
    "schema": {
        "type": "object",
        "required": ["标题"],
        "properties": {
            "标题": {"type": "string", "title": "标题", "maxLength": 200},
            "说明": {"type": "string", "title": "说明", "x-widget": "textarea"},
            "来信人": {"type": "string", "title": "来信人"},
            "意见": {"type": "string", "title": "意见", "x-opinion": True},
            "对象": {
                "type": "array",
                "title": "对象",
                "items": {"type": "object", "properties": {"名称": {"type": "string", "title": "名称"}}},
            },
            "附件": {"type": "array", "title": "附件", "x-widget": "files", "items": {"type": "string"}},
            "承办": {"type": "string", "title": "承办", "x-widget": "person", "x-free": True},
        },
    },
    "layout": [
        {"title": "一、基本情况", "fields": ["标题", "说明", "来信人", "意见", "对象", "附件", "承办"]}
    ],
}
VIEW = {"process": "matter", "title": "标题", "summary": [{"label": "说明", "feel": "说明"}], "tables": []}
SECRET = "巷口修车人"
RULES = {
    "process": "matter",
    "roles": [{"id": "witness", "title": "知情人", "byHand": True, "excludes": ["see", "tasks"]}],
    "leaders": ["主管岗"],
    "protected": [{"id": "who", "title": "来信人", "variables": ["来信人"], "groups": ["主管岗"]}],
    "registers": [
        {
            "id": "visits",
            "title": "来访登记",
            "form": "visit",
            "readers": ["主管岗"],
            "writers": ["登记岗"],
            "standing": True,
        }
    ],
}
VISIT = {
    "id": "visit",
    "title": "来访登记",
    "submit": "登记",
    "schema": {
        "type": "object",
        "required": ["事由"],
        "properties": {"事由": {"type": "string", "title": "事由", "maxLength": 200}},
    },
    "layout": [{"fields": ["事由"]}],
}
UNITS = "单位编号,单位名称\nj,某局\n".encode()
PDF = b"%PDF-1.7\n%%EOF\n"


def _process(key: str) -> Builder:
    return Builder(key, f"{key}事项", ("发起岗",), {"visibleTo": "主管岗"}).start(
        form="note" if key == "matter" else None
    )


def processes() -> list[Builder]:
    """Something to hand around, something that gets stuck, something to choose in."""
    steps = Builder().user("talk", groups="承办岗").loose().user("visit", groups="承办岗").loose()
    stuck = _process("stuck").user("first", groups="登记岗").exclusive("way")
    return [
        _process("matter").user("first", groups="登记岗").user("handle", groups="承办岗", form="note").end(),
        stuck.when("size > 5").end("large").at("way").when("size <= 5").end("small"),
        _process("choice").user("first", groups="登记岗").ad_hoc("inquiry", steps).end(),
    ]


@dataclass(frozen=True, slots=True)
class Scene:
    """Values of addresses' arguments, and the relations of persons to what they name."""

    arguments: Mapping[str, Any]
    relations: Mapping[str, frozenset[str]]

    def of(self, person: str) -> frozenset[str]:
        """Relations of this person; editors and starters are such everywhere."""
        role = {
            "editor": {"editor", "maintainer"},
            "initiator": {"starter"},
            "system": {"system", "editor", "maintainer"},
            "security": {"security"},
            "audit": {"audit"},
        }.get(person, set())
        return self.relations.get(person, frozenset()) | role | {"anybody", "signed in"}


@dataclass
class World:
    """The engine and the scenes by name."""

    engine: Engine
    scenes: dict[str, Scene] = field(default_factory=dict)

    @property
    def cases(self) -> list[str]:
        """Ids of all cases."""
        return [scene.arguments["instance_id"] for scene in self.scenes.values()]

    def state(self) -> list[Any]:
        """All that posts may change in cases and processes, but the record of what was tried."""
        found: list[Any] = [self.engine.definitions(all_versions=True), self.engine.users()]
        found += [self.engine.organisation(), self.engine.substitutions()]
        found += [self.engine.diagram_draft(key) for key in ("matter", "stuck", "choice")]
        for one in self.cases:
            view = self.engine.case(one, by="")
            tasks = sorted(view.open_tasks, key=lambda task: task.id)
            found += [view.instance.status, view.instance.suspended_at, view.variables, view.incidents]
            found += [[(task.id, task.assignee, task.owner, task.draft, task.revision) for task in tasks]]
            people = self.engine.case_people(one, by="")
            found += [people.members, people.ties]
            found += [[document.id for document in view.documents], [one.confirmed_at for one in view.copies]]
        return found


def build(url: str, folder: Path) -> World:
    """The office on this empty database; the folder keeps its files."""
    folder.mkdir(exist_ok=True)
    users = [
        {"id": login, "display": f"{login}的名字", "unit": "某室", "groups": list(groups)}
        for login, groups in PEOPLE.items()
    ]
    office = {
        "product": "办件",
        "seal": "办",
        "office": "某市某局",
        "groups": list(GROUPS),
        "users": users,
        "processAdmins": "流程管理",
        "administrators": {"system": "系统管理", "security": "安全管理", "audit": "审计管理"},
    }
    (folder / "office.json").write_text(json.dumps(office, ensure_ascii=False), "utf-8")
    ways = Channels(allowed=networks("127.0.0.0/8"))  # where nobody listens
    engine = Engine.open(url, resources=folder, secrets_key=SECRETS_KEY, channels=ways)
    engine.load_office(folder / "office.json", password=PASSWORD)
    resources = [Resource(f"t/{one.key}.bpmn", one.xml()) for one in processes()]
    resources.append(Resource("t/note.form.json", json.dumps(FORM).encode()))
    resources.append(Resource("t/matter.view.json", json.dumps(VIEW).encode()))
    resources.append(Resource("t/matter.case.json", json.dumps(RULES).encode()))
    resources.append(Resource("t/visit.form.json", json.dumps(VISIT).encode()))
    engine.deploy(resources, name="world", by="")
    engine.save_diagram_draft("matter", engine.definition_xml("matter:1"), by="editor")
    world = World(engine)
    world.scenes.update(scenes(engine))
    leaver = engine.user("leaver")
    assert leaver
    engine.change_user(replace(leaver, active=False))
    return world


def first_done(engine: Engine, key: str) -> str:
    """The id of a new case in which the first step is done."""
    case = engine.start(
        key, {"标题": "设施失修", "来信人": SECRET} if key == "matter" else {}, by="initiator"
    )
    task = open_task(engine, case.id)
    engine.claim(task, by="former")
    engine.complete(task, {}, by="former")
    return case.id


def open_task(engine: Engine, case: str, part: bool = False) -> str:
    """The one open task of a case, or the one that is a part of another."""
    found = engine.case(case, by="").open_tasks
    return next(one.id for one in found if bool(one.part_of) == part)


def scenes(engine: Engine) -> dict[str, Scene]:
    """A case for each situation that a route needs."""
    made = {name: first_done(engine, "matter") for name in ("plain", "fresh", "lent", "signing")}
    task = {name: open_task(engine, case) for name, case in made.items()}
    for name, who in {"plain": "assignee", "lent": "owner", "signing": "assignee"}.items():
        engine.claim(task[name], by=who)
    engine.delegate(task["lent"], "assignee", "请代拟", by="owner")
    engine.add_signers(task["signing"], ["signer"], "before", "请看", by="assignee")
    engine.copy_to(made["plain"], ["recipient"], "供参考", by="assignee", task_id=task["plain"], asked=True)
    document = engine.attach("说明.pdf", PDF, "application/pdf", by="assignee", instance_id=made["plain"])
    since = datetime(2080, 1, 1, tzinfo=UTC)
    stands = engine.appoint_substitute("former", "signer", since, since + timedelta(9), "出差", by="former")
    engine.add_to_team(made["plain"], ["assignee"], "经办", by="supervisor")
    asked = engine.ask_recusal(made["plain"], "owner", "同学", by="assignee")
    engine.order_recusal(made["plain"], "leaver", "同学", by="supervisor")
    people = engine.case_people(made["plain"], by="")
    engine.add_webhook("https://127.0.0.1:1/", by="system")
    (hook,) = engine.webhooks("system")
    common = {
        "initiator": {"initiator"},
        "former": {"former", "absent", "registrar", "saver"},
        "supervisor": {"supervisor", "keeper", "reader", "leader"},
    }
    offered = {name: {"candidate"} for name in ("assignee", "owner", "candidate")}
    shared = {
        "key": "matter",
        "text": "2026-11-24",
        "version": 1,
        "filename": "dist/app.css",
        "box": "done",
        "document_id": document.id,
        "definition_id": "matter:1",
        "copy_id": engine.copies("recipient")[0].id,
        "protected_id": "who",
        "register_id": "visits",
        "member_id": people.members[0].id,
        "recusal_id": next(one.id for one in people.ties if one.status == "active"),
        "job_id": "none",
        "substitution_id": stands.id,
        "filter_id": engine.save_filter("修的", Criteria(search="修"), by="former").id,
        "login": "stranger",
        "webhook_id": hook.id,
        "kind": "csv",
        "activity_id": "none",
    }

    def scene(case: str, at: str, relations: Mapping[str, set[str]], **more: str) -> Scene:
        values = {**shared, "instance_id": case, "task_id": at, **more}
        held = {name: frozenset(found) for name, found in {**common, **relations}.items()}
        return Scene(values, held)

    early = engine.start("matter", {"标题": "误报"}, by="initiator").id
    stuck, choice = first_done(engine, "stuck"), first_done(engine, "choice")
    (job,) = (one.job_id for one in engine.incidents("") if one.instance_id == stuck)
    (chosen,) = engine.case(choice, by="").choices
    done = next(
        one.id for one in engine.case(made["fresh"], by="").diagrams[0].activities if one.name == "first"
    )
    holding = {**offered, "assignee": {"assignee"}}
    return {
        "plain": scene(made["plain"], task["plain"], {**holding, "recipient": {"recipient"}}),
        "asked": scene(
            made["plain"], task["plain"], {"supervisor": {"supervisor", "decider"}}, recusal_id=asked
        ),
        "fresh": scene(made["fresh"], task["fresh"], offered),
        "done": scene(made["fresh"], done, offered),
        "lent": scene(made["lent"], task["lent"], {**offered, "assignee": {"assignee"}, "owner": {"owner"}}),
        "signing": scene(
            made["signing"],
            open_task(engine, made["signing"], part=True),
            {**offered, "assignee": {"asker"}, "signer": {"assignee"}},
        ),
        "early": scene(early, open_task(engine, early), {"former": {"candidate", "absent", "registrar"}}),
        "stuck": scene(stuck, "none", {}, job_id=job, definition_id="stuck:1"),
        "choice": scene(choice, "none", {}, activity_id=chosen.activity_id, definition_id="choice:1"),
    }


#: endpoint, or endpoint and verb -> scene; "plain" where nothing is said
SCENES = {
    "inbox.claim": "fresh",
    "returning.take_back": "done",
    "approvals.act resolve": "lent",
    "approvals.act sign": "signing",
    "approvals.act remove": "signing",
    "team.decide": "asked",
    "cases.retry": "stuck",
    "withdrawing.withdraw": "early",
    "cases.choose": "choice",
}
#: endpoint, or endpoint and verb -> what to post so that who may is let in
FORMS: Mapping[str, Mapping[str, Any]] = {
    "auth.sign_in": {"login": "assignee", "password": PASSWORD},
    "account.password": {"old": PASSWORD, "password": "my-own-horse-3", "again": "my-own-horse-3"},
    "account.drop_factor": {"password": PASSWORD},
    "account.language": {"language": "en"},
    "administrators.new": {"login": "newcomer", "display": "新岗位"},
    "administrators.act rename": {"display": "另一岗位"},
    "administrators.act roles": {"groups": ["登记岗"]},
    "administrators.rules": {
        "idle_minutes": "30",
        "session_hours": "8",
        "password_days": "60",
        "password_history": "3",
        "failures": "5",
        "lock_minutes": "30",
    },
    "administrators.add_group": {"group": "新设岗"},
    "notifying.choices": {"email": "a@example.cn", "topics": ["arrived"], "when": "once"},
    "notifying.webhooks": {"url": "https://example.cn/hook"},
    "phrases.change": {"act": "add", "text": "情况属实"},
    "migration.move": {"from": "1", "to": "1", "reason": "改版"},
    "maintenance.repair": {"kind": "task.missing", "instance": "none"},
    "tasks.post": {"标题": "设施失修", "_action": "submit"},
    "tasks.draft": {"标题": "设施"},
    "uploading.upload": {"field": "附件", "file": ("说明.pdf", PDF)},
    "tasks.start": {"标题": "设施失修", "_action": "submit"},
    "returning.send_back": {"to": "first", "reason": "材料不全"},
    "approvals.act transfer": {"people": "candidate", "text": "请办理"},
    "approvals.act delegate": {"people": "candidate", "text": "请代拟"},
    "approvals.act resolve": {"text": "已拟好"},
    "approvals.act signers": {"people": ["signer"], "mode": "before", "text": "请看"},
    "approvals.act sign": {"agree": "yes", "text": "同意"},
    "approvals.act remove": {"text": "不必了"},
    "approvals.act copy": {"people": ["stranger"], "text": "供参考"},
    "approvals.act circulate": {"people": ["stranger"], "text": "供参考"},
    "approvals.confirm": {"text": "已阅"},
    "approvals.act urge": {"text": "请抓紧"},
    "team.act team": {"people": ["editor"], "text": "抽调"},
    "team.act access": {"people": "editor", "text": "协查"},
    "team.act role": {"people": "editor", "role": "witness", "text": "笔录"},
    "team.act ask": {"people": "editor", "text": "同学"},
    "team.act order": {"people": "editor", "text": "同学"},
    "team.end": {"text": "归队"},
    "team.lift": {"text": "查清"},
    "team.decide": {"agree": "yes", "text": "属实"},
    "approvals.rest suspend": {"text": "等鉴定"},
    "withdrawing.withdraw": {"text": "误报"},
    "jumping.jump": {"source": "all", "to": "first", "text": "走错"},
    "cases.cancel": {"reason": "重复登记"},
    "cases.choose": {"element": "talk"},
    "protected.look": {"reason": "须当面答复"},
    "dossiers.export": {"reason": "归档"},
    "registers.on_case": {"事由": "来问进展"},
    "filters.save": {"name": "我的", "colour": "blue", "criteria": "search=修"},
    "filters.change": {"name": "改名"},
    "registers.book": {"事由": "来问进展"},
    "bulk.run": {"box": "claimable", "verb": "claim", "pick": "none"},
    "columns.choose": {"box": "todo", "column": "no"},
    "documents.upload": {"files": ("说明.pdf", PDF)},
    "substitutes.appoint": {
        "substitute": "stranger",
        "since": "2090-01-01",
        "until": "2090-01-02",
        "reason": "出差",
    },
    "organisation.preview": {"file": ("单位.csv", UNITS)},
    "organisation.apply": {"name": "单位.csv", "revision": "0", "content": b64encode(UNITS).decode()},
    "processes.put_into_force": {"revision": "1"},
    "processes.import_draft": {"file": ("matter.bpmn", processes()[0].xml())},
    "processes.import_new": {"file": ("other.bpmn", Builder("other", "其他").start().end().xml())},
    "processes.save_draft": {"json": {"xml": processes()[0].xml().decode(), "revision": 1}},
}


@dataclass(frozen=True, slots=True)
class Route:
    """One address of the app with one method."""

    endpoint: str
    method: str
    path: str
    arguments: tuple[tuple[str, Any], ...]
    scene: str
    key: str  #: of SCENES and FORMS

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def routes(app: Flask, world: World) -> Iterator[Route]:
    """Every route of the app by every method, with arguments that name something in the world."""
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        verbs = getattr(rule._converters.get("name"), "regex", "")
        for verb in verbs.strip("(?:)").split("|"):
            key = f"{rule.endpoint} {verb}".strip()
            scene = SCENES.get(key, SCENES.get(rule.endpoint, "plain"))
            known = {**world.scenes[scene].arguments, **({"name": verb} if verb else {})}
            unknown = rule.arguments - known.keys()
            assert not unknown, f"{rule.rule}: say in {__file__} what {unknown} stands for"
            given = {name: known[name] for name in rule.arguments}
            path = adapter.build(rule.endpoint, given)
            for method in sorted((rule.methods or set()) - {"OPTIONS"}):
                yield Route(rule.endpoint, method, path, tuple(given.items()), scene, key)


@dataclass(frozen=True, slots=True)
class Seat:
    """A browser in which somebody has signed in: its cookie and the form token that goes with it."""

    cookie: str
    token: str


class Caller:
    """Somebody at a browser, or nobody; keeps a valid form token."""

    def __init__(self, app: Flask, login: str, seat: Seat | None = None) -> None:
        self.client, self.token = app.test_client(), ""
        if seat is not None:
            self.client.set_cookie(app.config["SESSION_COOKIE_NAME"], seat.cookie)
            self.token = seat.token
            return
        self.refresh()
        if login != NOBODY:
            answer = self.send("POST", "/sign-in", {"login": login, "password": PASSWORD})
            assert answer.status_code == 302, login
            self.refresh()

    def refresh(self) -> None:
        """Take the token of a page."""
        page = self.client.get("/inbox", follow_redirects=True).get_data(as_text=True)
        found = TOKEN.search(page)
        assert found
        self.token = found.group(1)

    def seat(self) -> Seat:
        """This browser as it is now."""
        cookie = self.client.get_cookie(self.client.application.config["SESSION_COOKIE_NAME"])
        assert cookie
        return Seat(cookie.value, self.token)

    def told(self) -> list[str]:
        """Kinds of the messages that the next page would show; they are taken away."""
        with self.client.session_transaction() as session:
            return [kind for kind, _text in session.pop("_flashes", [])]

    def send(
        self, method: str, path: str, form: Mapping[str, Any] | None = None, **more: Any
    ) -> TestResponse:
        """The answer; files in the form are (name, content), "json" is a body of its own."""
        if method != "POST":
            return self.client.open(path, method=method, buffered=True, **more)
        given = dict(form or {})
        if "json" in given:
            return self.client.post(
                path, json=given["json"], headers={"X-CSRFToken": self.token}, buffered=True, **more
            )
        data: dict[str, Any] = {"csrf_token": self.token}
        for name, one in given.items():
            data[name] = (BytesIO(one[1]), one[0]) if isinstance(one, tuple) else one
        return self.client.post(path, data=data, buffered=True, **more)
