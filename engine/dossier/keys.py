"""The office's key (Ed25519, RFC 8032): it signs manifests; the office keeps its fingerprint on paper."""

from __future__ import annotations

import hashlib

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from engine.errors import InvalidInput


def new_key() -> str:
    """A new private key: PEM, PKCS #8, unencrypted."""
    made = Ed25519PrivateKey.generate()
    return made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def private(pem: str) -> Ed25519PrivateKey:
    """The private key of a PEM text; InvalidInput for anything else."""
    try:
        found = load_pem_private_key(pem.encode(), None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise InvalidInput("卷宗签章密钥不是可用的PEM私钥，请检查 WENZE_OFFICE_KEY。") from error
    if not isinstance(found, Ed25519PrivateKey):
        raise InvalidInput("卷宗签章密钥应为Ed25519私钥，请检查 WENZE_OFFICE_KEY。")
    return found


def check_key(pem: str) -> None:
    """InvalidInput unless this is a private key that can sign."""
    private(pem)


def public(pem: bytes) -> Ed25519PublicKey:
    """The public key of a PEM text; InvalidInput for anything else."""
    try:
        found = load_pem_public_key(pem)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise InvalidInput("不是PEM公钥。") from error
    if not isinstance(found, Ed25519PublicKey):
        raise InvalidInput("不是Ed25519公钥。")
    return found


def pem_of(key: Ed25519PublicKey) -> bytes:
    """The one PEM text of a public key."""
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def public_pem(private_pem: str) -> str:
    """The public part of a private key, as PEM."""
    return pem_of(private(private_pem).public_key()).decode()


def fingerprint(pem: bytes) -> str:
    """SHA-256 of a public key in groups of four hexadecimal digits, to be compared by eye."""
    raw = public(pem).public_bytes(Encoding.Raw, PublicFormat.Raw)
    digits = hashlib.sha256(raw).hexdigest()[:32].upper()
    return " ".join(digits[at : at + 4] for at in range(0, len(digits), 4))


def signs(pem: bytes, signature: bytes, data: bytes) -> bool:
    """Whether the signature of the data is this key's."""
    try:
        public(pem).verify(signature, data)
    except InvalidSignature:
        return False
    return True
