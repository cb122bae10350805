"""DMN decisions on FEEL: which rules fired, on what inputs, with what result."""

from engine.decisions.graph import Answer, answer_of, evaluate
from engine.decisions.results import map_result

__all__ = ["Answer", "answer_of", "evaluate", "map_result"]
