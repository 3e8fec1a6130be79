"""XML of about a megabyte or less that is made to cost time, memory or secrets."""

from __future__ import annotations

ENTITY = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
LAUGHS = b"".join(
    b'<!ENTITY l%d "%s">' % (level, b"&l%d;" % (level - 1) * 10) for level in range(1, 10)
)
BOMBS = {
    "external": b'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><xml><Content>&f;</Content></xml>',
    "parameter": b'<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x"> %p;]><xml></xml>',
    "laughs": b'<!DOCTYPE x [<!ENTITY l0 "ha">' + LAUGHS + b"]><xml><Content>&l9;</Content></xml>",
    "inside": b"<xml>" + ENTITY + b"<Content>&b;</Content></xml>",
    "quadratic": b'<!DOCTYPE x [<!ENTITY a "' + b"a" * 50_000 + b'">]><xml>' + b"&a;" * 50_000,
    "deep": b"<xml>" + b"<a>" * 340_000,
    "closed": b"<xml>" + b"<a>" * 140_000 + b"</a>" * 140_000 + b"</xml>",
    "crowd": b"<xml>" + b"".join(b"<a%d/>" % n for n in range(100_000)) + b"</xml>",
    "attributes": b"<xml " + b"".join(b'a%d="" ' % n for n in range(90_000)) + b"></xml>",
    "long name": b"<xml><" + b"a" * 1_000_000 + b"/></xml>",
}
