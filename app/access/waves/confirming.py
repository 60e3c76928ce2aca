"""Say that moved people were seen working, and confirm them: on enough days, or by a name and a
reason (design 5.11); time alone counts for nothing.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access.drift.queries import in_the_way
from app.access.rungs import tell_rungs
from app.access.soak.actions import was_seen
from app.access.soak.queries import SoakLine, soak_of
from app.access.waves.actions import not_now, switches_chosen
from app.access.waves.queries import get_wave
from app.core.acting import Acting
from app.core.changes import Change
from app.core.errors import Conflict, Refused
from app.core.said import said
from app.models.access.wave import Switch, Wave
from app.models.access.words import SwitchState, WaveState
from app.models.access.works import WorksAsk


@dataclass(frozen=True, slots=True)
class SeenWorking:
    """Who was confirmed, and how far those are who were seen today and have to be seen again."""

    confirmed: tuple[Switch, ...]
    noted: tuple[str, ...] = ()

    @property
    def why_nobody(self) -> str:
        """Say that nobody was confirmed and what it takes; empty where somebody was."""
        if self.confirmed or not self.noted:
            return ""
        return said(
            "Nobody is confirmed: that they work today is noted, and more days are wanted. Say "
            "who saw it and how to confirm them now."
        )


def confirm(
    act: Acting,
    wave_id: int,
    person_id: int | None = None,
    *,
    note: str = "",
) -> SeenWorking:
    """A switched person, or everybody soaking in the wave, was seen working today. Whoever was so
    on as many days as the plan wants is confirmed, and with ``note``, who saw it and how, everybody
    is: that is a person's word, and stands as such.

    Raises ``Refused`` where nobody waits for it, ``Conflict`` where one is other than promised.
    """
    wave, soaking = _waiting(act, wave_id, person_id)
    new = [one for one in soaking if was_seen(act, one.id, "confirm")]
    act.session.flush()
    lines = soak_of(act.session, wave.id, act.now)
    ready = [one for one in soaking if note or _is_enough(lines, one)]
    noted = [one for one in soaking if one not in ready]
    for switch in ready:
        _settle(act, wave, switch, note or _days(lines, switch), lines)
    for switch in (one for one in noted if one in new):
        told = said("%(name)s was seen working", name=switch.person.name)
        Change(after={"how": "confirm"}).record(
            act, f"wave:{wave.id}", "switch.seen", told
        )
    _settled(act, wave, ready)
    far = tuple(_how_far(one, lines[one.person_id]) for one in noted)
    return SeenWorking(tuple(ready), far)


def confirm_seen_enough(act: Acting, wave_id: int) -> SeenWorking:
    """Confirm everybody of a wave who was seen on as many days as the plan wants; the others go on
    waiting.

    Raises ``Refused``, with how far each is, where nobody was seen often enough, and as ``confirm``
    does.
    """
    lines = soak_of(act.session, wave_id, act.now)
    enough = {who for who, line in lines.items() if line.is_enough}
    if not enough:
        switches = get_wave(act.session, wave_id).switches
        far = [one for one in switches if one.person_id in lines]
        raise Refused(
            said("Not confirmed by time: nobody was seen on enough days yet."),
            details=tuple(_how_far(one, lines[one.person_id]) for one in far),
        )
    wave, ready = _waiting(act, wave_id, None, enough)
    for switch in ready:
        _settle(act, wave, switch, _days(lines, switch), lines)
    _settled(act, wave, ready)
    return SeenWorking(tuple(ready))


def _waiting(
    act: Acting,
    wave_id: int,
    person_id: int | None,
    among: Collection[int] | None = None,
) -> tuple[Wave, list[Switch]]:
    """Return a wave and those of it who can be said to work. Raises as ``confirm`` does."""
    wave = get_wave(act.session, wave_id)
    chosen = switches_chosen(wave, person_id)
    if among is not None:
        chosen = [switch for switch in chosen if switch.person_id in among]
    switched = [switch for switch in chosen if switch.state is SwitchState.SOAKING]
    soaking = [switch for switch in switched if switch.paused_at is None]
    if switched and not soaking:
        raise Refused(_why_paused(switched[0]))
    if not soaking:
        raise Refused(
            not_now(wave, chosen, "confirm", "switched and waiting to be confirmed")
        )
    _demand_as_promised(act.session, wave, soaking)
    _demand_nobody_said_no(act.session, soaking)
    return wave, soaking


def _settle(
    act: Acting, wave: Wave, switch: Switch, note: str, lines: dict[int, SoakLine]
) -> None:
    switch.state, switch.confirmed_by, switch.confirmed_at = (
        SwitchState.CONFIRMED,
        act.by,
        act.now,
    )
    switch.open_person_id = None
    sentence = (
        f"Confirmed {switch.person.name} in wave {wave.number} of {wave.role.name}"
    )
    if not _is_enough(lines, switch):
        line = lines[switch.person_id]
        sentence = f"{sentence} before enough days ({line.seen} of {line.needed})"
    Change().record(act, f"wave:{wave.id}", "switch.confirm", sentence, reason=note)


def _settled(act: Acting, wave: Wave, ready: list[Switch]) -> None:
    tell_rungs(act, ready)
    left = any(switch.state is SwitchState.SOAKING for switch in wave.switches)
    if ready and not left and wave.state is WaveState.SOAKING:
        wave.state = WaveState.CONFIRMED


def _is_enough(lines: dict[int, SoakLine], switch: Switch) -> bool:
    """Tell whether somebody was seen on enough days; old plans want none."""
    line = lines.get(switch.person_id)
    return line is None or line.is_enough


def _days(lines: dict[int, SoakLine], switch: Switch) -> str:
    line = lines.get(switch.person_id)
    if line is None:
        return ""
    told = said(
        "Seen on %(seen)s of %(needed)s days", seen=line.seen, needed=line.needed
    )
    return str(told)


def _how_far(switch: Switch, line: SoakLine) -> str:
    return said(
        "%(name)s was seen on %(seen)s of %(needed)s days.",
        name=switch.person.name,
        seen=line.seen,
        needed=line.needed,
    )


def _demand_as_promised(session: Session, wave: Wave, soaking: list[Switch]) -> None:
    """Raise ``Conflict`` where somebody is known to be other than promised, naming the right."""
    people = [switch.person_id for switch in soaking]
    found = in_the_way(session, wave.id, people)
    if found:
        raise Conflict(
            said(
                "Not confirmed. %(sentence)s Repair it, accept it, or undo the person.",
                sentence=found[0].sentence,
            ),
            details=tuple(line.sentence for line in found),
        )


def _demand_nobody_said_no(session: Session, soaking: list[Switch]) -> None:
    """Raise ``Refused`` where somebody said that something does not work, and nobody settled it."""
    people = {switch.id: switch.person.name for switch in soaking}
    waits = WorksAsk.no_at.is_not(None), WorksAsk.cleared_at.is_(None)
    said_no = select(WorksAsk.switch_id).where(WorksAsk.switch_id.in_(people), *waits)
    names = sorted(people[number] for number in session.scalars(said_no))
    if names:
        raise Refused(
            said(
                "Not confirmed. %(names)s said that something does not work; settle that on the "
                "wave's page first.",
                names=", ".join(names),
            )
        )


def _why_paused(switch: Switch) -> str:
    """Say that somebody is paused, by whom and why."""
    told = said(
        "%(name)s is paused by %(by)s; resume first.",
        name=switch.person.name,
        by=switch.paused_by,
    )
    return f"{told} {switch.paused_why}".strip()
