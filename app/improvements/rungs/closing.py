"""Close a rung: decide through its gate, or abort it. What is closed is frozen with its hash."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.acting import Acting
from app.core.changes import demand, word
from app.core.errors import Conflict, Refused
from app.core.plain import fields, plain
from app.core.said import said
from app.improvements.events import NotedChange, locked_iteration, tell
from app.improvements.gate import rules as gate_rules
from app.improvements.gate.checks import RungCheck
from app.improvements.gate.queries import Standing, standing_of
from app.improvements.people.rules import SWITCHED
from app.improvements.rungs.rules import IterationFacts, objections
from app.improvements.rungs.snapshot import freeze
from app.models.improvements.iteration import CheckIn, Decision, Iteration, Snapshot
from app.models.improvements.words import DecisionKind, IterationState


class Blocked(Refused):
    """The gate is closed.

    ``checks`` are the lines in the way; those that are ``final`` cannot be overridden.
    """

    def __init__(
        self,
        kind: DecisionKind,
        checks: tuple[RungCheck, ...],
        sentences: tuple[str, ...],
    ) -> None:
        super().__init__(f"Not yet: {sentences[0]}", details=sentences)
        self.kind = kind
        self.checks = checks


def decide(
    act: Acting,
    iteration_id: int,
    kind: DecisionKind,
    reason: str = "",
    *,
    evidence: tuple[str, ...] = (),
    lines: gate_rules.WaveLines | None = None,
) -> Decision:
    """Decide what follows from an iteration under review, once and for good; the iteration is
    closed and frozen.

    A rung that was decided already raises ``Conflict`` with that decision. A closed gate raises
    ``Blocked`` with the lines in the way; with a reason they are overridden and kept with the
    decision, except where a finding says stop. ``evidence`` names records besides
    those the gate looked at, ``lines`` adds to the gate what its wave shows.
    """
    kind = word(DecisionKind, kind, "kind")
    improvement, iteration = locked_iteration(act.session, iteration_id)
    standing = standing_of(act.session, improvement, iteration, act.now.date())
    _demand_undecided(standing)
    facts = IterationFacts(iteration.state, decision=kind)
    demand(objections(facts, IterationState.DECIDED))
    gate, judged = standing.gate, standing.judged
    if lines is not None:
        gate = gate_rules.with_lines(gate, lines.lines, final=lines.stop)
    found = gate_rules.objections(gate, kind, reason)
    if found and kind in gate_rules.FORWARD:
        raise Blocked(kind, gate.blocked, found)
    demand(found)
    decision = Decision(
        iteration_id=iteration_id,
        kind=kind,
        reason=reason.strip(),
        next_size=gate.next_size,
        verdict=judged.judgement.verdict if judged else None,
        gate=[asdict(check) for check in gate.checks],
        overrides=list(gate_rules.overrides(gate, kind)),
        evidence=sorted({*evidence, *_evidence(standing)}),
        created_at=act.now,
        created_by=act.by,
    )
    change = NotedChange()
    change.add(act.session, decision)
    result = judged.result if judged else None
    change.put(
        iteration,
        _closed(IterationState.DECIDED, reason, act.now, iteration)
        | {"result": result},
    )
    _freeze(act.session, standing, decision, act.now)
    sentence = f"Decided rung {iteration.number}: {kind}"
    if decision.overrides:
        sentence += f" (overridden: {len(decision.overrides)})"
    tell(act, improvement, "iteration.decide", sentence, change, reason=reason)
    return decision


def _demand_undecided(standing: Standing) -> None:
    """Raise ``Conflict`` with what was decided, where somebody else was faster."""
    decided = standing.scene.decisions.get(standing.iteration.id)
    if decided is not None:
        raise Conflict(
            said(
                "%(who)s decided meanwhile: %(kind)s. %(reason)s",
                who=decided.created_by,
                kind=decided.kind,
                reason=decided.reason or said("The gate was open."),
            )
        )


def abort(act: Acting, iteration_id: int, reason: str) -> Iteration:
    """End an iteration without a decision. Needs a reason, and nobody who is switched."""
    improvement, iteration = locked_iteration(act.session, iteration_id)
    standing = standing_of(act.session, improvement, iteration, act.now.date())
    switched = sum(one.state in SWITCHED for one in standing.scene.people(iteration))
    facts = IterationFacts(iteration.state, still_switched=switched)
    demand(objections(facts, IterationState.ABORTED, reason))
    change = NotedChange()
    change.put(iteration, _closed(IterationState.ABORTED, reason, act.now, iteration))
    _freeze(act.session, standing, None, act.now)
    sentence = f"Aborted rung {iteration.number}"
    tell(act, improvement, "iteration.abort", sentence, change, reason=reason)
    return iteration


def _closed(
    state: IterationState, reason: str, now: datetime, iteration: Iteration
) -> dict[str, Any]:
    return {
        "state": state,
        "open_of": None,
        "ended_at": now,
        "ended_reason": reason.strip(),
        "revision": iteration.revision + 1,
    }


def _evidence(standing: Standing) -> set[str]:
    """Return the records the gate looked at: values since the start, findings, and the people."""
    scene, iteration, series = standing.scene, standing.iteration, standing.series
    began = iteration.changed_on or date.max
    judged = series.values if series and standing.judged else ()
    return {
        *(f"measurement:{one.id}" for one in judged if one.day >= began),
        *(
            f"finding:{one.id}"
            for one in scene.findings
            if one.iteration_id in (None, iteration.id)
        ),
        *(f"participation:{one.id}" for one in scene.people(iteration)),
    }


def _freeze(
    session: Session, standing: Standing, decision: Decision | None, now: datetime
) -> None:
    scene, iteration, judged = standing.scene, standing.iteration, standing.judged
    session.flush()
    check_ins = session.scalars(
        select(CheckIn).where(CheckIn.iteration_id == iteration.id).order_by(CheckIn.id)
    )
    frozen = freeze(
        {
            "improvement": fields(scene.improvement),
            "iteration": fields(iteration),
            "participants": [fields(one) for one in scene.people(iteration)],
            "findings": [fields(one) for one in scene.findings],
            "check_ins": [fields(one) for one in check_ins],
            "metrics": [
                {
                    **fields(one.metric),
                    "values": [[plain(v.day), v.label, v.value] for v in one.values],
                }
                for one in scene.series
            ],
            "judgement": judged.judgement if judged else None,
            "decision": fields(decision) if decision else None,
        }
    )
    session.add(
        Snapshot(
            iteration_id=iteration.id,
            content=frozen.text,
            hash=frozen.hash,
            created_at=now,
        )
    )
