"""Whether a push is WeChat's own, and the envelope that only we can open and seal."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from bot.channels import wechat_xml

FRESH_S: Final = 600
"""A push whose time is further than this from the machine's clock is refused."""

_BLOCK: Final = 32
_RANDOM: Final = 16
_SEALED = re.compile(rb"<Encrypt>\s*(?:<!\[CDATA\[)?([A-Za-z0-9+/=]+)(?:\]\]>)?\s*</Encrypt>")


class Refused(Exception):
    """A push that cannot be shown to be WeChat's, or is not fresh."""


@dataclass(frozen=True, slots=True)
class WechatKeys:
    """What WeChat and we know in common. Raises ValueError when a part is missing or is no key.

    ``aes_key_previous`` opens what was sealed before the key was changed.
    """

    app_id: str
    token: str = field(repr=False)
    aes_key: str = field(default="", repr=False)
    aes_key_previous: str = field(default="", repr=False)
    mode: Literal["plain", "compatible", "safe"] = "safe"

    def __post_init__(self) -> None:
        if not self.app_id or not self.token:
            raise ValueError("WeChat needs an app id and a token")
        if not self.aes_key and self.mode != "plain":
            raise ValueError(f"the mode {self.mode} needs an EncodingAESKey")
        _ = self.opening

    @property
    def opening(self) -> tuple[bytes, ...]:
        """The keys that open an envelope, the current one first."""
        return tuple(decode_key(key) for key in (self.aes_key, self.aes_key_previous) if key)


@dataclass(frozen=True, slots=True)
class Letter:
    """What WeChat pushed, and the key to answer with; None: answer in the clear."""

    text: bytes
    key: bytes | None = field(default=None, repr=False)


def decode_key(text: str) -> bytes:
    """Return an EncodingAESKey as bytes. Raises ValueError."""
    if not re.fullmatch(r"[A-Za-z0-9+/]{43}", text):
        raise ValueError("an EncodingAESKey has 43 letters and digits")
    return base64.b64decode(text + "=")


def signature(*parts: str) -> str:
    """Return the signature of the token and what else is signed."""
    return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()


def echo(keys: WechatKeys, query: Mapping[str, str], now: datetime) -> str:
    """Return what WeChat wants to hear when it checks our address. Raises Refused."""
    signed = _fresh_parts(keys, query, now)
    word = query.get("echostr", "")
    if keys.mode != "plain" and _is_signed(query.get("msg_signature", ""), *signed, word):
        return _opened(keys, word.encode()).text.decode("utf-8", "replace")
    if not _is_signed(query.get("signature", ""), *signed):
        raise Refused("signature")
    return word


def open_push(keys: WechatKeys, query: Mapping[str, str], body: bytes, now: datetime) -> Letter:
    """Return what was pushed once it is certain that WeChat said it. Raises Refused.

    Nothing is parsed before. An envelope is found by its look, and one that WeChat did not sign
    is never passed over in favour of the clear text beside it.
    """
    signed = _fresh_parts(keys, query, now)
    sealed = [] if keys.mode == "plain" else _SEALED.findall(body)
    if keys.mode == "safe" or sealed:
        given = query.get("msg_signature", "")
        for envelope in sealed:
            if _is_signed(given, *signed, envelope.decode("ascii")):
                return _opened(keys, envelope)
        raise Refused("envelope")
    if not _is_signed(query.get("signature", ""), *signed):
        raise Refused("signature")
    return Letter(body)


def _fresh_parts(keys: WechatKeys, query: Mapping[str, str], now: datetime) -> tuple[str, str, str]:
    timestamp = query.get("timestamp", "")
    if not re.fullmatch(r"[0-9]{1,10}", timestamp):
        raise Refused("time")
    if abs(int(timestamp) - now.timestamp()) > FRESH_S:
        raise Refused("stale")
    return keys.token, timestamp, query.get("nonce", "")


def _is_signed(given: str, *parts: str) -> bool:
    return hmac.compare_digest(given.encode(), signature(*parts).encode())


def _opened(keys: WechatKeys, envelope: bytes) -> Letter:
    for key in keys.opening:
        try:
            return Letter(_decrypt(key, envelope, keys.app_id), key)
        except ValueError:
            continue
    raise Refused("key")


def _decrypt(key: bytes, envelope: bytes, app_id: str) -> bytes:
    """Return the text: 16 random bytes, its length in four bytes, it, the app id, padding."""
    opener = _cipher(key).decryptor()
    plain = opener.update(base64.b64decode(envelope, validate=True)) + opener.finalize()
    content = _unpadded(plain)[_RANDOM:]
    end = 4 + int.from_bytes(content[:4], "big")
    if content[end:] != app_id.encode():
        raise ValueError("for another account, or not for this key")
    return content[4:end]


def _unpadded(plain: bytes) -> bytes:
    count = plain[-1] if plain else 0
    if not 1 <= count <= _BLOCK or plain[-count:] != bytes([count]) * count:
        raise ValueError("wrong padding")
    return plain[:-count]


def seal(keys: WechatKeys, key: bytes, text: str, now: datetime) -> str:
    """Return ``text`` in a signed envelope."""
    content = text.encode()
    plain = b"".join(
        (
            secrets.token_bytes(_RANDOM),
            len(content).to_bytes(4, "big"),
            content,
            keys.app_id.encode(),
        )
    )
    count = _BLOCK - len(plain) % _BLOCK
    sealer = _cipher(key).encryptor()
    sealed = sealer.update(plain + bytes([count]) * count) + sealer.finalize()
    return _signed(keys, base64.b64encode(sealed).decode("ascii"), int(now.timestamp()))


def _signed(keys: WechatKeys, envelope: str, timestamp: int) -> str:
    nonce = secrets.token_hex(8)
    return wechat_xml.write(
        {
            "Encrypt": envelope,
            "MsgSignature": signature(keys.token, str(timestamp), nonce, envelope),
            "TimeStamp": timestamp,
            "Nonce": nonce,
        }
    )


def _cipher(key: bytes) -> Cipher[modes.CBC]:
    return Cipher(algorithms.AES(key), modes.CBC(key[:16]))
