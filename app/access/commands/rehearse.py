"""``rehearse``: what a wave does to the questions that applications really ask."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from app.access.commands.lookup import WAVE
from app.access.rehearsal.again import AskedAgain, ask_again
from app.access.rehearsal.queries import RehearsedWave, rehearsed
from app.access.waves.queries import wave_alone
from app.auth.console import actor
from app.core.parts import parts
from app.core.terminal import CONFLICT, command, emit, table
from app.directory.actions import accept_lenses, read_log
from app.directory.rules import LensProposal


@command("rehearse")
@WAVE
@click.option(
    "--log",
    type=click.Path(
        exists=True,
        dir_okay=False,
        path_type=Path,
    ),
    help="A log to read first: slapd (stats), 389, or events 1644 as text; gzip too.",
)
@click.option(
    "--accept-lenses",
    "accepts",
    is_flag=True,
    help="Note of the wave's rights how the log shows that they are looked at.",
)
@click.option(
    "--live",
    is_flag=True,
    help="Ask the directory the same questions now.",
)
def rehearse(wave_id: int, log: Path | None, accepts: bool, live: bool) -> int:
    """Say what wave W does to the questions that the directory's own log tells of.

    Without --log, by the logs that were read before. Ends with 3 where an answer changes.
    """
    here, by = parts(), actor()
    with here.database.read() as session:
        directory_id = wave_alone(session, wave_id).role.directory_id
    if log is not None:
        with log.open("rb") as stream:
            read_log(
                here,
                directory_id,
                log.name,
                stream,
                by=by,
            )
    with here.database.read() as session:
        found = rehearsed(session, wave_id)
    if accepts:
        wanted = [one.right_id for _, one in found.proposals]
        with here.acting(by) as act:
            accept_lenses(act, directory_id, wanted)
    again = ask_again(here, wave_id) if live else None
    emit(
        _data(found, again),
        _lines(found, again, accepts),
    )
    return CONFLICT if found.lost or (again and again.differences) else 0


def _data(found: RehearsedWave, again: AskedAgain | None) -> dict[str, Any]:
    return {
        "wave": found.wave_id,
        "role": found.role,
        "questions": found.questions,
        "same": found.same,
        "changes": [asdict(one) for one in found.changes],
        "lenses": [_proposal(name, one) for name, one in found.proposals],
        "logs": [
            {"log": log.name, "since": log.first_day, "until": log.last_day}
            for log in found.logs
        ],
        "live": asdict(again) if again else None,
    }


def _proposal(name: str, one: LensProposal) -> dict[str, Any]:
    evidence = [line.told for line in one.evidence]
    lenses = {"noted": one.noted, "proposed": one.proposed}
    return {"right": name, **lenses, "evidence": evidence}


def _lines(found: RehearsedWave, again: AskedAgain | None, accepted: bool) -> list[str]:
    rows = [
        (
            one.right,
            one.way.value,
            one.count,
            ", ".join(one.lost),
            ", ".join(one.gained),
        )
        for one in found.changes
    ]
    shown = table(
        ("Right", "Asked by", "Questions", "Would lose", "Would gain"),
        rows,
    )
    lenses = [
        f"{name} is {'now ' if accepted else ''}looked at: {one.proposed} "
        f"({'before' if accepted else 'noted'}: {one.noted}); "
        + "; ".join(line.told for line in one.evidence)
        for name, one in found.proposals
    ]
    return [*filter(None, (found.sentence, shown)), *lenses, *_live(again)]


def _live(again: AskedAgain | None) -> list[str]:
    if again is None:
        return []
    if not again.differences:
        return [f"Asked again: {again.asked} kinds of questions, all as planned."]
    return [
        f"Asked again: {one.person} is {'not ' if one.promised else ''}found in "
        f"{one.right} ({one.lens})."
        for one in again.differences
    ]
