"""May the write account write all of a plan? Asked live, before anybody approves or applies;
nothing is changed.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass

from app.access.queries import plan_of
from app.access.waves.queries import wave_alone
from app.core.errors import Away
from app.core.parts import Parts
from app.directory.actions import connection_of
from ldap_sync.port import DirectoryError
from ldap_sync.values import Doubt


@dataclass(frozen=True, slots=True)
class WritableLook:
    """What a directory said about the entries of a plan."""

    wave_id: int
    number: int
    role: str
    directory: str
    entries: int
    refused: tuple[Doubt, ...]
    unknown: tuple[Doubt, ...]

    @property
    def is_clear(self) -> bool:
        """Tell whether every entry may be written for certain."""
        return not (self.refused or self.unknown)


def look_at_rights(parts: Parts, wave_id: int) -> WritableLook:
    """Ask the directory whether the write account may write every entry of a wave's plan.

    Raises ``NotFound``, ``Refused`` where no write account is set, ``Away`` when the directory
    cannot be asked.
    """
    with parts.database.read() as session:
        wave = wave_alone(session, wave_id)
        role, plan = wave.role, plan_of(wave)
        directory = role.directory
        connection = connection_of(directory, parts.trust, writing=True)
    changes = [step.change for step in plan.steps]
    try:
        with closing(parts.open_writer(connection)) as writer:
            found = writer.doubts(changes)
    except DirectoryError as error:
        raise Away(str(error)) from error
    return WritableLook(
        wave_id=wave_id,
        number=wave.number,
        role=role.name,
        directory=directory.name,
        entries=len({change.dn for change in changes}),
        refused=tuple(doubt for doubt in found if doubt.certain),
        unknown=tuple(doubt for doubt in found if not doubt.certain),
    )
