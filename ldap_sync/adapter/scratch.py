"""What memberOf does after a guarded write, proved with groups made for a moment and taken away
again.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass

from ldap_sync import mapping
from ldap_sync.adapter import family, filters
from ldap_sync.adapter.requests import Control
from ldap_sync.adapter.session import Session
from ldap_sync.adapter.snapshot import SCRATCH
from ldap_sync.adapter.wire import assertion
from ldap_sync.adapter.words import some
from ldap_sync.dn import fold_or_self
from ldap_sync.port import DirectoryError
from ldap_sync.values import CheckFinding, Profile

MARK = "Made by Rung's check of this directory for a moment; nobody uses it and it may be deleted."
SUBJECT = "memberOf after a change"
PAUSE_SECONDS = 0.1
LATE_TRIES = 20
"""How often memberOf is looked at where it may follow late; the overlay of OpenLDAP is done before
it answers.
"""

_AT_ONCE = frozenset({family.OPENLDAP, family.DEMO})
_GONE = 32


@dataclass(frozen=True, slots=True)
class ScratchProof:
    """What was seen: whether memberOf is kept, follows a guarded change, and follows nesting; None:
    not proved.
    """

    kept: bool | None = None
    follows: bool | None = None
    nests: bool = False
    why_not: str = ""
    left: tuple[str, ...] = ()

    def findings(self) -> Iterator[CheckFinding]:
        """Put into words what was proved, and what could not be taken away again."""
        if self.follows is False:
            text = (
                "A guarded change left memberOf as it was: changes are not guarded by that "
                "control on this server."
            )
            advice = (
                "Before every change the group's identity is read again instead. Look whether "
                "memberOf is right."
            )
            yield CheckFinding(SUBJECT, "warning", text, advice)
        elif self.why_not:
            yield CheckFinding(
                SUBJECT,
                "ok",
                f"Not proved what memberOf does after a guarded change: {self.why_not}",
            )
        elif self.kept:
            text = (
                "memberOf follows a guarded change, both when a member is added and when one is "
                "taken out."
            )
            yield CheckFinding(
                SUBJECT, "ok", f"{text} Proved with groups made for it and deleted."
            )
        else:
            yield CheckFinding(
                SUBJECT,
                "ok",
                "This server keeps no memberOf that a guarded change could leave behind.",
            )
        if self.left:
            text = f"Groups made for the check could not be deleted: {some(self.left)}."
            advice = (
                "Delete them, and let the write account delete groups it made; the next check "
                "tries again too."
            )
            yield CheckFinding("scratch groups", "warning", text, advice)


def comes(look: Callable[[], bool], profile: Profile) -> bool:
    """Tell whether memberOf comes to be as wanted, waiting a moment where it may follow late."""
    tries = 1 if profile.family in _AT_ONCE else LATE_TRIES
    for _ in range(tries - 1):
        if look():
            return True
        time.sleep(PAUSE_SECONDS)
    return look()


def prove(writer: Session, profile: Profile, place: str) -> ScratchProof:
    """Make three groups, put one into another under the guard of every write, look, and take them
    away again.
    """
    trial = _Trial(writer, profile, place)
    try:
        trial.sweep()
        kept, follows, nests, why_not = trial.run()
    except DirectoryError as error:
        kept, follows, nests, why_not = None, None, False, str(error)
    finally:
        left = trial.clean_up()
    return ScratchProof(kept, follows, nests, why_not, left)


class _Trial:
    """One run; ``made`` are the groups that may be there and have to go."""

    def __init__(self, writer: Session, profile: Profile, place: str) -> None:
        self.writer, self.profile, self.place = writer, profile, place
        self.made: list[str] = []

    def run(self) -> tuple[bool | None, bool | None, bool, str]:
        """Return whether memberOf is kept, follows, nests; and why that could not be found out."""
        inner, outer = self._make("inner"), self._make("outer")
        top = self._make("top", outer) if outer else ""
        if not (inner and outer and top):
            return (
                None,
                None,
                False,
                f"the write account could not make groups in {self.place}.",
            )
        guard = self._guard(outer)
        added = self._write(outer, [], [inner], guard)
        shown = self._comes(inner, outer, True)
        nests = shown and self._comes(inner, top, True)
        taken = self._write(outer, [inner], [], guard)
        if added or taken:
            return (
                None,
                None,
                False,
                f"a guarded change was answered with code {added or taken}.",
            )
        if shown:
            return True, self._comes(inner, outer, False), nests, ""
        return self._without_guard(inner, outer)

    def _without_guard(
        self, inner: str, outer: str
    ) -> tuple[bool | None, bool | None, bool, str]:
        """Tell a server that keeps no memberOf from one whose memberOf the guard leaves behind."""
        self._write(outer, [], [inner], [])
        kept = self._comes(inner, outer, True)
        return kept, False if kept else None, False, ""

    def sweep(self) -> None:
        """Take away what an earlier check had to leave, such as one that was killed."""
        leftovers = filters.all_of(
            "(objectClass=groupOfNames)",
            f"(cn={SCRATCH}*)",
            filters.equals("description", MARK),
        )
        self.made += [
            entry.dn for entry in list(self.writer.below(self.place, leftovers, ["cn"]))
        ]

    def clean_up(self) -> tuple[str, ...]:
        """Delete what was made, by a fresh connection where the first one broke, and return what is
        still there.
        """
        for _ in range(2):
            for dn in [*self.made][::-1]:
                with suppress(DirectoryError):
                    if self.writer.wire.delete(dn).code in (0, _GONE):
                        self.made.remove(dn)
        return tuple(self.made)

    def _make(self, name: str, *members: str) -> str:
        """Make one group, which is its own first member so that no other entry is touched; nothing
        where refused.
        """
        cn = f"{SCRATCH}{uuid.uuid4()}-{name}"
        dn = f"cn={cn},{self.place}"
        attributes = {
            "objectClass": ["groupOfNames"],
            "cn": [cn],
            "description": [MARK],
            "member": [dn, *members],
        }
        self.made.append(dn)  # before it is sent: an answer may be lost
        if self.writer.wire.add(dn, attributes).code == 0:
            return dn
        self.made.remove(dn)
        return ""

    def _guard(self, dn: str) -> list[Control]:
        entry = self.writer.at(dn, [self.profile.key_attribute])
        key = mapping.identity(entry.attributes) if entry else ""
        return [assertion(family.still_behind(self.profile, key, dn))]

    def _write(
        self, dn: str, delete: list[str], add: list[str], controls: list[Control]
    ) -> int:
        return self.writer.wire.modify(dn, "member", delete, add, controls).code

    def _comes(self, dn: str, group: str, wanted: bool) -> bool:
        """Tell whether an entry comes to show a group, or to show it no more."""
        return comes(lambda: self._shows(dn, group) is wanted, self.profile)

    def _shows(self, dn: str, group: str) -> bool:
        entry = self.writer.at(dn, ["memberOf"])
        values = entry.attributes.get("memberof", []) if entry else []
        return fold_or_self(group) in map(fold_or_self, values)
