"""What the commands of this room share: whom and what the words on the line mean, and a wave as it
is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import click
from sqlalchemy.orm import Session

from app.access.commands.data import Data
from app.access.commands.wave_data import wave_data
from app.access.queries import plan_of
from app.access.waves.queries import get_wave, over_limits
from app.core.parts import parts
from app.models.access.words import WaveState
from app.people.queries import find_person

WAVE = click.argument("wave_id", metavar="W", type=click.IntRange(1))


def member(session: Session, wave_id: int, person: str | None) -> int | None:
    """Return whom PERSON means in a wave, whoever else bears that name by now; None means
    everybody.
    """
    if person is None:
        return None
    wave, text = get_wave(session, wave_id), person.strip().lower()
    inside = [
        s.person_id
        for s in wave.switches
        if text in (s.person.uid.lower(), s.person.dn.lower())
    ]
    return (
        inside[0]
        if len(inside) == 1
        else find_person(session, person, wave.role.directory_id).id
    )


def told_wave(session: Session, wave_id: int, now: datetime) -> Data:
    """Return a wave as the command line tells it, as it stands now, with the limits its plan would
    exceed.
    """
    session.flush()
    session.expire_all()
    wave = get_wave(session, wave_id)
    over: Sequence[str] = ()
    if wave.state in (WaveState.PLANNED, WaveState.APPROVED):
        over = over_limits(
            session, wave.role.directory_id, plan_of(wave), parts().settings, now
        )
    return wave_data(session, wave, over)
