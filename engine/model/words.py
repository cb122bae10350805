"""Words of the domain in another language, which come with the bundles: for reading only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """What texts of a bundle are called in another language."""

    language: str
    words: Mapping[str, str]
