"""DMN 1.1 to 1.5 files to decisions; every problem is told at once, with element id and line."""

from engine.parsing.dmn.file import Examined, examine_dmn, may_import, parse_dmn

__all__ = ["Examined", "examine_dmn", "may_import", "parse_dmn"]
