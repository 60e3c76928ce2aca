"""What servers leave lying about: deleted entries they keep for a while, and second ones of a
replication conflict.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

ATTRIBUTES = ("nsds5ReplConflict", "isDeleted")
"""What a reading must ask for, beside the object classes."""

DELETED, CONFLICT = (
    "deleted entry that the server still keeps",
    "second entry of a replication conflict",
)

_MARKED_NAME = re.compile(
    r"(?:[^,\\]|\\.)*?(?:\\0A|\n)(CNF|DEL):", re.IGNORECASE | re.DOTALL
)
"""How Active Directory marks the name of an entry: a line feed, CNF or DEL, the identity."""


def why_left_out(attributes: Mapping[str, Sequence[str]], dn: str) -> str:
    """Return why an entry is nobody's account although it looks like one, or nothing."""
    classes = map(str.lower, attributes.get("objectclass", ()))
    deleted = [value.upper() for value in attributes.get("isdeleted", ())] == ["TRUE"]
    marked = _MARKED_NAME.match(dn) if ":" in dn else None
    mark = marked[1].upper() if marked else ""
    if deleted or mark == "DEL" or "nstombstone" in classes:
        return DELETED
    return CONFLICT if mark or attributes.get("nsds5replconflict") else ""
