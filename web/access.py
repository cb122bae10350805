"""The table of access: who may use which route by which method, asked before every view.

A route that isn't in it is refused. What a person must be to an object is decided by the engine's policy
and queries; the table says what is expected of them, asks the roles and whether the object is seen at all
before the view does, and is held against the real engine in `tests/web/attacks/test_access.py`.

Relations to an object:

    initiator   started the case
    candidate   is offered the task by name or group
    assignee    has the task
    owner       has delegated the task
    asker       asked for the signature that the task is, or has the task that waits for it
    former      completed a task of the case
    supervisor  is in a group that sees all cases of the process

    absent      is represented by the substitute
    leader      is in a group that gives access and orders recusals
    decider     may decide the recusal that was asked for; needn't see the case
    saver       has saved the filter
    recipient   was sent a copy: sees the case, and can do no more

and without an object: `anybody` needs no sign-in, `signed in`, `editor` maintains processes, `maintainer` the
organisation, `starter` may start the process.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from flask import Flask, current_app, request

from engine import NotAllowed, NotFound
from web.context import engine, me
from web.i18n import _, later

WORKERS = frozenset({"initiator", "candidate", "assignee", "owner", "asker", "former", "supervisor"})
SEERS = WORKERS | {"recipient"}  #: of a case and all in it


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may; who only sees the object is told why not, and everybody else that there is no such thing."""

    may: frozenset[str]  #: relations of which one is needed
    about: Literal["", "case", "task", "document", "copy", "recusal", "filter"] = (
        ""  #: the hidden thing that the address names
    )
    argument: str = ""  #: of the route, holding its id


def _case(*may: str) -> Rule:
    return Rule(frozenset(may) or SEERS, "case", "instance_id")


def _task(*may: str) -> Rule:
    return Rule(frozenset(may) or SEERS, "task", "task_id")


ANYBODY = Rule(frozenset({"anybody"}))
SIGNED_IN = Rule(frozenset({"signed in"}))
EDITOR = Rule(frozenset({"editor"}))
MAINTAINER = Rule(frozenset({"maintainer"}))
MAINTAINER_OR_ABSENT = Rule(frozenset({"maintainer", "absent"}))
STARTER = Rule(frozenset({"starter"}))
SYSTEM, SECURITY = Rule(frozenset({"system"})), Rule(frozenset({"security"}))
AUDIT = Rule(frozenset({"audit"}))
ACCOUNTS = Rule(frozenset({"system", "security"}))
SEES_CASE, SEES_TASK = _case(), _task()
WORKS_ON_CASE = _case(*WORKERS)
HOLDS = _task("assignee")
SAVER = Rule(frozenset({"saver"}), "filter", "filter_id")
STEERS = _case("initiator", "supervisor")
HANDLES = _case("assignee", "owner", "supervisor")  #: and the team, and who leads
LEADS = _case("leader")
RESTS = _case("initiator", "supervisor", "editor")


@dataclass(frozen=True, slots=True)
class By:
    """Rules by an argument of the route."""

    argument: str
    rules: Mapping[str, Rule]


Entry = Rule | By
VERBS = By(
    "name",
    {
        "transfer": _task("assignee", "editor"),
        "delegate": HOLDS,
        "resolve": _task("assignee", "owner"),
        "signers": HOLDS,
        "sign": HOLDS,
        "remove": _task("asker"),
        "copy": _task(*WORKERS),
        "circulate": _task(*WORKERS),
        "urge": _task(*WORKERS - {"assignee"}),
    },
)

