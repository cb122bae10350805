"""The build hook: when the front end is built anew, with which Node.js, and what it says when it can't."""

from __future__ import annotations

import importlib.util
import stat
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

HOOK = Path(__file__).parents[2] / "web" / "hatch_build.py"


class PlainHook:
    """Stands in for hatchling's interface where hatchling is not installed."""

    def __class_getitem__(cls, _item: Any) -> type:
        return cls


@pytest.fixture
def hook(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The module as hatchling loads it: by path, without an entry in sys.modules."""
    if importlib.util.find_spec("hatchling") is None:
        names = [
            "hatchling",
            "hatchling.builders",
            "hatchling.builders.hooks",
            "hatchling.builders.hooks.plugin",
        ]
        interface = ModuleType("hatchling.builders.hooks.plugin.interface")
        interface.BuildHookInterface = PlainHook  # type: ignore[attr-defined]
        for name in names:
            monkeypatch.setitem(sys.modules, name, ModuleType(name))
        monkeypatch.setitem(sys.modules, interface.__name__, interface)
    spec = importlib.util.spec_from_file_location("hatch_build", HOOK)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A source tree without anything built."""
    files = {
        "web/package.json": "{}",
        "web/package-lock.json": "{}",
        "web/.npmrc": "fund=false",
        "web/build.mjs": "// build",
        "web/src/app.js": "start()",
        "web/src/css/index.css": "body {}",
        "engine/__init__.py": "",
    }
    for name, content in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, "utf-8")
    return tmp_path


class Npm:
    """Runs nothing: notes the commands, and leaves the files that esbuild would."""

    def __init__(self, hook: ModuleType, root: Path, *, leaves_out: str = "") -> None:
        self.hook, self.root, self.leaves_out = hook, root, leaves_out
        self.commands: list[list[str]] = []

    def __call__(self, web: Path, command: list[str], node: Any) -> None:
        self.commands.append(command)
        if command[-1] != "build.mjs":
            return
        for path in [*(web / name for name in self.hook.OUTPUTS), self.root / self.hook.ENGINE_OUTPUT]:
            if path.name != self.leaves_out:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text("built", "utf-8")


def built(hook: ModuleType, root: Path) -> Npm:
    npm = Npm(hook, root)
    hook.build(root, hook.Node(("node",), ("npm",), "/bin"), npm)
    return npm


def test_a_build_installs_the_lock_file_without_scripts_and_bundles(hook: ModuleType, tree: Path) -> None:
    assert not hook.is_current(tree)
    npm = built(hook, tree)
    install, bundle = npm.commands
    assert install[:2] == ["npm", "ci"] and "--ignore-scripts" in install and "--prefer-offline" in install
    assert bundle == ["node", "build.mjs"]
    assert hook.is_current(tree)


@pytest.mark.parametrize("name", ["package.json", "package-lock.json", ".npmrc", "build.mjs", "src/app.js"])
def test_a_changed_input_makes_the_build_stale(hook: ModuleType, tree: Path, name: str) -> None:
    built(hook, tree)
    (tree / "web" / name).write_text("changed", "utf-8")
    assert not hook.is_current(tree)


def test_a_new_a_renamed_and_a_removed_source_make_it_stale(hook: ModuleType, tree: Path) -> None:
    built(hook, tree)
    source = tree / "web" / "src" / "app.js"
    source.rename(source.with_name("main.js"))
    assert not hook.is_current(tree)
    built(hook, tree)
    source.with_name("more.js").write_text("", "utf-8")
    assert not hook.is_current(tree)
    source.with_name("more.js").unlink()
    assert hook.is_current(tree)


@pytest.mark.parametrize("name", ["web/static/dist/app.js", "web/static/dist/editor.css", "engine/feelin.js"])
def test_a_missing_output_makes_it_stale(hook: ModuleType, tree: Path, name: str) -> None:
    built(hook, tree)
    (tree / name).unlink()
    assert not hook.is_current(tree)


def test_names_and_contents_cannot_be_taken_for_each_other(hook: ModuleType, tmp_path: Path) -> None:
    first, second = tmp_path / "one", tmp_path / "two"
    for root, name, content in ((first, "ab", "c"), (second, "a", "bc")):
        root.mkdir()
        (root / name).write_text(content, "utf-8")
    stamps = [hook.stamp_of(root, root.iterdir()) for root in (first, second)]
    assert stamps[0] != stamps[1]


def test_a_build_that_leaves_something_out_fails_and_is_not_current(hook: ModuleType, tree: Path) -> None:
    npm = Npm(hook, tree, leaves_out="editor.js")
    with pytest.raises(RuntimeError, match=r"left out .*editor\.js"):
        hook.build(tree, hook.Node(("node",), ("npm",), "/bin"), npm)
    assert not hook.is_current(tree)


def test_without_node_it_says_what_to_install(hook: ModuleType, tree: Path) -> None:
    with pytest.raises(RuntimeError, match=r"needs Node\.js 20 or later"):
        hook.build(tree, None)


def test_a_failing_command_is_told_with_its_output_and_advice(hook: ModuleType, tree: Path) -> None:
    node = hook.Node((sys.executable,), (sys.executable,), "/bin")
    command = [sys.executable, "-c", "print('E404 no such package'); raise SystemExit(3)"]
    with pytest.raises(RuntimeError) as failure:
        hook.run_in(tree / "web", command, node)
    said = str(failure.value)
    assert "code 3" in said and "E404 no such package" in said and "npm config set registry" in said


@pytest.mark.parametrize(
    ("version", "with_npm", "found"),
    [
        ("v20.11.0", True, True),
        ("v24.1.0", True, True),
        ("v18.19.1", True, False),
        ("v20.11.0", False, False),
    ],
)
def test_a_node_on_path_counts_when_it_is_new_and_has_npm(
    hook: ModuleType, tmp_path: Path, version: str, with_npm: bool, found: bool
) -> None:
    for name in ("node", "npm")[: 1 + with_npm]:
        program = tmp_path / name
        program.write_text(f"#!/bin/sh\necho {version}\n", "utf-8")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
    node = hook.node_on_path({"PATH": str(tmp_path)})
    assert (node is not None) is found
    assert node is None or node.node == (str(tmp_path / "node"),)


def test_a_path_without_node_has_none(hook: ModuleType, tmp_path: Path) -> None:
    assert hook.node_on_path({"PATH": str(tmp_path)}) is None


def test_the_lock_file_names_no_registry() -> None:
    lock = (HOOK.parent / "package-lock.json").read_text("utf-8")
    assert '"resolved"' not in lock
    assert '"integrity"' in lock
