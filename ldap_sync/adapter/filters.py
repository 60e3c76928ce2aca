"""Search filters as text (RFC 4515), safe for every value."""

from __future__ import annotations

import re
import string
from collections.abc import Iterable

ANYTHING = "(objectClass=*)"
_HARMLESS = string.ascii_letters + string.digits + "-_.=,@"
_DOUBTFUL = re.compile(f"[^{re.escape(_HARMLESS)}]".encode())


def equals(attribute: str, value: str | bytes) -> str:
    """Return the condition that ``attribute`` has ``value``, with every doubtful byte escaped."""
    raw = value.encode() if isinstance(value, str) else value
    return f"({attribute}={_DOUBTFUL.sub(_escaped, raw).decode()})"


def all_of(*conditions: str) -> str:
    """Return the condition that every one of ``conditions`` holds."""
    return conditions[0] if len(conditions) == 1 else f"(&{''.join(conditions)})"


def any_of(conditions: Iterable[str]) -> str:
    """Return the condition that at least one of ``conditions`` holds."""
    return f"(|{''.join(conditions)})"


def absent(condition: str) -> str:
    """Return the condition that ``condition`` does not hold."""
    return f"(!{condition})"


def _escaped(doubtful: re.Match[bytes]) -> bytes:
    return b"\\%02x" % doubtful[0][0]
