"""Close a pulse: open what was sealed, keep what may be shown in drawn order, forget the rest."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.acting import Acting
from app.core.changes import Change
from app.improvements.rungs.actions import change_iteration
from app.models.improvements.iteration import Iteration
from app.models.improvements.words import IterationState
from app.models.sponsors.pulse import Pulse, PulseAnswer, PulseBallot
from app.models.sponsors.words import PulseKind, PulseState, QuestionKind
from app.sponsors.pulses.actions import drawn, forget_who_answered, open_pulse
from app.sponsors.pulses.queries import questions_of
from app.sponsors.pulses.rules import Ballot, ReleasedAnswer, released, satisfied
from app.sponsors.pulses.sealing import Unsealable, unseal

GOING = (IterationState.RUNNING, IterationState.REVIEWING)


def close_pulse(act: Acting, pulse_id: int) -> Pulse:
    """Close a pulse; what nobody may see is destroyed with the sealed answers.

    Raises ``Refused`` when it is closed already.
    """
    pulse = open_pulse(act.session, pulse_id)
    ballots, unread = _opened(act, pulse_id)
    kept = released(ballots, named=pulse.named, threshold=pulse.threshold)
    secrets.SystemRandom().shuffle(kept)
    act.session.add_all(_row(pulse_id, each) for each in kept)
    forget_who_answered(act.session, pulse_id)
    values: dict[str, Any] = {
        "state": PulseState.CLOSED,
        "answered": len(ballots),
        "unread": unread,
        "closed_at": act.now,
    }
    if pulse.kind is not PulseKind.RELATIONSHIP:
        values["open_of"] = None
    change = Change(about=Pulse)
    change.put(pulse, values)
    told = f"Closed with {len(ballots)} of {pulse.asked} answers: {pulse.title}"
    change.record(act, pulse, "pulse.close", told)
    _note_in_rung(act, pulse, kept)
    return pulse


def _opened(act: Acting, pulse_id: int) -> tuple[list[Ballot], int]:
    """Return the answers of a pulse, and how many could not be opened; none stays behind."""
    found, unread = [], 0
    mine = select(PulseBallot).where(PulseBallot.pulse_id == pulse_id)
    for ballot in act.session.scalars(mine):
        try:
            found.append(_read(unseal(act.settings.secret_key, ballot.sealed)))
        except Unsealable:
            unread += 1
        act.session.delete(ballot)
    return found, unread


def _read(sealed: Mapping[str, Any]) -> Ballot:
    return Ballot(
        sealed["part"],
        sealed["name"],
        {int(number): value for number, value in sealed["values"].items()},
        {int(number): words for number, words in sealed["words"].items()},
    )


def _row(pulse_id: int, each: ReleasedAnswer) -> PulseAnswer:
    return PulseAnswer(
        id=drawn(),
        pulse_id=pulse_id,
        question_id=each.question_id,
        part=each.part,
        name=each.name,
        value=each.value,
        words=each.words,
    )


def _note_in_rung(act: Acting, pulse: Pulse, kept: list[ReleasedAnswer]) -> None:
    """Let the gate of the rung read what its people say: the share of the satisfied."""
    if pulse.iteration_id is None or pulse.kind is not PulseKind.PARTICIPANTS:
        return
    rung = act.session.get_one(Iteration, pulse.iteration_id)
    share = satisfied(_first_scale(act.session, pulse.id, kept))
    if rung.state in GOING and share is not None and not pulse.named:
        change_iteration(act, rung.id, {"pulse": round(share.share, 3)})


def _first_scale(
    session: Session, pulse_id: int, kept: list[ReleasedAnswer]
) -> list[int]:
    scales = [
        question.id
        for question in questions_of(session, pulse_id)
        if question.kind is QuestionKind.SCALE
    ]
    first = scales[:1]
    return [one.value for one in kept if one.question_id in first and one.value]
