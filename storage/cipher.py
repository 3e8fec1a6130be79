"""Encryption of columns: AES-256-GCM with a fresh nonce, and a blind index for equality."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from storage.errors import WrongKey

KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12


def new_key() -> str:
    """Return a fresh key as it is written into a key file: 32 bytes, URL-safe base64."""
    return base64.urlsafe_b64encode(os.urandom(KEY_BYTES)).decode("ascii")


def decode_key(text: str) -> bytes:
    """Return the 32 bytes of a key. Raises ValueError for anything else."""
    try:
        key = base64.b64decode(text.strip().encode("ascii"), altchars=b"-_", validate=True)
    except (UnicodeEncodeError, binascii.Error) as problem:
        raise ValueError("not URL-safe base64") from problem
    if len(key) != KEY_BYTES:
        raise ValueError(f"{len(key)} bytes instead of {KEY_BYTES}")
    return key


def _derive(key: bytes, purpose: bytes) -> bytes:
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=b"guanxin " + purpose).derive(key)


class Cipher:
    """Encrypts values and computes their blind index, each with a key of its own."""

    def __init__(self, key: bytes) -> None:
        self._aead = AESGCM(_derive(key, b"columns"))
        self._index_key = _derive(key, b"blind index")

    def encrypt(self, text: str, column: str) -> bytes:
        """Return nonce and ciphertext; ``column`` is bound to it, so values cannot be swapped."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._aead.encrypt(nonce, text.encode(), column.encode())

    def decrypt(self, stored: bytes, column: str) -> str:
        """Return the text. Raises WrongKey when key, column or bytes are not the right ones."""
        nonce, sealed = stored[:NONCE_BYTES], stored[NONCE_BYTES:]
        try:
            return self._aead.decrypt(nonce, sealed, column.encode()).decode()
        except (InvalidTag, ValueError):  # ValueError: too short to hold a nonce
            raise WrongKey(f"{column} cannot be read with this GUANXIN_KEY") from None

    def index(self, text: str) -> str:
        """Return what equals for equal texts and tells nothing else (HMAC-SHA256, 128 bits)."""
        return hmac.new(self._index_key, text.encode(), hashlib.sha256).hexdigest()[:32]
