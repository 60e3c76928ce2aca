"""The gate between two rungs: a list of checks with a reason per line, and the decisions they
allow.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.core.figures import people
from app.core.said import asking, nsaid, said
from app.improvements.findings.rules import FindingGiven, blockers
from app.improvements.gate.checks import RungCheck, RungShown, must_show
from app.improvements.statistics.ladder import size_advice
from app.improvements.statistics.silence import silence
from app.models.improvements.words import (
    DecisionKind,
    FindingKind,
    FindingState,
    Verdict,
)

FORWARD = (DecisionKind.SCALE, DecisionKind.ADOPT)


@dataclass(frozen=True, slots=True)
class RungReach:
    """How far the change has come: people it is for (None while nobody said), people who accepted
    it in all iterations, people whom undo can bring back in the agreed time (None without a limit).
    """

    eligible: int | None
    accepted: int
    undo_capacity: int | None = None


@dataclass(frozen=True, slots=True)
class Gate:
    """The checks, the one decision that fits them best with the label of its button, and the next
    rung's size.
    """

    checks: tuple[RungCheck, ...]
    primary: DecisionKind
    label: str
    next_size: int

    @property
    def open(self) -> bool:
        """Tell whether nothing is in the way."""
        return not self.blocked

    @property
    def blocked(self) -> tuple[RungCheck, ...]:
        """The checks that are not met."""
        return tuple(check for check in self.checks if not check.ok)

    @property
    def allowed(self) -> tuple[DecisionKind, ...]:
        """The decisions that need no override: turning back is always free, going on only through
        an open gate.
        """
        onward = (_onward(self.next_size),) if self.open else ()
        return (
            *onward,
            DecisionKind.ADAPT,
            DecisionKind.HOLD,
            DecisionKind.STOP,
            DecisionKind.ROLL_BACK,
        )


@dataclass(frozen=True, slots=True)
class WaveLines:
    """Lines that a wave adds to the gate of its rung; ``stop`` tells that no reason overrides an
    unmet line.
    """

    lines: tuple[RungCheck, ...] = ()
    stop: bool = False


def with_lines(found: Gate, more: Sequence[RungCheck], *, final: bool) -> Gate:
    """Return a gate with more lines; ``final`` makes each of its lines one that cannot be
    overridden.
    """
    checks = (*found.checks, *more)
    if final:
        checks = tuple(replace(check, final=True) for check in checks)
    made = replace(found, checks=checks)
    if made.open or found.primary not in FORWARD:
        return made
    missing = nsaid("%(number)s thing", "%(number)s things", len(made.blocked))
    label = said("Hold: %(things)s missing", things=missing)
    return replace(made, primary=DecisionKind.HOLD, label=label)


def gate(shown: RungShown, findings: Sequence[FindingGiven], reach: RungReach) -> Gate:
    """Put together the gate of an iteration under review."""
    checks = (*_findings(findings), *must_show(shown), *_silence(shown))
    remaining = (
        None if reach.eligible is None else max(0, reach.eligible - reach.accepted)
    )
    next_size = (
        0
        if remaining == 0
        else size_advice(shown.accepted, reach.undo_capacity, remaining)
    )
    primary = _primary(checks, shown, findings, next_size)
    return Gate(checks, primary, _label(primary, checks, shown, next_size), next_size)


def _silence(shown: RungShown) -> tuple[RungCheck, ...]:
    """Return the line that says what the silence of those who have it proves; none before anybody
    has. It is never in the way.
    """
    told = silence(shown.hit, shown.switched)
    return (RungCheck("silence", True, told),) if told else ()


def objections(decided: Gate, decision: DecisionKind, reason: str) -> tuple[str, ...]:
    """Return why a decision cannot be taken: the blockers of a closed gate without a reason, or a
    missing reason.

    With a reason a blocked decision is an override; ``final`` checks refuse all the same.
    """
    if decision not in FORWARD:
        return (
            ()
            if reason.strip()
            else (said("Say why the decision is to %(decision)s.", decision=decision),)
        )
    found = []
    if decision is DecisionKind.ADOPT and decided.next_size and not reason.strip():
        found.append(
            said(
                "Not everybody it is for has it; scale first, or say why it is "
                "adopted now."
            )
        )
    if decision is DecisionKind.SCALE and not decided.next_size:
        found.append(said("Everybody it is for has it; there is nobody to scale to."))
    return (
        *found,
        *(
            check.sentence
            for check in decided.blocked
            if check.final or not reason.strip()
        ),
    )


def overrides(decided: Gate, decision: DecisionKind) -> tuple[str, ...]:
    """Return the lines a decision overrides, to be kept with it and printed in the business
    case.
    """
    if decision not in FORWARD:
        return ()
    early = (
        (said("Adopted before everybody had it."),)
        if decision is DecisionKind.ADOPT and decided.next_size
        else ()
    )
    return (*early, *(check.sentence for check in decided.blocked))


def _findings(findings: Sequence[FindingGiven]) -> tuple[RungCheck, ...]:
    """Return one line for each finding in the way, or one that there is none.

    Stop gives way to nothing but itself.
    """
    closed = [finding for finding in findings if finding.kind is not FindingKind.NOTE]
    in_the_way = tuple(
        RungCheck(
            f"finding:{finding.id}",
            False,
            _in_the_way(finding),
            final,
        )
        for finding, final in (
            (found, found.kind is FindingKind.STOP) for found in blockers(findings)
        )
    )
    settled = (
        said(
            "%(findings)s verified or accepted.",
            findings=nsaid("%(number)s finding", "%(number)s findings", len(closed)),
        )
        if closed
        else said("No finding is in the way.")
    )
    return in_the_way or (RungCheck("findings", True, settled),)


def _in_the_way(finding: FindingGiven) -> str:
    told = said(
        "“%(title)s” (%(kind)s) %(todo)s.",
        title=finding.title,
        kind=finding.kind,
        todo=_todo(finding),
    )
    return asking(f"finding:{finding.id}", told)


def _todo(finding: FindingGiven) -> str:
    return (
        said("is fixed but not verified")
        if finding.state is FindingState.FIXED
        else said("is open")
    )


def _primary(
    checks: Sequence[RungCheck],
    shown: RungShown,
    findings: Sequence[FindingGiven],
    next_size: int,
) -> DecisionKind:
    if all(check.ok for check in checks):
        return _onward(next_size)
    if any(finding.kind is FindingKind.STOP for finding in blockers(findings)):
        return DecisionKind.ROLL_BACK
    judged = (shown.judgement, shown.service_judgement)
    if any(
        judgement is not None and judgement.verdict is Verdict.FAIL
        for judgement in judged
    ):
        return DecisionKind.ADAPT
    return DecisionKind.HOLD


def _onward(next_size: int) -> DecisionKind:
    return DecisionKind.SCALE if next_size else DecisionKind.ADOPT


def _label(
    primary: DecisionKind, checks: Sequence[RungCheck], shown: RungShown, next_size: int
) -> str:
    missing = sum(not check.ok for check in checks)
    return {
        DecisionKind.SCALE: f"Scale to {people(next_size)}",
        DecisionKind.ADOPT: "Adopt: everybody has it",
        DecisionKind.ROLL_BACK: f"Roll back {people(shown.participants - shown.undone)}",
        DecisionKind.ADAPT: "Adapt and try again",
        DecisionKind.HOLD: said(
            "Hold: %(things)s missing",
            things=nsaid("%(number)s thing", "%(number)s things", missing),
        ),
        DecisionKind.STOP: "Stop",
    }[primary]
