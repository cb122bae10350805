"""The process engine's doorway: all that its callers may use."""

# fmt: off
# isort: off
from engine.errors import (
    Conflict, EngineError, Halted, InvalidDefinition, InvalidInput, NotAllowed, NotFound, Problem,
    Unavailable,
)
from engine.facade import Box, Engine
from engine.model.execution import DecisionEvaluation, JsonObject, RuleHit
from engine.model.records import (
    ActivityInstance, CaseRow, CaseView, DecisionRecord, Deployment, Diagram, DiagramDraft, DocumentInfo,
    FilledForm, FormDefinition, HistoryEvent, Incident, Notice, Office, Opinion, Page, ProcessDefinition,
    ProcessInstance, PublicEntry, References, Resource, Stage, TaskRow, TaskView, User, UserTask, ViewTable,
)
from engine.worker import Worker

__all__ = [
    "ActivityInstance", "Box", "CaseRow", "CaseView", "Conflict", "DecisionEvaluation", "DecisionRecord",
    "Deployment", "Diagram", "DiagramDraft", "DocumentInfo", "Engine", "EngineError", "FilledForm",
    "FormDefinition", "Halted", "HistoryEvent", "Incident", "InvalidDefinition", "InvalidInput", "JsonObject",
    "NotAllowed", "NotFound", "Notice", "Office", "Opinion", "Page", "Problem", "ProcessDefinition",
    "ProcessInstance", "PublicEntry", "References", "Resource", "RuleHit", "Stage", "TaskRow", "TaskView",
    "Unavailable", "User", "UserTask", "ViewTable", "Worker",
]
