"""The laws of the tree: where things stand, and that the domain is data."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.web.fakes import FakeEngine
from web import create_app
from web.access import TABLE, By

ROOT = Path(__file__).parents[2]
TOP = {"pyproject.toml", "engine", "bpmn", "web", "tests", "README.md", "LICENSE", "requirements.lock"}
DOMAIN = re.compile(
    r"问责|纪检|纪委|监委|廉政|党委|党纪|政务处分|公安|accountab|disciplin|party committee|corruption",
    re.IGNORECASE,
)


def tracked(*patterns: str) -> list[Path]:
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", *patterns],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    return [path for name in listing.split("\0") if name and (path := ROOT / name).is_file()]


@pytest.mark.parametrize("folder", ["engine", "web"])
def test_engine_and_web_know_no_word_of_the_domain(folder: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in tracked(folder)
        if path.suffix in {".py", ".html", ".js", ".css", ".po", ".json", ".mako"}
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if DOMAIN.search(line)
    ]
    assert found == []


def test_the_top_level_holds_what_the_layout_names() -> None:
    names = {path.relative_to(ROOT).parts[0] for path in tracked()}
    assert {name for name in names if not name.startswith(".")} == TOP


def test_bundles_hold_no_python() -> None:
    assert [path for path in tracked("bpmn") if path.suffix == ".py"] == []


def test_no_file_names_this_machine_or_a_package_registry() -> None:
    hosts = re.compile("/" + r"work/(main|shared|venv)|registry\.npmjs|pypi\.org/simple|files\.pythonhosted")
    texts = (path for path in tracked() if path.suffix not in {".png", ".docx", ".woff2"})
    assert [
        str(path.relative_to(ROOT))
        for path in texts
        if hosts.search(path.read_text("utf-8", errors="ignore"))
    ] == []


def test_ci_runs_the_command_that_the_readme_promises() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    command = re.search(r"<!-- test command -->\n```sh\n(.+)\n```", readme)
    assert command
    assert command[1] == "pip install -e '.[test]' && pytest"
    assert "<!-- test command -->" in (ROOT / ".ci" / "run").read_text("utf-8")


def test_every_route_has_a_rule_of_access_and_every_rule_a_route() -> None:
    """A new route needs a line in `web/access.py`, and a place in `tests/web/attacks/world.py`."""
    rules = list(create_app(FakeEngine(), {"SECRET_KEY": "x"}).url_map.iter_rules())
    found = [(rule.endpoint, method) for rule in rules for method in (rule.methods or ()) - {"OPTIONS"}]
    assert [one for one in found if not known(*one)] == []
    assert set(TABLE) == {endpoint for endpoint, _method in found}


def known(endpoint: str, method: str) -> bool:
    entry = TABLE.get(endpoint)
    if isinstance(entry, By) or not isinstance(entry, Mapping):
        return entry is not None
    return ("GET" if method == "HEAD" else method) in entry
