"""What whoever runs the server allows operators to name and to reach: secrets, unencrypted
directories, inner nets.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

PREFIX = "RUNG_"
VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Trust:
    """Folders, further files and variables that may hold secrets; ``own`` are files that hold
    Rung's own ones.

    Without anything said nothing is allowed.
    """

    folders: tuple[Path, ...] = ()
    files: frozenset[Path] = frozenset()
    variables: frozenset[str] = frozenset()
    own: frozenset[Path] = frozenset()
    plaintext: bool = False
    channel_nets: str = ""


NOTHING_ALLOWED = Trust()
