"""Secrets at rest: encrypted with a key that the database doesn't hold."""

from __future__ import annotations

import base64
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from engine.errors import Unavailable

LEAST = 32  #: characters of a key
_NONCE = 12


class Seal:
    """Seals texts under a key; each only opens for the owner that it was sealed for."""

    def __init__(self, key: str) -> None:
        self._key = key

    def close(self, text: str, owner: str) -> str:
        """The sealed text; Unavailable without a key."""
        nonce = secrets.token_bytes(_NONCE)
        sealed = self._cipher().encrypt(nonce, text.encode(), owner.encode())
        return base64.urlsafe_b64encode(nonce + sealed).decode()

    def open(self, sealed: str, owner: str) -> str:
        """The text; Unavailable without the key that it was sealed with."""
        data = base64.urlsafe_b64decode(sealed)
        try:
            return self._cipher().decrypt(data[:_NONCE], data[_NONCE:], owner.encode()).decode()
        except InvalidTag as error:
            raise Unavailable("保存的动态口令打不开：WENZE_SECRETS_KEY 与绑定时不同。") from error

    def _cipher(self) -> AESGCM:
        if len(self._key) < LEAST:
            raise Unavailable(f"没有设置 WENZE_SECRETS_KEY（至少{LEAST}个字符），不能使用动态口令。")
        derived = HKDF(SHA256(), 32, salt=None, info=b"wenze second factor").derive(self._key.encode())
        return AESGCM(derived)
