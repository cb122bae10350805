"""A small office for tests of the pages on a real engine: one process, three people."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from engine import Engine

SAMPLE = Path(__file__).parent / "sample"
PASSWORD = "a long pass phrase 7"
OFFICE = {
    "product": "办案",
    "seal": "办",
    "office": "某市某局",
    "caseWord": "事项",
    "groups": ["受理岗", "审查岗", "流程管理"],
    "users": [
        {"id": "desk", "display": "受理员", "unit": "受理室", "groups": ["受理岗"]},
        {"id": "exam", "display": "审查员", "unit": "审查室", "groups": ["审查岗"]},
        {"id": "admin", "display": "流程管理员", "unit": "办公室", "groups": ["流程管理"]},
    ],
    "processAdmins": "流程管理",
    "deploy": ["sample"],
    "start": [],
}


def open_office(url: str, folder: Path) -> Engine:
    """An engine on this empty database with the office loaded; `folder` keeps its files."""
    root = folder / "bundles"
    shutil.copytree(SAMPLE, root / "sample")
    file = root / "office.json"
    file.write_text(json.dumps(OFFICE, ensure_ascii=False), "utf-8")
    engine = Engine.open(url, resources=root)
    engine.load_office(file, password=PASSWORD)
    return engine
