"""The office file: who works here, which bundles are in force, which cases to begin with."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from engine import parsing
from engine.commands import deploying, identity, languages, office_days
from engine.commands.administering import noted, with_duty
from engine.commands.context import Context
from engine.commands.starting import Opening, start_in
from engine.errors import InvalidInput, NotFound, Problem
from engine.model.records import Office, Resource, User
from engine.store import definitions, people
from engine.store.database import Work


def load(context: Context, path: Path, *, password: str, temporary: bool = False) -> Office:
    """Bring in an office file; what is there already stays, so it may be done at every start."""
    data = _read(path)
    office = _office(data)
    hashed = _hashes(context, office, password)
    root = context.resources or path.parent.parent
    shipped = deploying.read_bundles(root, data.get("deploy", []))
    with context.database.reading() as work:
        resources = _with_changes(work, shipped)
        parsed = deploying.prepare(work, resources) if resources else None
    with context.database.unit_of_work() as work:
        people.add_groups(work, [*data.get("groups", []), *office.administrators])
        people.set_duties(work, office.administrators)
        _add_users(context, work, office, hashed, temporary)
        for one in people.all_users(work):  # those that the file doesn't name, too
            with_duty(work, one)
        people.put_setting(work, "office", _to_json(office))
        people.put_setting(work, "process_admins", office.process_admins)
        if "calendar" in data:
            office_days.keep_in(context, work, office_days.read(data["calendar"]))
        if fresh := [one.id for one in office.accounts if one.id in hashed]:
            noted(context, work, "office.loaded", "", path.name, {"accounts": fresh})
        if resources:
            name = office.product or path.stem
            deploying.deploy_in(context, work, resources, parsed, name=name, by="")
            people.put_setting(work, "bundles", {one.name: _checksum(one) for one in shipped})
        languages.of_office(work, data.get("words", {}))
        for number, entry in enumerate(data.get("start", [])):
            _start(context, work, number, entry)
    if "calendar" in data:
        office_days.count_anew(context)
    return office


def _with_changes(work: Work, shipped: Sequence[Resource]) -> tuple[Resource, ...]:
    """The shipped files, but those that the office has changed since it got them as it has them now."""
    got = people.get_setting(work, "bundles") or {}
    newest = definitions.newest_checksums(work)
    changed = [
        one.name
        for one in shipped
        if one.name in got and newest.get(one.name, got[one.name]) != got[one.name]
    ]
    own = {one.name: one for one in definitions.newest_resources(work, changed)}
    return tuple(own.get(one.name, one) for one in shipped)


def _checksum(one: Resource) -> str:
    return hashlib.sha256(one.content).hexdigest()


def get(context: Context) -> Office:
    """The office as it was loaded last."""
    with context.database.reading() as work:
        kept = people.get_setting(work, "office")
    return _from_json(kept) if kept else Office()


def _read(path: Path) -> Mapping[str, Any]:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InvalidInput(problems=[Problem("无法读取。", path.name)]) from error
    return parsing.parse_office(content, path.name)


def _office(data: Mapping[str, Any]) -> Office:
    users = tuple(
        User(
            one["id"],
            one["display"],
            one.get("unit", ""),
            frozenset(one.get("groups", [])),
            email=one.get("email", ""),
        )
        for one in data.get("users", [])
    )
    return Office(
        product=data.get("product", ""),
        seal=data.get("seal", ""),
        name=data.get("office", ""),
        organ=data.get("organ", ""),
        case_word=data.get("caseWord", ""),
        footer=tuple(data.get("footer", [])),
        opinions=tuple(data.get("opinions", [])),
        process_admins=data.get("processAdmins", ""),
        accounts=users,
        administrators={group: duty for duty, group in data.get("administrators", {}).items()},
    )


def _hashes(context: Context, office: Office, password: str) -> Mapping[str, str]:
    """Password hashes of the users who aren't there yet; made before the transaction, for they take time."""
    with context.database.reading() as work:
        known = {user.id for user in people.all_users(work)}
    new = [user.id for user in office.accounts if user.id not in known]
    for login in new:
        identity.check_password(login, password)
    return {login: identity.hasher.hash(password) for login in new}


def _add_users(
    context: Context, work: Work, office: Office, hashed: Mapping[str, str], temporary: bool
) -> None:
    for user in office.accounts:
        kept = people.get(work, user.id)
        if kept is None:
            identity.add_user_in(work, user, hashed[user.id], context.clock(), temporary=temporary)
            continue
        wanted = replace(user, active=kept.active, email=user.email or kept.email)
        if kept != wanted:  # a closed account stays closed
            people.update(work, with_duty(work, wanted))


def _start(context: Context, work: Work, number: int, entry: Mapping[str, Any]) -> None:
    """Start one of the file's cases, unless it was started before."""
    canonical = json.dumps([number, entry], ensure_ascii=False, sort_keys=True)
    name = "started:" + hashlib.sha256(canonical.encode()).hexdigest()
    if people.get_setting(work, name):
        return
    if entry["by"] and people.get(work, entry["by"]) is None:
        raise InvalidInput(f"没有账号“{entry['by']}”，不能由它发起“{entry['process']}”。")
    definition = definitions.latest(work, entry["process"])
    if definition is None:
        raise NotFound(f"没有流程“{entry['process']}”。")
    made = start_in(context, work, Opening(definition, dict(entry.get("variables", {})), entry["by"]))
    people.put_setting(work, name, made.id)


def _to_json(office: Office) -> dict[str, Any]:
    data = asdict(office)
    data["accounts"] = [{**one, "groups": sorted(one["groups"])} for one in data["accounts"]]
    return data


def _from_json(data: Mapping[str, Any]) -> Office:
    accounts = tuple(User(**{**one, "groups": frozenset(one["groups"])}) for one in data["accounts"])
    texts = {name: tuple(data.get(name, ())) for name in ("footer", "opinions")}
    return Office(**{**data, **texts, "accounts": accounts})
