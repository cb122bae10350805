"""The process engine's doorway: all that its callers may use."""

# fmt: off
# isort: off
from engine.calendars import has_holidays, is_working_day
from engine.commands.deciding import decide
from engine.commands.trying import Attempt, Trial
from engine.dossier import Checked, check as check_dossier, fingerprint, new_key, public_pem
from engine.errors import (
    Conflict, EngineError, Halted, InvalidDefinition, InvalidInput, NotAllowed, NotFound, Problem,
    Unavailable,
)
from engine.facade import Box, Engine
from engine.model.acting import COMMAND_LINE, Origin, acting, acting_from
from engine.model.audit import AuditEntry, AuditEvent
from engine.model.sealing import Anchor, Breach, Verification, read_code
from engine.model.channels import Channels
from engine.model import richtext
from engine.model.directory import Choice
from engine.model.clocks import LedgerAsked, LedgerRow, LedgerState, OfficeDay
from engine.model.execution import DecisionEvaluation, JsonObject, RuleHit
from engine.model.finding import (
    COLOURS, Criteria, FieldCriterion, Narrowings, SavedFilter, SearchField, spans, words_of,
)
from engine.model.findings import Finding
from engine.model.forms import FormDefinition
from engine.model.migration import MappingChoices, MigrationOutcome, MigrationPlan, PlannedMove
from engine.model.moving import JumpPlan, JumpStep, JumpView, Target
from engine.model.notifying import TOPICS, Choices, Live, Webhook
from engine.model.organisation import (
    SHEETS, Change, Import, ImportRecord, Organisation, Position, Unit,
)
from engine.model.records import (
    ActivityInstance, DecisionRecord, Deployment, DiagramDraft, DocumentInfo, HistoryEvent, Incident,
    Office, ProcessDefinition, ProcessInstance, PublicEntry, Resource, SignalSent, User, UserTask,
)
from engine.model.registers import RegisterView
from engine.model.signing_in import Account, AuditAsked, Caller, Enrolment, Session, SignInRules
from engine.model.views import (
    Ahead, NextStep,
    CaseRow, CaseView, Copy, CopyRow, Diagram, FilledForm, Handed, Notice, Opinion, Page, References, Stage,
    TaskRow, TaskForm, TaskView, ViewTable,
)
from engine.worker import Worker

__all__ = [
    "COLOURS", "COMMAND_LINE", "SHEETS", "TOPICS", "Account", "ActivityInstance", "Ahead", "Anchor",
    "Attempt", "AuditAsked", "AuditEntry", "AuditEvent", "Box", "Breach", "Caller", "CaseRow", "CaseView",
    "Change", "Channels", "Checked", "Choice", "Choices", "Conflict", "Copy", "CopyRow", "Criteria",
    "DecisionEvaluation", "DecisionRecord", "Deployment", "Diagram", "DiagramDraft", "DocumentInfo",
    "Engine", "EngineError", "Enrolment", "FieldCriterion", "FilledForm", "Finding", "FormDefinition",
    "Halted", "Handed", "HistoryEvent", "Import", "ImportRecord", "Incident", "InvalidDefinition",
    "InvalidInput", "JsonObject", "JumpPlan", "JumpStep", "JumpView", "LedgerAsked", "LedgerRow",
    "LedgerState", "Live", "MappingChoices", "MigrationOutcome", "MigrationPlan", "Narrowings",
    "NextStep", "NotAllowed", "NotFound", "Notice", "Office", "OfficeDay", "Opinion", "Organisation",
    "Origin", "Page", "PlannedMove", "Position", "Problem", "ProcessDefinition", "ProcessInstance",
    "PublicEntry", "References", "RegisterView", "Resource", "RuleHit", "SavedFilter", "SearchField",
    "Session", "SignInRules", "SignalSent", "Stage", "Target", "TaskForm", "TaskRow", "TaskView", "Trial",
    "Unavailable", "Unit", "User", "UserTask", "Verification", "ViewTable", "Webhook", "Worker", "acting",
    "acting_from", "check_dossier", "decide", "fingerprint", "has_holidays", "is_working_day", "new_key",
    "public_pem", "read_code", "richtext", "spans", "words_of",
]
