"""``wave run|pause|resume|cancel|status``: let a wave go on, halt it, and see where it stands."""

from __future__ import annotations

import click

from app.access.commands.applied import DETACH, done_here
from app.access.commands.data import Data
from app.access.commands.lookup import WAVE, member, told_wave
from app.access.commands.texts import (
    counts_text,
    standing_table,
    wave_name,
)
from app.access.waves import actions, halting
from app.access.waves.course import rules_of
from app.access.waves.ladder import marks_of
from app.access.waves.queries import get_wave, wave_alone
from app.auth.console import actor
from app.core.acting import Acting
from app.core.parts import parts
from app.core.terminal import command, emit
from app.models.access.words import WaveState

REASON = click.option(
    "--reason",
    default="",
    help="Why; it stands on the wave's page.",
)
PERSON = click.option(
    "--person",
    metavar="PERSON",
    help="One person; the whole wave, unless said.",
)


@command("run")
@WAVE
@DETACH
def run(wave_id: int, detach: bool) -> int:
    """Begin wave W, or go on with it where it was paused or stopped."""
    with parts().acting(actor()) as act:
        _set_going(act, wave_id)
    return done_here(wave_id, detach=detach)


def _set_going(act: Acting, wave_id: int) -> None:
    state = get_wave(act.session, wave_id).state
    if state is WaveState.PAUSED:
        halting.resume(act, wave_id)
    elif state is not WaveState.APPLYING:
        actions.apply(act, wave_id)


@command("pause")
@WAVE
@PERSON
@REASON
def pause(wave_id: int, person: str | None, reason: str) -> None:
    """Let nobody else of wave W begin, or one person of it go no further."""
    with parts().acting(actor()) as act:
        chosen = member(act.session, wave_id, person)
        if chosen is None:
            halting.pause(act, wave_id, reason=reason)
        else:
            halting.pause_person(act, wave_id, chosen, reason=reason)
        told = told_wave(act.session, wave_id, parts().now())
    parts().ring()
    emit(
        told,
        f"Paused {person + ' in ' if person else ''}{wave_name(told)}.",
    )


@command("resume")
@WAVE
@PERSON
@DETACH
def resume(wave_id: int, person: str | None, detach: bool) -> int:
    """Let wave W, or one person of it, go on."""
    with parts().acting(actor()) as act:
        chosen = member(act.session, wave_id, person)
        if chosen is None:
            halting.resume(act, wave_id)
        else:
            halting.resume_person(act, wave_id, chosen)
        told = told_wave(act.session, wave_id, parts().now())
    if chosen is None:
        return done_here(wave_id, detach=detach)
    emit(told, f"{person} goes on in {wave_name(told)}.")
    return 0


@command("cancel")
@WAVE
@REASON
@DETACH
def cancel(wave_id: int, reason: str, detach: bool) -> int:
    """Move nobody else of wave W; who was moved stays there and can be undone."""
    with parts().acting(actor()) as act:
        halting.cancel(act, wave_id, reason=reason)
    done_here(wave_id, detach=detach)
    return 0


@command("status")
@WAVE
def status(wave_id: int) -> None:
    """Show where wave W stands: its people by state, who is paused or left behind, and why."""
    with parts().database.read() as session:
        told = told_wave(session, wave_id, parts().now())
        lanes = marks_of(session, wave_id).lanes
        rules = rules_of(session, wave_alone(session, wave_id), parts().now())
    counted = {state.value: count for state, count in lanes.items()}
    named = [
        person for person in told["people"] if person["reason"] or person["paused"]
    ]
    ruled = [{"rule": one.sentence, "stops": one.stops} for one in rules]
    said = [one.sentence for one in rules]
    content = {**_short(told, counted), "rules": ruled}
    emit(content, [*_lines(told, counted, named), *said])


def _short(told: Data, counted: dict[str, int]) -> Data:
    kept = (
        "wave",
        "role",
        "number",
        "state",
        "message",
        "armed",
        "paused",
        "people",
    )
    short = {name: told[name] for name in kept}
    people = ("person", "name", "state", "reason", "paused")
    short["people"] = [{key: one[key] for key in people} for one in told["people"]]
    return {**short, "lanes": counted}


def _lines(told: Data, counted: dict[str, int], named: list[Data]) -> list[str]:
    sentence = f"{wave_name(told)} is {told['state']}: {counts_text(counted)}."
    table = [standing_table(named)] if named else []
    return [sentence, *filter(None, [told["message"]]), *table]
