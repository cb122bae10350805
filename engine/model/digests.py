"""Digests of the record: a hash names its algorithm, so that older ones stay checkable after a change."""

from __future__ import annotations

import hashlib
import json
from typing import Any

SHA256 = "sha256"
SM3 = "sm3"
ALGORITHMS = (SHA256, SM3)
NOTHING = "0" * 64  #: stands before the first of a chain


def digest(data: bytes, algorithm: str = SHA256) -> str:
    """The hash in hexadecimal; of another algorithm than SHA-256 with its name before a colon."""
    found = hashlib.new(algorithm, data).hexdigest()
    return found if algorithm == SHA256 else f"{algorithm}:{found}"


def algorithm_of(kept: str) -> str:
    """The algorithm that a hash names."""
    name, colon, _ = kept.partition(":")
    return name if colon else SHA256


def fits(kept: str, data: bytes) -> bool:
    """Whether the hash is that of the data; no algorithm of ours never fits."""
    algorithm = algorithm_of(kept)
    return algorithm in ALGORITHMS and digest(data, algorithm) == kept


def canonical(value: Any) -> bytes:
    """JSON text that is the same for the same value."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode("utf-8", "surrogatepass")
