"""DMN decisions on FEEL: which rules fired, on what inputs, with what result."""

from engine.decisions.graph import evaluate
from engine.decisions.results import map_result

__all__ = ["evaluate", "map_result"]
