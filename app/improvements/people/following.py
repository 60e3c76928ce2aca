"""Participants whose moves somebody else makes: a wave moves them in the directory, and their rung
follows, many at once.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.core.acting import Acting
from app.core.figures import listed, people
from app.improvements.events import NotedChange, locked_iteration, tell
from app.improvements.people.actions import MoveSaid, moved
from app.improvements.people.rules import may_leave
from app.improvements.rules import WORDS
from app.models.improvements.iteration import Participation
from app.models.improvements.words import ParticipationState

LEFT = "left out"
BACK = "on the way back"


@dataclass(frozen=True, slots=True)
class StandingTold:
    """Where one participant stands: the state, or None for who was left out.

    ``wants_back`` starts the clock of the undo; ``by`` saw that it works, ``reason`` says why.
    """

    to: ParticipationState | None
    reason: str = ""
    by: str = ""
    wants_back: bool = False


def follow(act: Acting, told: Mapping[int, StandingTold]) -> None:
    """Note where participants stand, by their numbers: what happened is no question any more, so
    nothing is refused. One event for each rung, none where nothing is new.
    """
    chosen = select(Participation).where(Participation.id.in_(list(told)))
    rungs: dict[int, list[Participation]] = defaultdict(list)
    for one in act.session.scalars(chosen.order_by(Participation.id)):
        rungs[one.iteration_id].append(one)
    for rung_id, those in rungs.items():
        _follow_rung(act, rung_id, those, told)


def _follow_rung(
    act: Acting,
    rung_id: int,
    those: Sequence[Participation],
    told: Mapping[int, StandingTold],
) -> None:
    change, words = NotedChange(), Counter[str]()
    for one in those:
        said = told[one.id]
        values = _values(act, one, said)
        if change.put(one, values):
            words[_word(values)] += 1
    if not words:
        return
    improvement, rung = locked_iteration(act.session, rung_id)
    parts = [f"{people(count)} {word}" for word, count in words.items()]
    sentence = f"Rung {rung.number}: {listed(parts)}"
    tell(act, improvement, "participation.follow", sentence, change)


def _word(values: Mapping[str, Any]) -> str:
    if "state" in values:
        return WORDS[values["state"]]
    return LEFT if "left_at" in values else BACK


def _values(act: Acting, one: Participation, said: StandingTold) -> dict[str, Any]:
    """Return what changes for one participant; nothing where all is known."""
    if said.wants_back:
        return {"undo_asked_at": one.undo_asked_at or act.now}
    if said.to is None or _never_began(one, said.to):
        return {} if one.left_at else {"left_at": act.now}
    if one.state is said.to and one.left_at is None:
        return {}
    return moved(one, said.to, MoveSaid(act.now, said.reason, said.by)) | {
        "left_at": None
    }


def _never_began(one: Participation, to: ParticipationState) -> bool:
    """Tell whether somebody is taken back who was not switched: nothing had happened to them."""
    return to is ParticipationState.UNDONE and may_leave(one.state)
