"""Runs processes: (program, state, trigger) -> Step; no database, clock, user or network."""

from engine.execution.aims import aims, refusals
from engine.execution.choosing import choices
from engine.execution.compiler import compile_program
from engine.execution.inspection import reopen, standing
from engine.execution.migration import migrate
from engine.execution.program import Program
from engine.execution.stepping import advance, visible_variables
from engine.execution.taking_back import follow

__all__ = [
    "Program",
    "advance",
    "aims",
    "choices",
    "compile_program",
    "follow",
    "migrate",
    "refusals",
    "reopen",
    "standing",
    "visible_variables",
]
