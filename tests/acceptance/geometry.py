"""What is drawn in a BPMN file, and what a careful reader would object to in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any, NamedTuple

from engine.parsing import parse_xml

_MODEL = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
_BPMNDI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
_DC = "{http://www.omg.org/spec/DD/20100524/DC}"
_DI = "{http://www.omg.org/spec/DD/20100524/DI}"
FRAMES = {"participant", "lane"}
ROUND = {"startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"}
DIAMONDS = {"exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway"}
NODES = {
    *ROUND,
    *DIAMONDS,
    *("userTask", "manualTask", "scriptTask", "serviceTask", "businessRuleTask", "sendTask", "receiveTask"),
    *("task", "callActivity", "subProcess"),
}


class Point(NamedTuple):
    x: float
    y: float


class Box(NamedTuple):
    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    def shrunk(self, by: float) -> Box:
        """The box without an edge this wide."""
        return Box(self.x + by, self.y + by, self.width - 2 * by, self.height - 2 * by)

    def meets(self, other: Box) -> bool:
        """Whether the two share more than their edges; lines are boxes without width."""
        return (
            self.x < other.right and other.x < self.right and self.y < other.bottom and other.y < self.bottom
        )

    def holds(self, other: Box) -> bool:
        """Whether the other lies within this one."""
        return (
            self.x <= other.x
            and self.y <= other.y
            and other.right <= self.right
            and other.bottom <= self.bottom
        )

    def __str__(self) -> str:
        return f"({self.x:g},{self.y:g} {self.width:g}x{self.height:g})"


class Line(NamedTuple):
    """A straight piece of a flow."""

    flow: str
    start: Point
    end: Point

    @property
    def level(self) -> bool:
        return self.start.y == self.end.y

    @property
    def box(self) -> Box:
        return Box(
            min(self.start.x, self.end.x),
            min(self.start.y, self.end.y),
            abs(self.start.x - self.end.x),
            abs(self.start.y - self.end.y),
        )


@dataclass
class Drawing:
    """Shapes, flows and labels of a file by element id."""

    name: str
    kinds: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    parents: dict[str, str] = field(default_factory=dict)
    ends: dict[str, tuple[str, str]] = field(default_factory=dict)  #: flow -> source, target
    hosts: dict[str, str] = field(default_factory=dict)  #: boundary event -> activity
    lanes: dict[str, str] = field(default_factory=dict)  #: node -> lane
    shapes: dict[str, Box] = field(default_factory=dict)
    edges: dict[str, list[Point]] = field(default_factory=dict)
    labels: dict[str, Box] = field(default_factory=dict)

    @property
    def nodes(self) -> dict[str, Box]:
        return {key: box for key, box in self.shapes.items() if self.kinds.get(key) in NODES}

    def lines(self) -> Iterator[Line]:
        for flow, points in self.edges.items():
            for start, end in pairwise(points):
                yield Line(flow, start, end)

    def inside(self, element: str, scope: str) -> bool:
        """Whether the element stands somewhere in this subprocess."""
        parent = self.parents.get(element, "")
        return parent == scope or (bool(parent) and self.inside(parent, scope))

    def related(self, one: str, other: str) -> bool:
        """Whether one of two flows or nodes may lie on the other: same start or target, host, subprocess."""
        if one in self.ends and other in self.ends:
            return any(a == b for a, b in zip(self.ends[one], self.ends[other], strict=True))
        return (
            self.hosts.get(one) == other
            or self.hosts.get(other) == one
            or self.inside(one, other)
            or self.inside(other, one)
        )

    def told(self, element: str) -> str:
        """An element as a failure names it."""
        if element in self.ends:
            source, target = self.ends[element]
            return f"flow {element} ({self.told(source)} -> {self.told(target)})"
        name = self.names.get(element, "")
        return f"{element}“{name}”" if name else element


def read(path: Path) -> Drawing:
    """The drawing in a BPMN file."""
    root = parse_xml(path.read_bytes(), path.name)
    drawing = Drawing(path.name)
    for element in root.iter(f"{_MODEL}*"):
        _read_model(drawing, element)
    for shape in root.iter(f"{_BPMNDI}BPMNShape"):
        drawing.shapes[shape.get("bpmnElement")] = _box(shape.find(f"{_DC}Bounds"))
        _read_label(drawing, shape)
    for edge in root.iter(f"{_BPMNDI}BPMNEdge"):
        points = [Point(float(p.get("x")), float(p.get("y"))) for p in edge.iter(f"{_DI}waypoint")]
        drawing.edges[edge.get("bpmnElement")] = points
        _read_label(drawing, edge)
    return drawing


def _read_model(drawing: Drawing, element: Any) -> None:
    key, parent = element.get("id"), element.getparent()
    if element.tag == f"{_MODEL}flowNodeRef":
        drawing.lanes[element.text.strip()] = parent.get("id")
    if not key:
        return
    drawing.kinds[key] = element.tag.removeprefix(_MODEL)
    drawing.names[key] = element.get("name") or ""
    drawing.parents[key] = (parent.get("id") or "") if parent is not None else ""
    if element.get("sourceRef"):
        drawing.ends[key] = (element.get("sourceRef"), element.get("targetRef"))
    if element.get("attachedToRef"):
        drawing.hosts[key] = element.get("attachedToRef")


def _read_label(drawing: Drawing, element: Any) -> None:
    bounds = element.find(f"{_BPMNDI}BPMNLabel/{_DC}Bounds")
    if bounds is not None:
        drawing.labels[element.get("bpmnElement")] = _box(bounds)


def _box(bounds: Any) -> Box:
    return Box(*(float(bounds.get(key)) for key in ("x", "y", "width", "height")))


def missing(drawing: Drawing) -> list[str]:
    """Nodes, flows and lanes without a shape or edge; names of events, gateways and flows without a place."""
    found = []
    for key, kind in drawing.kinds.items():
        if kind in NODES | FRAMES and key not in drawing.shapes:
            found.append(f"{drawing.told(key)} has no shape")
        if kind == "sequenceFlow" and len(drawing.edges.get(key, ())) < 2:
            found.append(f"{drawing.told(key)} has no edge")
        if kind in ROUND | DIAMONDS | {"sequenceFlow"} and drawing.names[key] and key not in drawing.labels:
            found.append(f"the name of {drawing.told(key)} has no place")
    return found


def overlaps(drawing: Drawing) -> list[str]:
    """Shapes that cover each other or leave pool, lane or subprocess; boundary events off their host."""
    found = []
    for (one, a), (other, b) in combinations(drawing.nodes.items(), 2):
        if a.meets(b) and not drawing.related(one, other):
            found.append(f"{drawing.told(one)} {a} overlaps {drawing.told(other)} {b}")
    pools = [box for key, box in drawing.shapes.items() if drawing.kinds[key] == "participant"]
    for key, box in drawing.nodes.items():
        if not any(pool.holds(box) for pool in pools):
            found.append(f"{drawing.told(key)} {box} leaves the pool")
        scope = drawing.parents[key]
        if drawing.kinds.get(scope) == "subProcess" and not drawing.shapes[scope].holds(box):
            found.append(f"{drawing.told(key)} {box} leaves its subprocess {drawing.told(scope)}")
    for key, lane in drawing.lanes.items():
        if key not in drawing.hosts and not drawing.shapes[lane].holds(drawing.shapes[key]):
            found.append(f"{drawing.told(key)} {drawing.shapes[key]} leaves its lane {drawing.told(lane)}")
    for event, host in drawing.hosts.items():
        if abs(drawing.shapes[event].y + drawing.shapes[event].height / 2 - drawing.shapes[host].bottom) > 1:
            found.append(f"{drawing.told(event)} is not on the lower edge of {drawing.told(host)}")
    return found


def trespasses(drawing: Drawing) -> list[str]:
    """Flows that are not orthogonal, don't meet their ends, or pass through a shape."""
    found = []
    for line in drawing.lines():
        if line.start.x != line.end.x and not line.level:
            found.append(f"{drawing.told(line.flow)} is slanted at {line.start:}")
        for key, box in drawing.nodes.items():
            if drawing.inside(line.flow, key):
                continue
            own = key in drawing.ends[line.flow]
            if line.box.meets(box.shrunk(1)) and not (own and drawing.kinds[key] in ROUND | DIAMONDS):
                found.append(f"{drawing.told(line.flow)} passes through {drawing.told(key)} {box}")
    for flow, points in drawing.edges.items():
        for key, point in zip(drawing.ends[flow], (points[0], points[-1]), strict=True):
            box = drawing.shapes[key].shrunk(-1)
            if not (box.x <= point.x <= box.right and box.y <= point.y <= box.bottom):
                found.append(f"{drawing.told(flow)} does not touch {drawing.told(key)}")
    return found


