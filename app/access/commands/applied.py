"""``wave apply`` and ``wave undo``: the directory work in the foreground, by the same code as the
worker's.
"""

from __future__ import annotations

import time

import click
from sqlalchemy.orm import Session

from app.access.commands.data import Data
from app.access.commands.lookup import WAVE, member, told_wave
from app.access.commands.preview import preview as show_undo
from app.access.commands.texts import of_all, standing_table, undo_lines, wave_name
from app.access.commands.wave_data import undo_data
from app.access.states import WAITING_WAVES
from app.access.undo import actions as undo_actions
from app.access.waves import actions as waves_actions
from app.access.waves.queries import get_wave
from app.access.waves.running import run_wave
from app.auth.console import actor
from app.core.errors import Away
from app.core.parts import parts
from app.core.terminal import CONFLICT, command, emit, safe
from app.models.access.wave import Wave
from app.models.access.words import HELD, UNDOABLE, SwitchState, WaveState

PAUSE_SECONDS = 0.2
LEFT_BEHIND = ("stale", "blocked", "failed", "conflict", "approved", *HELD)
DETACH = click.option(
    "--detach", is_flag=True, help="Hand it to the worker and do not wait."
)
ON_CONFLICT = click.option(
    "--on-conflict",
    type=click.Choice(["skip", "ours", "theirs"]),
    default="skip",
    show_default=True,
    help="Where others interfered: leave it open, do it all the same, or leave it as others made "
    "it.",
)


@command("apply")
@WAVE
@DETACH
def apply(wave_id: int, detach: bool) -> int:
    """Apply wave W to the directory, or go on with it: role on, verified, direct rights off,
    verified.
    """
    with parts().acting(actor()) as act:
        if get_wave(act.session, wave_id).state is not WaveState.APPLYING:
            waves_actions.apply(act, wave_id)
    return done_here(wave_id, detach=detach)


def done_here(wave_id: int, *, detach: bool) -> int:
    """Do here what a wave was just asked to do, and tell how far it came; ``detach`` leaves it to
    the worker.
    """
    now = parts().now()
    if detach:
        return _handed_over(wave_id)
    work_on(wave_id)
    with parts().database.read() as session:
        told = told_wave(session, wave_id, now)
    behind = [person for person in told["people"] if _is_behind(person)]
    done = len(told["people"]) - len(behind)
    sentence = (
        f"{wave_name(told)} is {told['state']}: {of_all(done, told['people'])} there."
    )
    emit(
        told,
        [sentence, *filter(None, [told["message"]]), standing_table(told["people"])],
    )
    return CONFLICT if behind else 0


@command("undo")
@WAVE
@click.option(
    "--person", metavar="PERSON", help="One person; everybody in the wave, unless said."
)
@ON_CONFLICT
@click.option("--reason", default="", help="Why.")
@click.option(
    "--preview",
    is_flag=True,
    help="Only show what would come back and what others changed meanwhile.",
)
@DETACH
def undo(
    wave_id: int,
    person: str | None,
    on_conflict: str,
    reason: str,
    preview: bool,
    detach: bool,
) -> int:
    """Take wave W back: direct rights on, verified, role off. Only what Rung changed is touched."""
    if preview:
        return show_undo(wave_id, person)
    with parts().database.read() as session:
        chosen = member(session, wave_id, person)
    return take_back(
        wave_id, chosen, on_conflict=on_conflict, reason=reason, detach=detach
    )


def take_back(
    wave_id: int, chosen: int | None, *, on_conflict: str, reason: str, detach: bool
) -> int:
    """Take somebody of a wave back, or everybody; tell how far that came, and return the exit
    code.
    """
    with parts().acting(actor()) as act:
        asked = _asked(act.session, wave_id, chosen)
        if not asked:
            done = undo_actions.undo(
                act,
                wave_id,
                chosen,
                decisions={"*": on_conflict},
                reason=reason,
            )
            asked = [switch.person_id for switch in done]
    if detach:
        return _handed_over(wave_id)
    work_on(wave_id)
    with parts().database.read() as session:
        told = undo_data(session, get_wave(session, wave_id), asked)
    open_ones = [
        each
        for each in told["people"]
        if each["state"] not in (SwitchState.UNDONE, SwitchState.FAILED)
    ]
    back = len(told["people"]) - len(open_ones)
    emit(told, [f"{of_all(back, told['people'])} back.", *undo_lines(told["people"])])
    return CONFLICT if open_ones else 0


def _is_behind(person: Data) -> bool:
    return person["state"] in LEFT_BEHIND or bool(person["paused"])


def _asked(session: Session, wave_id: int, person_id: int | None) -> list[int]:
    """Return the people whose undo was asked for before and is under way, where there is nothing
    else to ask for.
    """
    wave = get_wave(session, wave_id)
    chosen = [
        switch for switch in wave.switches if person_id in (None, switch.person_id)
    ]
    new = any(switch.state in (*UNDOABLE, SwitchState.APPROVED) for switch in chosen)
    if new or not _under_way(wave):
        return []
    return [switch.person_id for switch in chosen if switch.undone_by]


def _handed_over(wave_id: int) -> int:
    parts().ring()
    emit(
        {"wave": wave_id, "detached": True},
        f"The worker has it. `rung wave show {wave_id}` tells how far it is.",
    )
    return 0


def work_on(wave_id: int) -> None:
    """Do the wave's directory work here; while another worker is at it, watch until it is over or
    its lease ran out.
    """
    waiting = False
    while _is_open(wave_id):
        try:
            mine = run_wave(parts(), wave_id, _tell)
        except Away as away:
            advice = (
                "Nothing is lost: the worker goes on when it is back, or run "
                "this command again."
            )
            raise Away(f"{away.message} {advice}") from away
        if mine:
            continue
        if not waiting:
            _tell("Another worker is changing this directory; waiting for it.")
        waiting = True
        time.sleep(PAUSE_SECONDS)


def _is_open(wave_id: int) -> bool:
    with parts().database.read() as session:
        return _under_way(get_wave(session, wave_id))


def _under_way(wave: Wave) -> bool:
    if wave.state in (WaveState.APPLYING, WaveState.UNDOING):
        return True
    at_work = [SwitchState.UNDOING]
    if wave.state in WAITING_WAVES:
        at_work += HELD
    return any(switch.state in at_work for switch in wave.switches)


def _tell(sentence: str) -> None:
    click.echo(safe(sentence), err=True)
