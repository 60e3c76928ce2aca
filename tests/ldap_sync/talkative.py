"""Servers that write down what they are asked."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tests.ldap_sync.servers import Slapd


@dataclass
class TalkativeSlapd(Slapd):
    """A server that writes what it is asked (``loglevel stats``)."""

    @property
    def log(self) -> Path:
        """Return where it writes."""
        return self.folder / "output"

    def command(self) -> list[str]:
        """Return the command that starts slapd in the foreground, with its log."""
        return [*super().command()[:-1], "256"]
