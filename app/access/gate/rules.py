"""The lines that a wave adds to the gate of its rung, and what all lines together say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.core.said import nsaid, said
from app.improvements.gate.checks import RungCheck
from app.improvements.gate.rules import Gate

FAILING = ("drift", "undo health", "finding", "no-go")
"""Lines that, unmet, say that it went wrong, and not only that it is not known yet."""


class WaveOutcome(StrEnum):
    """What a gate says: unknown is never counted as good."""

    SUCCESSFUL = "successful"
    FAILED = "failed"
    INCONCLUSIVE = "inconclusive"


@dataclass(frozen=True, slots=True)
class WaveSeen:
    """What was counted of a wave: open differences of its people, and how their undos would go;
    ``quiet`` tells whether they report no more incidents than before (None: too early).
    """

    drift: int
    undos: int
    impossible: int
    untried: int
    quiet: bool | None


def lines_of(seen: WaveSeen) -> tuple[RungCheck, ...]:
    """Return the lines of a wave: what others changed, and whether the way back is open."""
    return _drift(seen), _undos(seen)


def _drift(seen: WaveSeen) -> RungCheck:
    told = (
        nsaid(
            "%(number)s difference by another hand is open.",
            "%(number)s differences by another hand are open.",
            seen.drift,
        )
        if seen.drift
        else said("Nothing is other than promised.")
    )
    return RungCheck("drift", not seen.drift, told)


def _undos(seen: WaveSeen) -> RungCheck:
    good = seen.undos - seen.impossible - seen.untried
    if not seen.undos:
        told = said("Nobody is moved, so there is nothing to take back.")
        return RungCheck("undo health", True, told)
    told = said(
        "Of %(undos)s undos %(good)s were tried and possible, %(impossible)s are impossible, "
        "%(untried)s were not tried yet.",
        undos=seen.undos,
        good=good,
        impossible=seen.impossible,
        untried=seen.untried,
    )
    return RungCheck("undo health", good == seen.undos, told)


def outcome_of(checks: Sequence[RungCheck], seen: WaveSeen) -> WaveOutcome:
    """Return what a gate says. Failed: something speaks against it; inconclusive: something is
    not known or not seen; successful only where every line is met.
    """
    unmet = {check.key.partition(":")[0] for check in checks if not check.ok}
    if not unmet:
        return WaveOutcome.SUCCESSFUL
    wrong = unmet.intersection(FAILING)
    if not seen.impossible:
        wrong.discard("undo health")
    if wrong or ("incidents" in unmet and seen.quiet is False):
        return WaveOutcome.FAILED
    return WaveOutcome.INCONCLUSIVE


def stopped(gate: Gate, *, stops: bool) -> str:
    """Say what the gate stops, or would stop if it was switched on; nothing where it is open."""
    if gate.open:
        return ""
    lines = nsaid(
        "%(number)s line is not met",
        "%(number)s lines are not met",
        len(gate.blocked),
    )
    if stops:
        return said(
            "%(lines)s: it cannot be scaled yet, whatever the reason.", lines=lines
        )
    return said(
        "%(lines)s. The gate only reports: switched on, it would refuse to scale.",
        lines=lines,
    )
