"""Processes of constructs that are written as BPMN files, since what is tested is how a file says it."""

from __future__ import annotations

from itertools import pairwise

from engine import parsing
from tests.constructs.driver import Run

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:own="http://wenze.test/own" '
    'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" id="definitions" targetNamespace="http://wenze.test/own">\n'
)


def run_file(body: str) -> Run:
    """An instance of the first process of a file with these root elements."""
    return Run(*parsing.parse_bpmn(f"{HEAD}{body}</definitions>".encode(), "p.bpmn").processes)


def process(inner: str, *path: str, key: str = "p") -> str:
    """A process with these elements; `path` are ids joined by flows, in order."""
    flows = "".join(
        f'<sequenceFlow id="{a}-{b}" sourceRef="{a}" targetRef="{b}"/>' for a, b in pairwise(path)
    )
    return f'<process id="{key}" isExecutable="true">{inner}{flows}</process>\n'