def crossings(drawing: Drawing) -> list[str]:
    """Pairs of flows that cross, or run along each other without a common start or target."""
    found = []
    for a, b in combinations(drawing.lines(), 2):
        if a.flow == b.flow:
            continue
        if a.level == b.level:
            if _along(a, b) and not drawing.related(a.flow, b.flow):
                found.append(f"{drawing.told(a.flow)} runs along {drawing.told(b.flow)}")
        elif (where := _crossing(a, b)) is not None:
            found.append(f"{drawing.told(a.flow)} crosses {drawing.told(b.flow)} at {where.x:g},{where.y:g}")
    return found


def _along(a: Line, b: Line) -> bool:
    if a.level:
        return a.start.y == b.start.y and a.box.x < b.box.right and b.box.x < a.box.right
    return a.start.x == b.start.x and a.box.y < b.box.bottom and b.box.y < a.box.bottom


def _crossing(a: Line, b: Line) -> Point | None:
    level, upright = (a, b) if a.level else (b, a)
    x, y = upright.start.x, level.start.y
    if level.box.x < x < level.box.right and upright.box.y < y < upright.box.bottom:
        return Point(x, y)
    return None


def hidden_labels(drawing: Drawing) -> list[str]:
    """Labels on shapes, on flows or on each other."""
    found = []
    for (one, a), (other, b) in combinations(drawing.labels.items(), 2):
        if a.meets(b):
            found.append(f"labels of {drawing.told(one)} {a} and {drawing.told(other)} {b} overlap")
    for key, label in drawing.labels.items():
        for node, box in drawing.nodes.items():
            if label.meets(box) and not drawing.inside(key, node):
                found.append(f"the label of {drawing.told(key)} {label} overlaps {drawing.told(node)} {box}")
        for line in drawing.lines():
            if label.meets(line.box):
                found.append(f"{drawing.told(line.flow)} runs through the label of {drawing.told(key)}")
    return found
