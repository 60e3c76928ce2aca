"""The questions of the log, asked of the directory as it is now."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass

from app.access.rehearsal.queries import Basis, basis_of
from app.access.rehearsal.rules import answers
from app.access.waves.queries import wave_alone
from app.core.errors import Away
from app.core.parts import Parts
from app.directory.actions import connection_of
from app.directory.rules import DIRECT, MEMBEROF, RECURSIVE, names
from ldap_sync.dn import fold_or_self
from ldap_sync.looks import LiveLook, Sought
from ldap_sync.port import DirectoryError, ReadDirectory


@dataclass(frozen=True, slots=True)
class LiveDifference:
    """Somebody the directory answers otherwise about than the plan promised."""

    person: str
    right: str
    lens: str
    promised: bool


@dataclass(frozen=True, slots=True)
class AskedAgain:
    """So many kinds of questions were asked of the directory about so many people, and what was
    otherwise.
    """

    asked: int
    people: int
    differences: tuple[LiveDifference, ...]


def ask_again(parts: Parts, wave_id: int) -> AskedAgain:
    """Ask the directory now what applications ask about the people of a wave.

    The answers are held against those after the plan. Raises ``NotFound``, ``Refused`` where no
    directory can be asked, ``Away``.
    """
    with parts.database.read() as session:
        basis = basis_of(session, wave_id)
        directory = wave_alone(session, wave_id).role.directory
        connection = connection_of(
            directory,
            parts.trust,
            writing=False,
        )
    try:
        with closing(parts.open_reader(connection)) as reader:
            found = _seen(reader, basis)
    except DirectoryError as error:
        raise Away(str(error)) from error
    return AskedAgain(
        len(basis.rehearsal.asked), len(basis.people), _compared(basis, found)
    )


Seen = dict[int, dict[str, frozenset[str]]]
"""What is seen of each person under each lens: keys of rights, and folded DNs for memberOf."""


def _seen(reader: ReadDirectory, basis: Basis) -> Seen:
    rows = [basis.graph.people[one] for one in basis.people]
    looks = reader.looks([Sought(row.key, row.dn, row.uid) for row in rows])
    above = _Above(reader)
    return {
        row.id: _lenses(look, above, basis)
        for row, look in zip(rows, looks, strict=True)
    }


def _lenses(
    look: LiveLook | None, above: _Above, basis: Basis
) -> dict[str, frozenset[str]]:
    if look is None:
        return dict.fromkeys(
            (DIRECT, MEMBEROF, RECURSIVE),
            frozenset(),
        )
    direct = frozenset(group.key for group in look.groups)
    asked = {lens for _, lens in basis.rehearsal.asked}
    below = above.reached(look) if RECURSIVE in asked else direct
    return {DIRECT: direct, MEMBEROF: look.memberof, RECURSIVE: below}


class _Above:
    """The groups above groups, each asked about once."""

    def __init__(self, reader: ReadDirectory) -> None:
        self._reader = reader
        self._parents: dict[str, tuple[tuple[str, str], ...]] = {}

    def reached(self, look: LiveLook) -> frozenset[str]:
        """Return the keys of all groups somebody is in, directly or not."""
        found = {group.key: group.dn for group in look.groups}
        waiting = list(found.values())
        while waiting:
            for key, dn in self._of(waiting.pop()):
                if key not in found:
                    found[key] = dn
                    waiting.append(dn)
        return frozenset(found)

    def _of(self, dn: str) -> tuple[tuple[str, str], ...]:
        if dn not in self._parents:
            above = self._reader.parents_of(dn)
            self._parents[dn] = tuple((group.key, group.dn) for group in above)
        return self._parents[dn]


def _compared(basis: Basis, seen: Seen) -> tuple[LiveDifference, ...]:
    people = frozenset(basis.people)
    promised = answers(
        basis.worlds.after,
        people,
        basis.rights,
        basis.transitive,
    )
    found = []
    for right_id, lens in basis.rehearsal.asked:
        right = basis.graph.rights[right_id]
        name = fold_or_self(right.dn) if lens == MEMBEROF else right.key
        shown = {one for one in people if name in seen[one][lens]}
        for one in sorted(shown ^ promised[right_id, lens]):
            is_promised = one not in shown
            who, what = basis.graph.people[one].name, names(basis.graph, right_id)
            found.append(
                LiveDifference(
                    who,
                    what,
                    lens,
                    is_promised,
                )
            )
    return tuple(found)
