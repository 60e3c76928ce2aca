"""The keys that seal the audit trail.

They lie outside of the database: who owns that cannot write another past.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from pathlib import Path

from app.core.errors import Away, Refused
from app.core.said import said
from app.core.whole_files import make_once, put_whole

HEAD = (
    "# The keys that seal Rung's audit trail, and from which event on. Keep a copy away from "
    "this machine:\n"
    "# backups do not hold them. See docs/reference/audit.md.\n"
)
KEY = re.compile(r"key ([0-9a-f]{64}) from (\d+)")
ACCEPTED = re.compile(r"accepted (\d+) ([0-9a-f]{64})")
LONGEST_ID = 18
"""Digits a number of an event has at most."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key, and the number of the first event that it sealed."""

    secret: str
    first: int

    @property
    def name(self) -> str:
        """Return what tells this key from others without giving it away: 8 hex digits of its
        SHA-256.
        """
        return hashlib.sha256(self.secret.encode()).hexdigest()[:8]

    def seal(self, text: str) -> str:
        """Return the HMAC-SHA-256 (RFC 2104) of ``text`` behind the key's name, as stored with an
        event.
        """
        made = hmac.new(bytes.fromhex(self.secret), text.encode(), hashlib.sha256)
        return f"{self.name}:{made.hexdigest()}"


@dataclass(frozen=True, slots=True)
class Accepted:
    """The last event of a past that no key here proves, and its hash: somebody took it as it
    was.
    """

    event: int
    hash: str


@dataclass(frozen=True, slots=True)
class Ring:
    """All keys known here, the one in use last, and the past that was accepted without proof."""

    keys: tuple[Key, ...] = ()
    accepted: Accepted | None = None

    def knows(self, seal: str) -> bool:
        """Tell whether the key that made ``seal`` is here."""
        return any(key.name == key_name(seal) for key in self.keys)

    def fits(self, seal: str, text: str) -> bool:
        """Tell whether ``seal`` was made over ``text`` by a key of this ring."""
        return any(hmac.compare_digest(key.seal(text), seal) for key in self.keys)

    def wants_seal(self, event: int) -> bool:
        """Tell whether the event with this number must bear a seal."""
        return not self.accepts(event) and any(event >= key.first for key in self.keys)

    def accepts(self, event: int) -> bool:
        """Tell whether this event belongs to the past that was accepted without proof."""
        return self.accepted is not None and event <= self.accepted.event


@dataclass(frozen=True, slots=True)
class KeyFile:
    """The file with the keys; it is made when the first event needs one."""

    path: Path

    def ring(self) -> Ring:
        """Return what the file holds; nothing when there is none.

        Raises ``Refused`` when it is damaged.
        """
        try:
            lines = self.path.read_text(encoding="ascii").splitlines()
        except FileNotFoundError:
            return Ring()
        except (OSError, UnicodeDecodeError) as error:
            raise Refused(
                said(
                    "%(path)s cannot be read. Put it back from your copy.",
                    path=self.path,
                )
            ) from error
        ring = Ring()
        for number, line in enumerate(lines, 1):
            ring = self._with_line(ring, number, line.strip())
        if not ring.keys:
            raise Refused(
                said(
                    "%(path)s holds no key. Put it back from your copy.", path=self.path
                )
            )
        return ring

    def begin(self, first: int) -> Ring:
        """Make a key that seals from event ``first`` on, unless another process was quicker; return
        what holds.
        """
        try:
            make_once(self.path, HEAD + _key_line(Key(secrets.token_hex(32), first)))
        except OSError as error:
            raise Away(
                said(
                    "%(path)s cannot be written (%(strerror)s).",
                    path=self.path,
                    strerror=error.strerror,
                )
            ) from error
        return self.ring()

    def renew(self, ring: Ring, accepted: Accepted) -> Ring:
        """Add a key for what comes after ``accepted``, and take all up to there without proof."""
        fresh = Key(secrets.token_hex(32), accepted.event + 1)
        return self._write(Ring((*ring.keys, fresh), accepted))

    def _write(self, ring: Ring) -> Ring:
        lines = [_key_line(key) for key in ring.keys]
        if ring.accepted:
            lines.append(f"accepted {ring.accepted.event} {ring.accepted.hash}\n")
        put_whole(self.path, HEAD + "".join(lines))
        return ring

    def _with_line(self, ring: Ring, number: int, line: str) -> Ring:
        if not line or line.startswith("#"):
            return ring
        if found := KEY.fullmatch(line):
            return Ring(
                (*ring.keys, Key(found[1], self._number(number, found[2]))),
                ring.accepted,
            )
        if found := ACCEPTED.fullmatch(line):
            return Ring(ring.keys, Accepted(self._number(number, found[1]), found[2]))
        raise self._damaged(number)

    def _number(self, line: int, digits: str) -> int:
        if len(digits) > LONGEST_ID:
            raise self._damaged(line)
        return int(digits)

    def _damaged(self, line: int) -> Refused:
        return Refused(
            said(
                "%(path)s is damaged in line %(line)s. Put it back from your copy.",
                path=self.path,
                line=line,
            )
        )


def key_name(seal: str) -> str:
    """Return the name of the key that made ``seal``."""
    return seal.partition(":")[0]


def _key_line(key: Key) -> str:
    return f"key {key.secret} from {key.first}\n"
