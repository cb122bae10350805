"""Changing a diagram: draft, check, put into force for cases from then on."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from engine import Conflict, Engine, InvalidDefinition, InvalidInput, NotAllowed, NotFound, User, parsing
from engine.commands import deploying
from engine.model.definition import Bpmn
from engine.store import people as settings
from tests.conftest import PASSWORD
from tests.integration.helpers import begin, deploy, form, names, process


@pytest.fixture
def editors(people: Engine) -> Engine:
    people.add_user(User("ed", "流程管理员", "", frozenset({"流程管理员"})), PASSWORD)
    with people._context.database.unit_of_work() as work:
        settings.put_setting(work, "process_admins", "流程管理员")
    deploy(
        people,
        process().user("one", groups="甲组", form="f").end(),
        process("q").user("x", groups="甲组").end(),
        form("f"),
    )
    return people


def changed(name: str = "another") -> bytes:
    return process().user(name, groups="甲组", form="f").end().xml()


def test_only_who_edits_processes_saves_drafts(editors: Engine) -> None:
    assert (editors.may_edit_processes("ed"), editors.may_edit_processes("a1")) == (True, False)
    for act in (
        lambda: editors.save_diagram_draft("p", changed(), by="a1"),
        lambda: editors.discard_diagram_draft("p", by="a1"),
        lambda: editors.put_into_force("p", by="a1"),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert editors.diagram_draft("p") is None


def test_two_who_edit_at_once_dont_overwrite_each_other(editors: Engine) -> None:
    first = editors.save_diagram_draft("p", changed("x"), by="ed", revision=0)
    assert (first.revision, first.based_on, first.saved_by) == (1, 1, "ed")
    with pytest.raises(Conflict):
        editors.save_diagram_draft("p", changed("y"), by="ed", revision=0)
    second = editors.save_diagram_draft("p", changed("y"), by="ed", revision=1)
    assert second.revision == 2
    assert editors.diagram_draft("p") == second


def test_a_draft_may_be_broken_but_not_empty(editors: Engine) -> None:
    editors.save_diagram_draft("p", b"<half", by="ed")
    with pytest.raises(InvalidInput):
        editors.save_diagram_draft("p", b"", by="ed", revision=1)
    with pytest.raises(InvalidDefinition):
        editors.put_into_force("p", by="ed")
    assert editors.diagram_draft("p") is not None
    assert [one.version for one in editors.versions("p")] == [1]


def test_a_draft_in_force_is_for_cases_from_then_on(editors: Engine) -> None:
    old = editors.start("p", {}, by="a1")
    editors.save_diagram_draft("p", changed(), by="ed")
    made = editors.put_into_force("p", by="ed")
    assert (made.id, made.deployed_by) == ("p:2", "ed")
    assert editors.diagram_draft("p") is None
    new = editors.start("p", {}, by="a1")
    assert sorted(names(editors, "a1")) == ["another", "one"]
    assert editors.case(old.id, by="a1").instance.definition_id == "p:1"
    assert editors.case(new.id, by="a1").instance.definition_id == "p:2"
    assert editors.start_form("p", by="a1") is None
    assert editors.definition_xml("p:2") == changed()


def test_other_processes_of_the_deployment_keep_their_newest_version(editors: Engine) -> None:
    editors.save_diagram_draft("q", process("q").user("new", groups="甲组").end().xml(), by="ed")
    editors.put_into_force("q", by="ed")
    editors.save_diagram_draft("p", changed(), by="ed")
    editors.put_into_force("p", by="ed")
    assert [one.id for one in editors.definitions()] == ["p:2", "q:2"]
    editors.start("q", {}, by="a1")
    assert names(editors, "a1") == ["new"]


def test_a_draft_of_an_older_version_must_be_made_anew(editors: Engine) -> None:
    editors.save_diagram_draft("p", changed("x"), by="ed")
    deploy(editors, process().user("meanwhile", groups="甲组", form="f").end(), form("f"))
    with pytest.raises(Conflict, match="第2版"):
        editors.put_into_force("p", by="ed")
    editors.discard_diagram_draft("p", by="ed")
    with pytest.raises(NotFound):
        editors.put_into_force("p", by="ed")


def test_a_diagram_keeps_its_key(editors: Engine) -> None:
    editors.save_diagram_draft("p", process("other").user("one", groups="甲组").end().xml(), by="ed")
    with pytest.raises(InvalidDefinition, match="标识"):
        editors.put_into_force("p", by="ed")
    with pytest.raises(NotFound):
        editors.save_diagram_draft("nothing", changed(), by="ed")


def test_checking_finds_what_deploying_would(editors: Engine) -> None:
    assert editors.check_diagram_draft("p", changed()) == ()
    broken = process().user("one", groups="甲组", form="gone").end().xml()
    (problem,) = editors.check_diagram_draft("p", broken)
    assert (problem.resource, problem.element, problem.severity) == ("t/p.bpmn", "one", "error")
    assert editors.check_diagram_draft("p", b"<half")


def test_checking_a_changed_diagram_reads_no_other_file_again(
    editors: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    deploying.read_file.cache_clear()
    editors.check_diagram_draft("p", changed("first"))
    read: list[str] = []

    def parse_bpmn(content: bytes, resource: str) -> Bpmn:
        read.append(resource)
        return parsing.parse_bpmn(content, resource)

    monkeypatch.setattr(deploying, "parsing", SimpleNamespace(**vars(parsing) | {"parse_bpmn": parse_bpmn}))
    assert editors.check_diagram_draft("p", changed("second")) == ()
    assert read == ["t/p.bpmn"]


def test_an_unchanged_draft_makes_no_version(editors: Engine) -> None:
    begin(editors, process("r").user("one", groups="甲组").end())
    editors.save_diagram_draft("p", editors.definition_xml("p:1"), by="ed")
    assert editors.put_into_force("p", by="ed").id == "p:1"
    assert editors.diagram_draft("p") is None
