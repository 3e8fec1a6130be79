"""Column types: encrypted text and JSON, and aware times kept in UTC."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, DateTime, Dialect, Engine, LargeBinary
from sqlalchemy.types import TypeDecorator

from storage.cipher import Cipher


def give_cipher(engine: Engine, cipher: Cipher) -> None:
    """Let the encrypted columns of ``engine`` use ``cipher``."""
    engine.dialect.guanxin_cipher = cipher  # type: ignore[attr-defined]


def cipher_of(tx: Connection) -> Cipher:
    """Return the cipher of an open transaction, for the blind index."""
    return _cipher(tx.dialect)


def _cipher(dialect: Dialect) -> Cipher:
    cipher: Cipher = dialect.guanxin_cipher  # type: ignore[attr-defined]
    return cipher


class Encrypted(TypeDecorator[str]):
    """Text that is unreadable without the key; ``column`` names it as "table.column"."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, column: str) -> None:
        super().__init__()
        self.column = column

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        """Encrypt on the way in."""
        return None if value is None else _cipher(dialect).encrypt(value, self.column)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:
        """Decrypt on the way out."""
        return None if value is None else _cipher(dialect).decrypt(bytes(value), self.column)


class EncryptedJson(Encrypted):
    """JSON that is unreadable without the key."""

    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> bytes | None:
        """Write as JSON, then encrypt."""
        if value is None:
            return None
        return super().process_bind_param(json.dumps(value, ensure_ascii=False), dialect)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> Any:
        """Decrypt, then read as JSON."""
        text = super().process_result_value(value, dialect)
        return None if text is None else json.loads(text)


class UtcTime(TypeDecorator[datetime]):
    """An aware time, kept in UTC; SQLite has no zones, so it keeps the bare UTC time."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn into UTC; refuse a time without a zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a time without a zone: {value!r}")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return an aware UTC time."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)
