"""Bytes to definitions."""

from engine.parsing.bpmn import parse_bpmn
from engine.parsing.bulk import BULK, check_bulk
from engine.parsing.case_rules import check_case_rules, parse_case_rules
from engine.parsing.dmn import Examined, examine_dmn, may_import, parse_dmn
from engine.parsing.field_access import at_step, check_field_access, form_for, guarded
from engine.parsing.form_check import check_form
from engine.parsing.form_opening import opened, with_options
from engine.parsing.form_state import FieldState, field_state, initial_values
from engine.parsing.form_widgets import has_pickers
from engine.parsing.forms import parse_form
from engine.parsing.meeting import check_meetings, meeting_base, meeting_form, meeting_problems, meeting_rules
from engine.parsing.office import parse_days, parse_office
from engine.parsing.organisation import parse_organisation, write_organisation
from engine.parsing.references import check_deployment
from engine.parsing.searchable import searchable
from engine.parsing.sheets import write_table
from engine.parsing.views import parse_view
from engine.parsing.words import parse_words
from engine.parsing.xml import parse_xml, validate

__all__ = [
    "BULK",
    "Examined",
    "FieldState",
    "at_step",
    "check_bulk",
    "check_case_rules",
    "check_deployment",
    "check_field_access",
    "check_form",
    "check_meetings",
    "examine_dmn",
    "field_state",
    "form_for",
    "guarded",
    "has_pickers",
    "initial_values",
    "may_import",
    "meeting_base",
    "meeting_form",
    "meeting_problems",
    "meeting_rules",
    "opened",
    "parse_bpmn",
    "parse_case_rules",
    "parse_days",
    "parse_dmn",
    "parse_form",
    "parse_office",
    "parse_organisation",
    "parse_view",
    "parse_words",
    "parse_xml",
    "searchable",
    "validate",
    "with_options",
    "write_organisation",
    "write_table",
]