#: endpoint -> rule, or method -> rule
TABLE: Mapping[str, Entry | Mapping[str, Entry]] = {
    "static": ANYBODY,
    "auth.health": ANYBODY,
    "auth.sign_in": ANYBODY,
    "auth.sign_out": SIGNED_IN,
    # asked of sessions that lack something; each page asks what
    "steps.code": ANYBODY,
    "steps.password": ANYBODY,
    "steps.factor": ANYBODY,
    "provider.begin": ANYBODY,
    "provider.back": ANYBODY,
    "provider.leave": ANYBODY,
    # one's own account
    "account.account": SIGNED_IN,
    "account.password": SIGNED_IN,
    "account.language": SIGNED_IN,
    "account.factor": SIGNED_IN,
    "account.drop_factor": SIGNED_IN,
    "account.end_session": SIGNED_IN,
    "account.end_others": SIGNED_IN,
    "home": SIGNED_IN,
    "phrases.index": SIGNED_IN,
    "phrases.change": SIGNED_IN,
    # administrators
    "administrators.accounts": ACCOUNTS,
    "administrators.account": ACCOUNTS,
    "administrators.new": SYSTEM,
    "administrators.act": By(
        "name",
        {
            "rename": SYSTEM,
            "close": SYSTEM,
            "open": SYSTEM,
            "reset": SYSTEM,
            "end": ACCOUNTS,
            "roles": SECURITY,
            "factor": SECURITY,
        },
    ),
    "administrators.rules": SECURITY,
    "administrators.add_group": SECURITY,
    "audit.record": AUDIT,
    # one's own lists
    "inbox.box": SIGNED_IN,
    "columns.choose": SIGNED_IN,
    "bulk.run": SIGNED_IN,  #: the engine asks of each thing that is named
    "inbox.notices": SIGNED_IN,
    "inbox.read_notices": SIGNED_IN,
    "live.events": SIGNED_IN,
    "notifying.choices": SIGNED_IN,
    "notifying.webhooks": SYSTEM,
    "notifying.act": SYSTEM,
    "live.now": SIGNED_IN,
    "approvals.copies": SIGNED_IN,
    "approvals.confirm": Rule(frozenset({"recipient"}), "copy", "copy_id"),
    "approvals.open_copy": Rule(frozenset({"recipient"}), "copy", "copy_id"),
    "cases.cases": SIGNED_IN,
    "filters.index": SIGNED_IN,
    "filters.save": SIGNED_IN,
    "filters.change": SAVER,
    "filters.act": SAVER,
    "clocks.ledger": SIGNED_IN,
    "clocks.export": SIGNED_IN,
    "substitutes.index": SIGNED_IN,
    "substitutes.appoint": SIGNED_IN,  #: for oneself; for others a maintainer
    "substitutes.end": MAINTAINER_OR_ABSENT,
    "documents.print_mark": SIGNED_IN,
    # tasks
    "tasks.task": SEES_TASK,
    "tasks.post": HOLDS,
    "tasks.draft": HOLDS,
    "presence.here": SEES_TASK,
    "uploading.upload": HOLDS,
    "picking.for_task": HOLDS,
    "picking.for_start": STARTER,
    "picking.day": SIGNED_IN,
    "inbox.claim": _task("candidate"),
    "inbox.release": HOLDS,
    "returning.send_back": {"GET": SEES_TASK, "POST": HOLDS},
    "returning.take_back": _task("former"),
    "approvals.ask": SEES_TASK,
    "approvals.act": VERBS,
    "team.ask": SEES_CASE,
    "team.act": By(
        "name",
        {
            "team": HANDLES,
            "role": HANDLES,
            "access": LEADS,
            "ask": SEES_CASE,
            "order": LEADS,
        },
    ),
    "team.end": {"GET": SEES_CASE, "POST": HANDLES},
    "team.lift": {"GET": SEES_CASE, "POST": LEADS},
    "team.recusals": SIGNED_IN,
    "team.decide": Rule(frozenset({"decider"}), "recusal", "recusal_id"),
    # cases
    "tasks.start_list": SIGNED_IN,
    "tasks.start": STARTER,
    "cases.case": SEES_CASE,
    "cases.diagram": SEES_CASE,
    "cases.opinions": SEES_CASE,
    "cases.cancel": {"GET": SEES_CASE, "POST": STEERS},
    "cases.choose": _case(
        "initiator", "supervisor", "candidate"
    ),  #: everybody where the diagram names nobody
    "cases.retry": STEERS,
    "documents.upload": WORKS_ON_CASE,
    "documents.download": Rule(SEERS, "document", "document_id"),
    "dossiers.export": _case("supervisor"),
    "protected.look": _case("keeper"),
    "registers.on_case": WORKS_ON_CASE,
    # registers
    "registers.index": SIGNED_IN,
    "registers.book": {
        "GET": Rule(frozenset({"registrar", "reader"})),
        "POST": Rule(frozenset({"registrar"})),
    },
    "withdrawing.withdraw": {"GET": SEES_CASE, "POST": _case("initiator")},
    "jumping.jump": _case("editor"),  #: who also sees the case
    "approvals.rest": {"GET": SEES_CASE, "POST": RESTS},
    # processes
    "processes.index": EDITOR,
    "processes.process": EDITOR,
    "processes.diagram": EDITOR,
    "processes.download": EDITOR,
    "processes.download_draft": EDITOR,
    "processes.edit": EDITOR,
    "processes.draft_json": EDITOR,
    "processes.check": EDITOR,
    "processes.save_draft": EDITOR,
    "processes.discard": EDITOR,
    "processes.confirm": EDITOR,
    "processes.put_into_force": EDITOR,
    "processes.import_draft": EDITOR,
    "processes.import_new": EDITOR,
    "migration.index": EDITOR,
    "migration.move": EDITOR,
    "maintenance.index": EDITOR,
    "maintenance.repair": EDITOR,
    # the record
    "records.codes": AUDIT,
    # the organisation
    "organisation.index": MAINTAINER,
    "organisation.preview": MAINTAINER,
    "organisation.apply": MAINTAINER,
    "organisation.export": MAINTAINER,
}

