"""The catalogues: collects the texts of the code into `web/translations`, and makes what the app reads.

After a change of texts: `python -m web.catalogue`; it lists what lacks a translation. Three catalogues, one
for each kind of text: `messages` (pages), `script` (JavaScript, `t` before a template literal) and `engine`
(every Chinese sentence that the engine can say). Not part of the wheel.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from web.hatch_build import compile_catalogues

WEB = Path(__file__).parent
ENGINE = WEB.parent / "engine"
CHINESE = re.compile(r"[\u3400-\u9fff]")
NAMED = re.compile(r"%\((\w+)\)s")
BRACED = re.compile(r"\{([^{}]*)\}")
LANGUAGES = ("en",)
COMMAND = "python -m web.catalogue"
NUMERALS = ("amounts.js", "dates.js", "richtext.js")  #: what they make is Chinese: capitals, dates, numbering
ENGINE_SCRIPTS = ("feel", "dmn", "feelin.js")  #: what the engine evaluates with, and speaks for itself
METHODS = [("**.py", "python"), ("templates/**.html", "jinja2")]
KEYWORDS = {"_": None, "later": None}
NOT_SAID = re.compile(  # patterns and dates, which are no sentences
    r"\(\?|\\[dS]|\[\^|一二三|\{value\}[十年]\{value2\}|^\{month\}月"
)
UNSEEN = (  # what the engine writes into files of the record, which stay in the office's language
    "dossier/contents.py",
    "dossier/sheet.py",
    "dossier/writing.py",
)


def page_texts() -> Iterator[str]:
    """Texts of templates and views, in the order of the files."""
    found = extract_from_dir(str(WEB), METHODS, {"**.html": {"trimmed": "true"}}, KEYWORDS)
    for _name, _line, text, _comments, _context in found:
        if CHINESE.search(str(text)) or not str(text).isascii():
            yield str(text)


def script_texts() -> Iterator[str]:
    """Texts of the scripts: template literals tagged with `t`, their values as {0}, {1}."""
    for path in sorted((WEB / "src").rglob("*.js")):
        if path.name == "t.js":
            continue
        source = path.read_text("utf-8")
        for match in re.finditer(r"(?<![\w$.])t`", source):
            yield literal(source, match.end())[0]


def literal(source: str, start: int) -> tuple[str, int]:
    """The template literal that begins behind its back quote, values as {0}, and the place behind it."""
    text, at, values = "", start, 0
    while source[at] != "`":
        if source.startswith("${", at):
            at = _behind(source, at + 2)
            text += f"{{{values}}}"
            values += 1
        elif source[at] == "\\":
            text += {"n": "\n", "u": ""}.get(source[at + 1], source[at + 1])
            at += 2
        else:
            text += source[at]
            at += 1
    return text, at + 1


def _behind(source: str, at: int) -> int:
    """The place behind the brace that closes an inserted expression."""
    depth = 1
    while depth:
        if source[at] == "`":
            at = literal(source, at + 1)[1]
            continue
        depth += {"{": 1, "}": -1}.get(source[at], 0)
        at += 1
    return at


def unmarked_in_scripts() -> Iterator[str]:
    """Chinese literals of the scripts that `t` doesn't translate, each with its file and line."""
    for path in sorted((WEB / "src").rglob("*.js")):
        if path.parent.name in ENGINE_SCRIPTS or path.name in (*ENGINE_SCRIPTS, *NUMERALS, "t.js"):
            continue
        source = path.read_text("utf-8")
        for match in reversed(list(re.finditer(r"(?<![\w$.])t`", source))):
            source = f"{source[: match.start()]}0{source[literal(source, match.end())[1] :]}"
        if path.name == "zh.js":  # the list of what bpmn-js says is by its English texts
            source = source.partition("/** The translate")[2]
        for line in source.splitlines():
            code = re.sub(r"(^|\s)//.*|^\s*/?\*.*", "", line)
            if re.search(r"['\"`][^'\"`]*[\u3001-\u9fff]", code):
                yield f"{path.relative_to(WEB).as_posix()}: {line.strip()}"


def engine_texts() -> Iterator[str]:
    """Chinese sentences of the engine's code, values in braces; docstrings only where they are said."""
    for path in sorted(ENGINE.rglob("*.py")):
        name = path.relative_to(ENGINE).as_posix()
        if name in UNSEEN or "migrations" in name:
            continue
        tree = ast.parse(path.read_text("utf-8"))
        yield from _sentences(tree, frozenset() if name == "errors.py" else frozenset(_docstrings(tree)))


