"""Search filters as text (RFC 4515), safe for every value."""

from __future__ import annotations

import string
from collections.abc import Iterable

ANYTHING = "(objectClass=*)"
_HARMLESS = frozenset((string.ascii_letters + string.digits + "-_.=,@").encode())


def equals(attribute: str, value: str | bytes) -> str:
    """Return the condition that ``attribute`` has ``value``, with every doubtful byte escaped."""
    raw = value.encode() if isinstance(value, str) else value
    return f"({attribute}={''.join(map(_escaped, raw))})"


def all_of(*conditions: str) -> str:
    """Return the condition that every one of ``conditions`` holds."""
    return conditions[0] if len(conditions) == 1 else f"(&{''.join(conditions)})"


def any_of(conditions: Iterable[str]) -> str:
    """Return the condition that at least one of ``conditions`` holds."""
    return f"(|{''.join(conditions)})"


def absent(condition: str) -> str:
    """Return the condition that ``condition`` does not hold."""
    return f"(!{condition})"


def _escaped(byte: int) -> str:
    return chr(byte) if byte in _HARMLESS else f"\\{byte:02x}"
