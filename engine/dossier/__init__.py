"""A case's whole dossier as one signed ZIP file, and the check of such a file, which needs no database."""

from engine.dossier.archive import MAX_FILES, MAX_TOTAL
from engine.dossier.checking import Checked, check
from engine.dossier.contents import Dossier, Source
from engine.dossier.keys import check_key, fingerprint, new_key, public_pem
from engine.dossier.writing import write

__all__ = [
    "MAX_FILES",
    "MAX_TOTAL",
    "Checked",
    "Dossier",
    "Source",
    "check",
    "check_key",
    "fingerprint",
    "new_key",
    "public_pem",
    "write",
]
