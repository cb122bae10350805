"""Writing a dossier: its files, then the manifest of them all, then the office's signature of that."""

from __future__ import annotations

import hashlib
import zipfile
from typing import IO

from engine.dossier import keys, sheet
from engine.dossier.archive import MAX_FILES, MAX_TOTAL, add
from engine.dossier.contents import Dossier, parts, pretty
from engine.errors import InvalidInput
from engine.model.execution import JsonObject

FORMAT = "wenze-dossier/1"
MANIFEST, SIGNATURE, PUBLIC = "manifest.json", "manifest.sig", "office.pub"


def write(dossier: Dossier, key: str, file: IO[bytes]) -> JsonObject:
    """Write the ZIP into an open file, signed with the PEM private key; gives the manifest."""
    private = keys.private(key)
    listed: list[JsonObject] = []
    total = 0
    with zipfile.ZipFile(file, "w") as archive:
        for part in parts(dossier, sheet.index):
            total += len(part.data)
            if total > MAX_TOTAL or len(listed) > MAX_FILES - 5:
                raise InvalidInput("这一件的卷宗过大，不能导出为一个文件。")
            add(archive, part.path, part.data)
            listed.append(
                {
                    "path": part.path,
                    "size": len(part.data),
                    "sha256": hashlib.sha256(part.data).hexdigest(),
                    "about": part.about,
                }
            )
        manifest = _manifest(dossier, listed)
        signed = pretty(manifest)
        add(archive, MANIFEST, signed)
        add(archive, SIGNATURE, private.sign(signed))
        add(archive, PUBLIC, keys.pem_of(private.public_key()))
    return manifest


def _manifest(dossier: Dossier, listed: list[JsonObject]) -> JsonObject:
    instance, last = dossier.case.instance, dossier.record[-1]
    veiled = {"veiled": list(dossier.veiled)} if dossier.veiled else {}
    return {
        "format": FORMAT,
        "office": dossier.office,
        "case": {
            "id": instance.id,
            "business_key": instance.business_key,
            "title": instance.title,
            "process": dossier.case.process_name,
            "status": instance.status,
        },
        "made_at": dossier.made_at,
        "made_by": dossier.made_by.display,
        "reason": dossier.reason,
        "record": {"entries": last.seq, "head": last.hash} | veiled,
        "files": listed,
    }
