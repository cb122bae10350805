"""What every part of the engine's face has."""

from __future__ import annotations

from engine.commands.context import Context
from engine.queries.reader import Reader


class Part:
    """Commands go to the context, queries to the reader."""

    _context: Context
    _reader: Reader
