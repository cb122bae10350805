"""Library: deployed files as parsed and compiled values, each made once per process of the machine."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Collection, Hashable
from pathlib import PurePosixPath
from threading import Lock
from typing import Generic, TypeVar

from engine import execution, parsing
from engine.errors import NotFound
from engine.execution import Program
from engine.model.case_rules import CaseRules
from engine.model.curtain import Guarded
from engine.model.decision import DecisionModel
from engine.model.definition import ProcessModel
from engine.model.finding import SearchField
from engine.model.forms import FormDefinition, ViewDefinition
from engine.model.records import ProcessDefinition
from engine.model.views import References
from engine.store import definitions
from engine.store.database import Work
from engine.store.instances import Bindings

V = TypeVar("V")

_FORM = ".form.json"
Place = tuple[str, str]  #: deployment id, resource name


class Cache(Generic[V]):
    """The values used last; threads may share it. Two threads may make the same value at once."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._values: OrderedDict[Hashable, V] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable, make: Callable[[], V]) -> V:
        """The value of this key, made when it isn't there."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                return self._values[key]
        value = make()
        with self._lock:
            self._values[key] = value
            while len(self._values) > self._size:
                self._values.popitem(last=False)
        return value


class Library:
    """Parsed files by the version that they belong to. Deployed files never change, so nothing goes stale."""

    def __init__(self, size: int = 256) -> None:
        self._definitions: Cache[ProcessDefinition] = Cache(size)
        self._names: Cache[tuple[str, ...]] = Cache(size)
        self._bpmn: Cache[tuple[ProcessModel, ...]] = Cache(size)
        self._dmn: Cache[tuple[DecisionModel, ...]] = Cache(size)
        self._forms: Cache[FormDefinition] = Cache(size)
        self._views: Cache[ViewDefinition | None] = Cache(size)
        self._rules: Cache[CaseRules | None] = Cache(size)
        self._guarded: Cache[Guarded] = Cache(size)
        self._searchable: Cache[dict[str, SearchField]] = Cache(size)
        self._programs: Cache[Program] = Cache(size // 4)

    def definition(self, work: Work, definition_id: str) -> ProcessDefinition:
        """One version, or NotFound."""

        def make() -> ProcessDefinition:
            found = definitions.get(work, definition_id)
            if found is None:
                raise NotFound
            return found

        return self._definitions.get(definition_id, make)

    def process(self, work: Work, definition_id: str) -> ProcessModel:
        """The process of one version."""
        found = self.definition(work, definition_id)
        place = (found.deployment_id, found.resource)
        models = self._bpmn.get(
            place, lambda: parsing.parse_bpmn(_content(work, place), found.resource).processes
        )
        return next(model for model in models if model.key == found.key)

    def program(self, work: Work, root: str, bindings: Bindings) -> Program:
        """What an instance of this version with these bindings runs."""
        key = (root, tuple(sorted(bindings.processes.items())), tuple(sorted(bindings.decisions.items())))
        return self._programs.get(key, lambda: self._compile(work, root, bindings))

    def _compile(self, work: Work, root: str, bindings: Bindings) -> Program:
        ids = {root, *bindings.processes.values()}
        processes = {one: self.process(work, one) for one in sorted(ids)}
        decisions = {key: self.decision(work, place, key) for key, place in bindings.decisions.items()}
        return execution.compile_program(processes, root, bindings.processes, decisions)

    def decision(self, work: Work, place: Place, decision_id: str) -> DecisionModel:
        """A decision of a deployed file."""
        return next(model for model in self._models(work, place) if model.id == decision_id)

    def references(self, work: Work, definition_id: str) -> References:
        """Forms and decisions of the version's deployment."""
        found = self.definition(work, definition_id)
        names = self.names(work, found)
        refs = [PurePosixPath(name).name for name in names if name.endswith(_FORM)]
        forms = [self.form(work, definition_id, ref.removesuffix(_FORM)) for ref in refs]
        models = [
            model
            for name in names
            if name.endswith(".dmn")
            for model in self._models(work, (found.deployment_id, name))
        ]
        return References(
            forms=tuple((form.id, form.title) for form in forms),
            decisions=tuple((model.id, model.name) for model in models),
        )

    def _models(self, work: Work, place: Place) -> tuple[DecisionModel, ...]:
        def make() -> tuple[DecisionModel, ...]:
            content = _content(work, place)
            beside = _rules(work, place[0]) if parsing.may_import(content) else {}
            return parsing.parse_dmn(content, place[1], beside)

        return self._dmn.get(place, make)

    def form(self, work: Work, definition_id: str, ref: str) -> FormDefinition:
        """The form that a version names, from the same folder if it is there."""
        found = self.definition(work, definition_id)
        place = (found.deployment_id, _beside(self.names(work, found), found.resource, f"{ref}{_FORM}"))
        return self._forms.get(place, lambda: parsing.parse_form(_content(work, place), place[1]))

    def view(self, work: Work, definition_id: str) -> ViewDefinition | None:
        """How cases of this version are summed up, if its deployment says so."""
        return self._views.get(definition_id, lambda: self._find_view(work, definition_id))

    def _find_view(self, work: Work, definition_id: str) -> ViewDefinition | None:
        found = self.definition(work, definition_id)
        names = [name for name in self.names(work, found) if name.endswith(".view.json")]
        views = (parsing.parse_view(_content(work, (found.deployment_id, name)), name) for name in names)
        return next((view for view in views if view.process == found.key), None)

    def case_rules(self, work: Work, definition_id: str) -> CaseRules | None:
        """The rules of this version's cases, if its deployment has some."""
        return self._rules.get(definition_id, lambda: self._find_rules(work, definition_id))

    def _find_rules(self, work: Work, definition_id: str) -> CaseRules | None:
        found = self.definition(work, definition_id)
        names = [name for name in self.names(work, found) if name.endswith(".case.json")]
        read = (parsing.parse_case_rules(_content(work, (found.deployment_id, name)), name) for name in names)
        return next((rules for rules in read if rules.process == found.key), None)

    def guarded(self, work: Work, definition_id: str, bindings: Bindings) -> Guarded:
        """The variables of a case of this version with these bindings that not everybody sees."""
        ids = tuple(sorted({definition_id, *bindings.processes.values()}))
        return self._guarded.get((definition_id, ids), lambda: self._find_guarded(work, definition_id, ids))

    def _find_guarded(self, work: Work, definition_id: str, ids: tuple[str, ...]) -> Guarded:
        return parsing.guarded(self.case_rules(work, definition_id), self._forms_of(work, ids))

    def _forms_of(self, work: Work, ids: tuple[str, ...]) -> Collection[FormDefinition]:
        """The forms that these versions use."""
        forms = {}
        for one in ids:
            for ref in self.process(work, one).form_refs():
                form = self.form(work, one, ref)
                forms[form.resource, one] = form
        return forms.values()

    def searchable(self, work: Work, definition_id: str, bindings: Bindings) -> dict[str, SearchField]:
        """The fields by which a case of this version with these bindings can be found, by name."""
        ids = tuple(sorted({definition_id, *bindings.processes.values()}))

        def make() -> dict[str, SearchField]:
            guarded = self.guarded(work, definition_id, bindings)
            return parsing.searchable(self._forms_of(work, ids), guarded)

        return self._searchable.get((definition_id, ids), make)

    def names(self, work: Work, definition: ProcessDefinition) -> tuple[str, ...]:
        """Names of all files of the version's deployment."""
        deployment_id = definition.deployment_id
        return self._names.get(deployment_id, lambda: definitions.resource_names(work, deployment_id))


def _content(work: Work, place: Place) -> bytes:
    found = definitions.resource_content(work, *place)
    if found is None:
        raise NotFound(f"没有文件“{place[1]}”。")
    return found


def _rules(work: Work, deployment_id: str) -> dict[str, bytes]:
    """The DMN files of a deployment, which may import one another."""
    names = definitions.resource_names(work, deployment_id)
    return {name: _content(work, (deployment_id, name)) for name in names if name.endswith(".dmn")}


def _beside(names: tuple[str, ...], resource: str, file: str) -> str:
    """The name of this file in the resource's folder, else in any folder."""
    near = str(PurePosixPath(resource).parent / file)
    if near in names:
        return near
    return next((name for name in names if PurePosixPath(name).name == file), near)
