"""The lines of a gate: how large a rung may be, and what it has to show."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from app.core.figures import people, percent, signed
from app.core.said import asking, joined, nsaid, said
from app.improvements.gate.verdict import Judgement
from app.improvements.statistics.ladder import GROWTH
from app.models.improvements.words import Verdict

LIGHT = 5
"""A rung of up to so many people asks who, what and until when; a larger one for numbers too."""


def is_light(size: int) -> bool:
    """Tell whether a rung of so many people may start without any number."""
    return size <= LIGHT


class Band(StrEnum):
    """Rungs by size."""

    ONE = "1 person"
    FEW = "2 to 5 people"
    MANY = "6 to 25 people"
    ALL = "more than 25 people"


QUESTIONS = {
    Band.ONE: said("Does it work, and can we undo it?"),
    Band.FEW: said("Does it work for different people, and do they want it?"),
    Band.MANY: said("Does it help?"),
    Band.ALL: said("Does it hold at scale?"),
}


@dataclass(frozen=True, slots=True)
class RungCheck:
    """One line of the gate: met or not, and why in a sentence.

    A ``final`` one cannot be overridden.
    """

    key: str
    ok: bool
    sentence: str
    final: bool = False


@dataclass(frozen=True, slots=True)
class RungShown:
    """What a rung has shown so far.

    ``undone_without_reason`` counts undone people nobody asked why; ``pulse`` is the share (0–1) of
    satisfied participants, None while it cannot be released. ``judgement`` is that of the metric
    that was predicted, ``service_judgement`` the same one where it speaks for the whole service:
    because it counts it, or because the participants are everybody. ``incidents_quiet`` is None
    while nobody looked and ``incidents_told`` is what the desk counted; ``support_change`` is in
    points of the support index; ``hit`` counts those of the ``switched`` who went back, reported an
    incident or brought up what has to be fixed; ``gone`` those who left before they said anything.
    """

    participants: int
    accepted: int
    undone: int = 0
    undone_without_reason: int = 0
    undo_rehearsed: bool = False
    feedback_unread: int = 0
    judgement: Judgement | None = None
    pulse: float | None = None
    pulse_floor: float = 0.6
    pulse_answered: bool = False
    incidents_quiet: bool | None = None
    incidents_told: str = ""
    service_judgement: Judgement | None = None
    support_change: float | None = None
    forecast_shown: bool = False
    costs_filled: bool = False
    switched: int = 0
    hit: int = 0
    gone: int = 0
    by_plan: bool = False


def incidents_quiet(said: bool | None, note: str, counted: bool | None) -> bool | None:
    """Return whether the participants' incidents are no more than usual: what somebody said, and
    what the desk counted.

    A count of more than usual is only outvoted by somebody who says why; "unknown" of both stays
    unknown.
    """
    if said is False:
        return False
    if counted is False:
        return bool(said and note.strip())
    return True if said else counted


def band(size: int) -> Band:
    """Return the rung a number of people stands on."""
    return (
        Band.ONE
        if size <= 1
        else Band.FEW
        if is_light(size)
        else Band.MANY
        if size <= 25
        else Band.ALL
    )


def size_objection(
    size: int, last_accepted: int, undo_capacity: int | None
) -> tuple[str, ...]:
    """Return why a rung is too large to be climbed without a written reason, with the
    arithmetic.
    """
    found = []
    if size > max(1, GROWTH * last_accepted):
        last = (
            f"{GROWTH} × {last_accepted} = {GROWTH * last_accepted}"
            if last_accepted
            else said("the first rung is 1")
        )
        large = said(
            "%(people)s at once; %(last)s. Make it smaller, or say why not.",
            people=people(size),
            last=last,
        )
        found.append(asking("size_reason", large))
    if undo_capacity is not None and size > undo_capacity:
        beyond = said(
            "%(people)s at once; undo can bring back %(undo_capacity)s. "
            "Make it smaller, or say why not.",
            people=people(size),
            undo_capacity=undo_capacity,
        )
        found.append(asking("size_reason", beyond))
    return tuple(found)


def must_show(shown: RungShown) -> tuple[RungCheck, ...]:
    """Return every check of a rung of this size; larger rungs keep what smaller ones had to
    show.
    """
    checks = _BY_PLAN if shown.by_plan else _CHECKS[band(shown.participants)]
    return tuple(check(shown) for check in checks)


def _settled(shown: RungShown) -> RungCheck:
    open_ones = shown.participants - shown.accepted - shown.undone
    if not shown.accepted:
        nobody = said("Nobody says yet that it works.")
        return RungCheck("participants", False, asking("people", nobody))
    if open_ones > 0:
        told = said(
            "%(open_ones)s of %(people)s have not said yet whether it works.",
            open_ones=open_ones,
            people=people(shown.participants),
        )
        return RungCheck("participants", False, asking("people", told))
    if shown.undone_without_reason:
        told = said(
            "%(people)s undone without a reason.",
            people=people(shown.undone_without_reason),
        )
        return RungCheck("participants", False, asking("people", told))
    undone = (
        said(", %(undone)s undone with a reason", undone=shown.undone)
        if shown.undone
        else ""
    )
    gone = (
        said(", %(people)s gone from the directory", people=people(shown.gone))
        if shown.gone
        else ""
    )
    return RungCheck(
        "participants",
        True,
        said(
            "%(accepted)s of %(people)s: it works%(undone)s%(gone)s.",
            accepted=shown.accepted,
            people=people(shown.participants),
            undone=undone,
            gone=gone,
        ),
    )


def _rehearsed(shown: RungShown) -> RungCheck:
    told = (
        said("The undo was rehearsed.")
        if shown.undo_rehearsed
        else said("The undo was not rehearsed; do it with one person.")
    )
    return RungCheck("undo", shown.undo_rehearsed, asking("seconds", told))


def _feedback(shown: RungShown) -> RungCheck:
    unread = nsaid("%(number)s piece", "%(number)s pieces", shown.feedback_unread)
    told = (
        said("%(unread)s of feedback unread.", unread=unread)
        if shown.feedback_unread
        else said("All feedback was read.")
    )
    return RungCheck("feedback", not shown.feedback_unread, asking("people", told))


def _verdict(shown: RungShown) -> RungCheck:
    of_service = shown.service_judgement is not None
    name = said("Service metric") if of_service else said("Participants' metric")
    return _judged("verdict", name, shown.judgement)


def _service(shown: RungShown) -> RungCheck:
    return _judged("service verdict", said("Service metric"), shown.service_judgement)


def _judged(key: str, name: str, judgement: Judgement | None) -> RungCheck:
    if judgement is None:
        nothing = _verdict_said(name, Verdict.NO_DATA)
        return RungCheck(key, False, asking("number", nothing))
    told = joined([_verdict_said(name, judgement.verdict), *judgement.reasons])
    return RungCheck(key, not judgement.holds, asking("number", told))


def _verdict_said(name: str, verdict: Verdict) -> str:
    return said("%(name)s: %(verdict)s.", name=name, verdict=verdict)


def _pulse(shown: RungShown) -> RungCheck:
    if shown.pulse is None:
        none = said("No pulse of the participants yet (it shows from 5 answers on).")
        return RungCheck("pulse", False, asking("pulse", none))
    told = said(
        "%(pulse)s of the participants are satisfied; the floor is %(pulse_floor)s",
        pulse=percent(shown.pulse),
        pulse_floor=percent(shown.pulse_floor),
    )
    if shown.pulse >= shown.pulse_floor:
        return RungCheck("pulse", True, said("%(told)s.", told=told))
    answered = (
        said(", answered by a finding")
        if shown.pulse_answered
        else said("; answer it with a finding")
    )
    low = said("%(told)s%(answered)s.", told=told, answered=answered)
    return RungCheck("pulse", shown.pulse_answered, asking("pulse", low))


def _incidents(shown: RungShown) -> RungCheck:
    sentences = {
        True: said("No more incidents among the participants than usual."),
        False: said("More incidents among the participants than usual."),
        None: said("Nobody looked at the participants' incidents yet."),
    }
    told = joined([sentences[shown.incidents_quiet], shown.incidents_told])
    quiet = shown.incidents_quiet is True
    return RungCheck("incidents", quiet, asking("incidents_quiet", told))


def _support(shown: RungShown) -> RungCheck:
    if shown.support_change is None:
        never = said("The support of the stakeholders was not assessed again.")
        return RungCheck("support", False, asking("support_change", never))
    change = signed(round(shown.support_change))
    told = said("Support index %(change)s points since the last rung.", change=change)
    return RungCheck(
        "support", shown.support_change >= 0, asking("support_change", told)
    )


def _forecast(shown: RungShown) -> RungCheck:
    told = (
        said("The sponsor has seen the forecast.")
        if shown.forecast_shown
        else said("Show the forecast to the sponsor.")
    )
    return RungCheck(
        "forecast", shown.forecast_shown, asking("forecast_shown_on", told)
    )


def _costs(shown: RungShown) -> RungCheck:
    told = (
        said("Costs are filled in.")
        if shown.costs_filled
        else said("Fill in what it costs.")
    )
    return RungCheck("costs", shown.costs_filled, asking("costs", told))


_ONE: tuple[Callable[[RungShown], RungCheck], ...] = (_settled, _rehearsed)
_FEW = (*_ONE, _feedback)
_MANY = (*_FEW, _verdict, _pulse, _incidents)
_BY_PLAN = (*_FEW, _incidents)
"""What the rung of a wave shows: its plan proved that nobody loses or gains, so no metric judges
it.
"""
_CHECKS: dict[Band, tuple[Callable[[RungShown], RungCheck], ...]] = {
    Band.ONE: _ONE,
    Band.FEW: _FEW,
    Band.MANY: _MANY,
    # The service's own metric takes the place of the participants': at this size it can move.
    Band.ALL: (*_FEW, _service, _pulse, _incidents, _support, _forecast, _costs),
}
