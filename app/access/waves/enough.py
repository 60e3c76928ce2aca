"""Confirm by the days on which people were seen; time alone counts for nothing (design 5.11)."""

from __future__ import annotations

from app.access.soak.queries import SoakLine, soak_of
from app.access.waves.actions import confirm
from app.access.waves.queries import get_wave
from app.core.acting import Acting
from app.core.errors import Refused
from app.core.said import said
from app.models.access.wave import Switch


def confirm_seen_enough(act: Acting, wave_id: int) -> list[Switch]:
    """Confirm everybody of a wave who was seen on as many days as the plan wants; the others go on
    waiting.

    Raises ``Refused``, with how far each is, where nobody was seen often enough, and as ``confirm``
    does.
    """
    names = {
        one.person_id: one.person.name
        for one in get_wave(act.session, wave_id).switches
    }
    lines = soak_of(act.session, wave_id, act.now)
    enough = [line for line in lines.values() if line.is_enough]
    if not enough:
        far = tuple(_how_far(names[who], line) for who, line in lines.items())
        raise Refused(
            said("Not confirmed by time: nobody was seen on enough days yet."),
            details=far,
        )
    return [
        switch
        for line in enough
        for switch in confirm(
            act,
            wave_id,
            line.person_id,
            note=str(
                said(
                    "Seen on %(seen)s of %(needed)s days",
                    seen=line.seen,
                    needed=line.needed,
                )
            ),
        )
    ]


def _how_far(name: str, line: SoakLine) -> str:
    return said(
        "%(name)s was seen on %(seen)s of %(needed)s days.",
        name=name,
        seen=line.seen,
        needed=line.needed,
    )
