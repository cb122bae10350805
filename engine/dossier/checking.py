"""Checking a dossier: signature, files, record, and whether these agree; needs nothing but the file."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import IO, Any

from engine.dossier import keys
from engine.dossier.archive import exact, opened, read
from engine.dossier.contents import CASE, RECORD, event_of
from engine.dossier.writing import FORMAT, MANIFEST, PUBLIC, SIGNATURE
from engine.errors import InvalidInput
from engine.model.chain import Head, broken
from engine.model.execution import JsonObject
from engine.model.records import HistoryEvent

_OWN = {MANIFEST, SIGNATURE, PUBLIC}
_NO_MANIFEST = "没有清单，或清单读不出，不是完整的卷宗包。"


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of a check."""

    problems: tuple[str, ...]  #: in Chinese; none: the dossier is as it was made
    manifest: JsonObject
    fingerprint: str  #: of the key that it was signed with; "" when that can't be read
    trusted: bool  #: whether that key is the one that was given

    @property
    def files(self) -> int:
        """Number of files on the manifest."""
        return len(self.manifest.get("files", ()))

    @property
    def entries(self) -> int:
        """Number of the record's entries by the manifest."""
        return int(self.manifest.get("record", {}).get("entries", 0))

    @property
    def veiled(self) -> int:
        """How many of these are told without what is protected in them: their own hash says nothing."""
        return len(self.manifest.get("record", {}).get("veiled", ()))


def check(file: IO[bytes], key: bytes | None = None) -> Checked:
    """Check a dossier; `key` is the office's public key (PEM) as it is known from elsewhere."""
    try:
        archive = opened(file)
        manifest, signed = _manifest(archive)
    except InvalidInput as refusal:
        return Checked((refusal.message,), {}, "", False)
    pem = read(archive, PUBLIC) or b""
    problems = [*_signature(archive, pem, signed, key), *_files(archive, manifest)]
    if not problems:
        problems = list(_record(archive, manifest))
    if not problems and not exact(file, archive):
        problems = ["压缩包里有清单以外的字节，不是原样的卷宗包。"]
    return Checked(tuple(problems), manifest, _fingerprint(pem), key is not None and _same(key, pem))


def _manifest(archive: zipfile.ZipFile) -> tuple[JsonObject, bytes]:
    signed = read(archive, MANIFEST)
    try:
        manifest = json.loads(signed or b"")
        right = manifest["format"] == FORMAT and isinstance(manifest["record"]["entries"], int)
        paths = [(one["path"], one["size"], one["sha256"]) for one in manifest["files"]]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise InvalidInput(_NO_MANIFEST) from error
    if not right or not all(isinstance(path, str) for path, _, _ in paths):
        raise InvalidInput(_NO_MANIFEST)
    return manifest, signed or b""


def _fingerprint(pem: bytes) -> str:
    try:
        return keys.fingerprint(pem)
    except InvalidInput:
        return ""


def _same(key: bytes, pem: bytes) -> bool:
    try:
        return keys.pem_of(keys.public(key)) == pem
    except InvalidInput as error:
        raise InvalidInput("所给的公钥文件不是Ed25519公钥（PEM）。") from error


def _signature(archive: zipfile.ZipFile, pem: bytes, signed: bytes, key: bytes | None) -> Iterator[str]:
    signature = read(archive, SIGNATURE) or b""
    try:
        known = keys.pem_of(keys.public(pem)) == pem
    except InvalidInput:
        known = False
    if not known:
        yield "包内的公钥读不出，已被改动。"
    elif not keys.signs(pem, signature, signed):
        yield "签章与清单不符：清单、签章或公钥已被改动。"
    if key is not None and not _same(key, pem):
        yield "包内的公钥不是所给单位的公钥，这份卷宗不是该单位签章的。"


def _files(archive: zipfile.ZipFile, manifest: JsonObject) -> Iterator[str]:
    listed = {one["path"]: one for one in manifest["files"]}
    there = set(archive.namelist()) - _OWN
    for path in sorted(there - listed.keys()):
        yield f"“{path}”不在清单上，是后来加进的。"
    for path, one in listed.items():
        data = read(archive, path) if path in there else None
        if path not in there:
            yield f"缺少“{path}”。"
        elif data is None:
            yield f"“{path}”已经损坏，读不出。"
        elif len(data) != one["size"] or hashlib.sha256(data).hexdigest() != one["sha256"]:
            yield f"“{path}”的内容与清单不符，已被改动。"


def _record(archive: zipfile.ZipFile, manifest: JsonObject) -> Iterator[str]:
    """Whether the record is whole and the documents are those that it tells of."""
    try:
        events = [event_of(json.loads(line)) for line in (read(archive, RECORD) or b"").splitlines()]
        case = json.loads(read(archive, CASE) or b"")
        kept = Head(manifest["record"]["entries"], manifest["record"]["head"])
        yield from broken(events, kept, frozenset(manifest["record"].get("veiled", ())))
        yield from _foreign(events, manifest["case"]["id"])
        yield from _documents(events, case["documents"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        yield f"办理记录读不出：{type(error).__name__}。"


def _foreign(events: Sequence[HistoryEvent], instance_id: str) -> Iterator[str]:
    for event in events:
        if event.instance_id != instance_id:
            yield f"第{event.seq}条记录不是这一件的。"


def _documents(events: Sequence[HistoryEvent], listed: Sequence[Any]) -> Iterator[str]:
    told = {
        event.data["id"]: (event.data["name"], event.data["sha256"])
        for event in events
        if event.kind in ("document.created", "document.attached")
    }
    kept = {one["id"]: (one["name"], one["sha256"]) for one in listed}
    for one in sorted(told.keys() - kept.keys()):
        yield f"办理记录所记的“{told[one][0]}”不在卷宗中。"
    for one, (name, sha256) in kept.items():
        if one not in told or told[one][1] != sha256:
            yield f"“{name}”与办理记录所记的不符。"