def _docstrings(tree: ast.AST) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        yield from (
            (
                part.value
                for part in getattr(node, "body", ())
                if isinstance(part, ast.Expr) and _is_text(part.value)
            )
            if isinstance(getattr(node, "body", None), list)
            else ()
        )


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _sentences(node: ast.AST, passed: frozenset[ast.AST]) -> Iterator[str]:
    if node in passed:
        return
    parts = _parts(node)
    if parts is None:
        for child in ast.iter_child_nodes(node):
            yield from _sentences(child, passed)
        return
    text, names = "", list[str]()
    for part in parts:
        if isinstance(part, str):
            text += part
        else:
            names.append(_name(part, names))
            text += f"{{{names[-1]}}}"
            yield from _sentences(part, passed)
    if CHINESE.search(BRACED.sub("", text)) and not NOT_SAID.search(text):
        yield text


def _parts(node: ast.AST) -> list[str | ast.AST] | None:
    """A text as its pieces, or None for what is no text."""
    if isinstance(node, ast.Constant):
        return [node.value] if isinstance(node.value, str) else None
    if isinstance(node, ast.JoinedStr):
        return [
            one.value if isinstance(one, ast.FormattedValue) else str(getattr(one, "value", ""))
            for one in node.values
        ]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = _parts(node.left), _parts(node.right)
        if left is not None or right is not None:
            return [*(left or [node.left]), *(right or [node.right])]
    return None


def _name(node: ast.AST, taken: list[str]) -> str:
    """What a value is called in the sentence, after the variable or attribute that it comes from."""
    found = next((one for one in _names(node) if one.isascii()), "value")
    return next(one for one in (found, *(f"{found}{n}" for n in range(2, 99))) if one not in taken)


def _names(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Name):
        yield node.id.strip("_")
    elif isinstance(node, ast.Attribute):
        yield node.attr.strip("_")


SOURCES = {"messages": page_texts, "script": script_texts, "engine": engine_texts}


def path_of(domain: str, language: str = "en") -> Path:
    """Where a catalogue stands."""
    return WEB / "translations" / language / "LC_MESSAGES" / f"{domain}.po"


def collected(domain: str) -> tuple[str, ...]:
    """The texts that the code has now, each once, sorted so that a change moves nothing else."""
    return tuple(sorted(set(SOURCES[domain]())))


def plural_of(text: str) -> bool:
    """Whether a text of a page counts something: `n` is always the number that decides its form."""
    return "%(n)s" in text


def read(domain: str, language: str = "en") -> Catalog:
    """A catalogue as it is kept; an empty one when there is none."""
    path = path_of(domain, language)
    if not path.is_file():
        return Catalog(language, domain=domain)
    return read_po(BytesIO(path.read_bytes()), locale=language, domain=domain)


def key_of(message: Message) -> str:
    """The Chinese text of an entry."""
    return str(message.id[0] if isinstance(message.id, tuple) else message.id)


def texts_of(message: Message) -> tuple[str, ...]:
    """The translations of an entry, one for each form."""
    found = message.string if isinstance(message.string, tuple) else (message.string,)
    return tuple(str(one or "") for one in found)


def update(domain: str, language: str = "en") -> Catalog:
    """Bring a catalogue to the texts of the code: new ones empty, unused ones gone, translations kept."""
    known = {key_of(one): texts_of(one) for one in read(domain, language) if one.id}
    made = Catalog(language, domain=domain, fuzzy=False)
    for text in collected(domain):
        given = known.get(text, ("",))
        counts = domain == "messages" and plural_of(text)
        made.add((text, text) if counts else text, (given[0], given[-1]) if counts else given[0])
    write(made, path_of(domain, language))
    return made


def write(catalog: Catalog, path: Path) -> None:
    """Keep a catalogue, without dates and places, which would change with every call."""
    path.parent.mkdir(parents=True, exist_ok=True)
    kept = BytesIO()
    write_po(kept, catalog, width=110, no_location=True, omit_header=True, sort_output=False)
    plural = f"Plural-Forms: nplurals={catalog.num_plurals}; plural={catalog.plural_expr};"
    said = [f"Language: {catalog.locale}", "Content-Type: text/plain; charset=utf-8", plural]
    head = "".join(f'"{line}\\n"\n' for line in said)
    path.write_text(f'msgid ""\nmsgstr ""\n{head}\n{kept.getvalue().decode()}', "utf-8")


def missing(catalog: Catalog) -> Iterable[str]:
    """Texts without a translation."""
    return [key_of(one) for one in catalog if one.id and not all(texts_of(one))]


def main() -> int:
    """Update and compile everything; tell what lacks a translation."""
    lacking = 0
    for language in LANGUAGES:
        for domain in SOURCES:
            for text in missing(update(domain, language)):
                lacking += 1
                sys.stdout.write(f"{path_of(domain, language).relative_to(WEB.parent)}: {text!r}\n")
    compile_catalogues(WEB)
    sys.stdout.write(f"{lacking} texts without a translation\n")
    return 1 if lacking else 0


if __name__ == "__main__":
    sys.exit(main())
