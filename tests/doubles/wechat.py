"""A WeChat platform that pushes: it signs, encrypts, asks again, and reads answers as WeChat does.

It shares no code with the channel: signatures and envelopes are its own. Rules from
the published pages: an answer within 5 seconds, else the same push again, four deliveries in all;
``success`` or nothing means nothing to say; anything else must be a text message in XML, in an
envelope where the account asks for one. 2048 bytes of text are a measured limit.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Literal
from xml.etree import ElementTree

import httpx
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

APP_ID = "wx00000000example"
TOKEN = "example-token"
KEY = "ExampleKeyExampleKeyExampleKeyExampleKey012"
OTHER_KEY = "AnotherKeyAnotherKeyAnotherKeyAnotherKey012"
ACCOUNT = "gh_0000example"
PATIENCE_S = 5.0
DELIVERIES = 4
MOST_BYTES = 2048
UNAVAILABLE = "该公众号提供的服务出现故障，请稍后再试"

Mode = Literal["plain", "compatible", "safe"]


class Odd(Exception):
    """An answer that WeChat cannot show."""


def sign(*parts: str) -> str:
    return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()


def cipher(key: str) -> Cipher[modes.CBC]:
    raw = base64.b64decode(f"{key}=")
    return Cipher(algorithms.AES(raw), modes.CBC(raw[:16]))


def encrypt_blocks(plain: bytes, key: str = KEY) -> str:
    """Encrypt whole blocks of 16 bytes, whatever they hold."""
    sealer = cipher(key).encryptor()
    return base64.b64encode(sealer.update(plain) + sealer.finalize()).decode()


def encrypt(text: str | bytes, key: str = KEY, app_id: str = APP_ID) -> str:
    """Seal as published: 16 random bytes, the length in 4, the text, the app id; PKCS#7 to 32."""
    content = text.encode() if isinstance(text, str) else text
    size = len(content).to_bytes(4, "big")
    plain = secrets.token_bytes(16) + size + content + app_id.encode()
    count = 32 - len(plain) % 32
    return encrypt_blocks(plain + bytes([count]) * count, key)


def decrypt(sealed: str, key: str = KEY, app_id: str = APP_ID) -> str:
    """Open as published. Raises ValueError."""
    opener = cipher(key).decryptor()
    plain = opener.update(base64.b64decode(sealed, validate=True)) + opener.finalize()
    count = plain[-1]
    end = 20 + int.from_bytes(plain[16:20], "big")
    if not 1 <= count <= 32 or plain[end:] != app_id.encode() + bytes([count]) * count:
        raise ValueError("padding, length or app id")
    return plain[20:end].decode()


def cdata(text: str) -> str:
    return "<![CDATA[" + text.replace("]]>", "]]]]><![CDATA[>") + "]]>"


def compose(fields: Mapping[str, str | int]) -> str:
    elements = (
        f"<{name}>{value if isinstance(value, int) else cdata(value)}</{name}>"
        for name, value in fields.items()
    )
    return f"<xml>{''.join(elements)}</xml>"


