"""Whether a push is WeChat's own, and the envelope that only we can open and seal.

wechatpy opens and seals. Who signed, how fresh it is and which key fits is decided here, before.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal

from wechatpy.crypto import PrpCrypto  # type: ignore[import-untyped]
from wechatpy.crypto.cryptography import WeChatCipher  # type: ignore[import-untyped]

from bot.channels import wechat_xml

FRESH_S: Final = 600
"""A push whose time is further than this from the machine's clock is refused."""

_BLOCK: Final = 32
_RANDOM: Final = 16
_HEAD: Final = _RANDOM + 4
_HALF = re.compile(rb"\xed[\xa0-\xbf][\x80-\xbf]")
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
        return _opened(keys, word).text.decode()
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
        for envelope in (found.decode("ascii") for found in sealed):
            if _is_signed(given, *signed, envelope):
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


class _Cipher(WeChatCipher):  # type: ignore[misc]
    """wechatpy's cipher; wechatpy cuts the padding off without a look at it.

    Half a character of UTF-16, which is no UTF-8, becomes NULs of its length: ``wechat_xml`` leaves
    them out, as in a message in the clear.
    """

    def decrypt(self, ciphertext: bytes) -> bytes:
        """Return the text with its padding. Raises ValueError."""
        plain: bytes = super().decrypt(ciphertext)
        count = plain[-1] if plain else 0
        if not 1 <= count <= _BLOCK or plain[-count:] != bytes([count]) * count:
            raise ValueError("wrong padding")
        return plain[:_HEAD] + _HALF.sub(bytes(3), plain[_HEAD:])


class _Crypto(PrpCrypto):  # type: ignore[misc]
    """wechatpy's envelope: 16 random bytes, a length in four, the text, the app id, padding."""

    def __init__(self, key: bytes) -> None:
        self.cipher = _Cipher(key)

    def get_random_string(self) -> bytes:
        """Return bytes that nobody can foretell; wechatpy's come from ``random``."""
        return secrets.token_bytes(_RANDOM)


def _opened(keys: WechatKeys, envelope: str) -> Letter:
    """Return the letter in an envelope that WeChat signed. Raises Refused, whatever is in it.

    wechatpy raises what Python raises where it fails, its own error for another account, and
    UnicodeDecodeError for a letter that is not UTF-8; a wrong key may end in any of them.
    """
    for key in keys.opening:
        with contextlib.suppress(Exception):
            return Letter(_Crypto(key).decrypt(envelope, keys.app_id).encode(), key)
    raise Refused("key")


def seal(keys: WechatKeys, key: bytes, text: str, now: datetime) -> str:
    """Return ``text`` in a signed envelope."""
    sealed = _Crypto(key).encrypt(text, keys.app_id)
    return _signed(keys, sealed.decode("ascii"), int(now.timestamp()))


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