ROLES = {  #: relations without an object that are asked here -> what to tell who hasn't got them
    "editor": later("流程由流程管理岗位维护，您没有这个岗位。"),
    "maintainer": later("组织机构由管理员维护，您没有这个岗位。"),
    "system": later("这一页由系统管理员使用。"),
    "security": later("这一页由安全管理员使用。"),
    "audit": later("这一页由审计管理员使用。"),
}


def rule_for(endpoint: str, method: str, arguments: Mapping[str, object]) -> Rule | None:
    """The rule of a route for a method; HEAD is read like GET. None: nobody may."""
    entry = TABLE.get(endpoint)
    if isinstance(entry, Mapping):
        entry = entry.get("GET" if method == "HEAD" else method)
    if isinstance(entry, By):
        return entry.rules.get(str(arguments.get(entry.argument)))
    return entry


def _rule() -> Rule | None:
    return rule_for(request.endpoint or "", request.method, request.view_args or {})


def is_public() -> bool:
    """Whether this request needs no sign-in."""
    rule = _rule()
    return rule is not None and "anybody" in rule.may


def _has(role: str) -> bool:
    if role in ("system", "security", "audit"):
        return me().duty == role
    if role == "maintainer":
        return engine().may_maintain_organisation(me().id)
    return role == "editor" and engine().may_edit_processes(me().id)


def enforce() -> None:
    """Refuse who may not use this route; the view and the engine look more closely."""
    if request.endpoint is None or request.method == "OPTIONS" or is_public():
        return  # no such page, or nothing to protect
    if any("\0" in str(value) for value in (request.view_args or {}).values()):
        raise NotFound  # which no database could look for
    rule = _rule()
    if rule is None:
        current_app.logger.error("no rule of access for %s %s", request.method, request.endpoint)
        raise NotAllowed(_("这一页没有登记谁可以用，已拒绝。请告诉系统管理员。"))
    if rule.about:
        named = (request.view_args or {}).get(rule.argument, "")
        if not engine().sees(rule.about, named, by=me().id):
            raise NotFound
    elif rule.may <= ROLES.keys() and not any(_has(role) for role in rule.may):
        raise NotAllowed(str(ROLES[max(rule.may)]))


def register_access(app: Flask) -> None:
    """Ask the table before every view; to be registered behind the sign-in."""
    app.before_request(enforce)