@dataclass
class WechatPlatform:
    """One account. ``seen`` is what its followers read, ``odd`` what could not be shown."""

    client: httpx.AsyncClient
    mode: Mode = "safe"
    key: str = KEY
    token: str = TOKEN
    patience: float = PATIENCE_S
    odd: list[str] = field(default_factory=list)
    deliveries: int = 0
    _numbers: count[int] = field(default_factory=lambda: count(7_200_000_000_000_000_001))

    async def handshake(self) -> bool:
        """Check the address as the account's page does when it is entered."""
        word = str(next(self._numbers))
        response = await self.client.get("/wechat", params={**self.signed(), "echostr": word})
        return response.status_code == 200 and response.text == word

    async def say(self, openid: str, words: str, number: int | None = None) -> str | None:
        """Push a text message; return what the follower sees."""
        return await self.push(self.text(openid, words, number))

    async def do(self, openid: str, event: str, key: str = "", at: int | None = None) -> str | None:
        """Push an event; return what the follower sees."""
        return await self.push(self.event(openid, event, key, at))

    def text(self, openid: str, words: str, number: int | None = None) -> str:
        message: dict[str, str | int] = {"MsgType": "text", "Content": words}
        message["MsgId"] = number or next(self._numbers)
        return compose(self._head(openid) | message)

    def voice(self, openid: str) -> str:
        """A voice message without ``Recognition``, as it comes now."""
        message: dict[str, str | int] = {"MsgType": "voice", "MediaId": "sample", "Format": "amr"}
        return compose(self._head(openid) | message | {"MsgId": next(self._numbers)})

    def event(self, openid: str, event: str, key: str = "", at: int | None = None) -> str:
        head = self._head(openid) | ({"CreateTime": at} if at else {})
        return compose({**head, "MsgType": "event", "Event": event, "EventKey": key})

    def _head(self, openid: str) -> dict[str, str | int]:
        return {"ToUserName": ACCOUNT, "FromUserName": openid, "CreateTime": int(time.time())}

    async def push(self, xml: str) -> str | None:
        """Deliver until there is an answer that can be shown; return what the follower sees."""
        query, body = self.packed(xml)
        for _ in range(DELIVERIES):
            try:
                async with asyncio.timeout(self.patience):
                    response = await self.deliver(query, body)
                return self.read(xml, response)
            except (TimeoutError, httpx.HTTPError, Odd) as problem:
                self.odd.append(f"{type(problem).__name__}: {problem}")
        return UNAVAILABLE

    async def deliver(self, query: Mapping[str, str], body: str | bytes) -> httpx.Response:
        """Deliver once."""
        self.deliveries += 1
        headers = {"Content-Type": "text/xml"}
        return await self.client.post("/wechat", params=query, content=body, headers=headers)

    def signed(self, at: int | None = None) -> dict[str, str]:
        """Return the signed query of a push or a handshake."""
        timestamp = str(int(time.time()) if at is None else at)
        nonce = str(next(self._numbers))
        signature = sign(self.token, timestamp, nonce)
        return {"signature": signature, "timestamp": timestamp, "nonce": nonce}

    def packed(
        self, xml: str, at: int | None = None, app_id: str = APP_ID
    ) -> tuple[dict[str, str], str]:
        """Return query and body of a push in the account's mode."""
        query = self.signed(at)
        if self.mode == "plain":
            return query, xml
        return self.enclosed(query, encrypt(xml, self.key, app_id), xml)

    def enclosed(self, query: dict[str, str], sealed: str, xml: str) -> tuple[dict[str, str], str]:
        """Return query and body of a push whose envelope is ``sealed``."""
        signature = sign(self.token, query["timestamp"], query["nonce"], sealed)
        query |= {"encrypt_type": "aes", "msg_signature": signature}
        envelope = f"<Encrypt>{cdata(sealed)}</Encrypt></xml>"
        if self.mode == "compatible":
            return query, xml.replace("</xml>", envelope)
        return query, f"<xml><ToUserName>{cdata(ACCOUNT)}</ToUserName>{envelope}"

    def read(self, xml: str, response: httpx.Response) -> str | None:
        """Return the text that an answer shows, None for nothing. Raises Odd."""
        if response.status_code != 200:
            raise Odd(f"status {response.status_code}")
        if response.content in (b"", b"success"):
            return None
        answer = _fields(response.content)
        if self.mode == "safe" or (self.mode == "compatible" and "Encrypt" in answer):
            answer = _fields(self._unsealed(answer).encode())
        return _text(_fields(xml.encode()), answer)

    def _unsealed(self, answer: Mapping[str, str]) -> str:
        if set(answer) != {"Encrypt", "MsgSignature", "TimeStamp", "Nonce"}:
            raise Odd(f"an envelope with {sorted(answer)}")
        signed = (self.token, answer["TimeStamp"], answer["Nonce"], answer["Encrypt"])
        if answer["MsgSignature"] != sign(*signed):
            raise Odd("an envelope with a wrong signature")
        try:
            return decrypt(answer["Encrypt"], self.key)
        except Exception as problem:
            raise Odd(f"an envelope that does not open: {type(problem).__name__}") from None


def _fields(body: bytes) -> dict[str, str]:
    try:
        root = ElementTree.fromstring(body)
    except ElementTree.ParseError as problem:
        raise Odd(f"no XML: {problem}") from None
    if root.tag != "xml" or len({element.tag for element in root}) != len(root):
        raise Odd("XML of another form")
    return {element.tag: element.text or "" for element in root}


def _text(push: Mapping[str, str], answer: Mapping[str, str]) -> str:
    if set(answer) != {"ToUserName", "FromUserName", "CreateTime", "MsgType", "Content"}:
        raise Odd(f"a text with {sorted(answer)}")
    if (answer["ToUserName"], answer["FromUserName"]) != (push["FromUserName"], push["ToUserName"]):
        raise Odd("a text to somebody else")
    if answer["MsgType"] != "text" or abs(int(answer["CreateTime"]) - time.time()) > 60:
        raise Odd("a text of another kind or time")
    if not 0 < len(answer["Content"].encode()) <= MOST_BYTES:
        raise Odd(f"a text of {len(answer['Content'].encode())} bytes")
    return answer["Content"]
