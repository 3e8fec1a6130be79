"""Passwords of staff: argon2id with the library's own parameters (RFC 9106, low memory).

One hash takes 64 MiB and about a tenth of a second, so it is made neither inside a transaction nor
on the event loop.
"""

from __future__ import annotations

import secrets
import unicodedata
from functools import cache
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

ONE_TIME_BYTES: Final = 9
"""Randomness of a password that staff are given: 72 bits, 12 letters."""


def one_time() -> str:
    """Return a password to be changed at the first login."""
    return secrets.token_urlsafe(ONE_TIME_BYTES)


def hashed(password: str) -> str:
    """Return what may be kept of a password."""
    return PasswordHasher().hash(_typed(password))


def fits(password: str, kept: str | None) -> bool:
    """Tell whether a password is the one behind a hash.

    Without a hash it takes as long and says no: nobody learns from the time which names there are.
    """
    try:
        PasswordHasher().verify(kept or _of_nobody(), _typed(password))
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None


@cache
def _of_nobody() -> str:
    return hashed(secrets.token_urlsafe())


def _typed(password: str) -> str:
    """Level what Chinese input methods type differently: full-width digits are digits."""
    return unicodedata.normalize("NFKC", password)
