"""Answers are sealed while a pulse is open: a backup, or whoever reads the database, sees none.

The key is made of the installation's secret. A keyed hash in counter mode hides the text, another
one shows whether it is whole; all sealed texts are padded, so that their length tells nothing.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from itertools import count
from typing import Any

BLOCK = 4096
"""The padded length grows in steps of this many bytes."""
NONCE = TAG = 32
SALT = b"rung pulse ballot"


class Unsealable(Exception):
    """A sealed text is damaged, or was sealed with another secret."""


def seal(secret: str, values: Mapping[str, Any]) -> str:
    """Return values as a text that only this installation opens."""
    plain = json.dumps(values).encode()
    padded = plain + b" " * (-len(plain) % BLOCK)
    nonce = secrets.token_bytes(NONCE)
    hidden = _crossed(secret, nonce, padded)
    whole = nonce + hidden + _tag(secret, nonce + hidden)
    return base64.b64encode(whole).decode("ascii")


def unseal(secret: str, text: str) -> dict[str, Any]:
    """Return what was sealed. Raises ``Unsealable``."""
    whole = base64.b64decode(text)
    body, tag = whole[:-TAG], whole[-TAG:]
    if not hmac.compare_digest(tag, _tag(secret, body)):
        raise Unsealable
    found: dict[str, Any] = json.loads(_crossed(secret, body[:NONCE], body[NONCE:]))
    return found


def _key(secret: str, use: bytes) -> bytes:
    return hmac.digest(secret.encode(), SALT + b" " + use, hashlib.sha256)


def _tag(secret: str, body: bytes) -> bytes:
    return hmac.digest(_key(secret, b"whole"), body, hashlib.sha256)


def _crossed(secret: str, nonce: bytes, text: bytes) -> bytes:
    key, stream = _key(secret, b"hidden"), b""
    for number in count():
        if len(stream) >= len(text):
            break
        stream += hmac.digest(key, nonce + number.to_bytes(8, "big"), hashlib.sha256)
    return bytes(one ^ other for one, other in zip(text, stream, strict=False))
