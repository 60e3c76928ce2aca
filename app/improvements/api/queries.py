"""Improvements as programs see them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.plain import plain
from app.improvements.board.listing import (
    RegisterFilter,
    RegisterLine,
    improvement_lines,
)
from app.improvements.board.listing import count_improvements as count_lines
from app.improvements.gate.queries import RungScene, scene_of, standing_in
from app.improvements.metrics.queries import Value
from app.improvements.queries import get_improvement
from app.models.improvements.iteration import Decision, Iteration
from app.models.improvements.metric import Metric

WORDS = (
    "id",
    "title",
    "state",
    "kind",
    "owner",
    "sponsor",
    "service",
    "parent_id",
    "required_by",
    "since",
    "created_at",
)
ABOUT = ("vision", "where_now", "where_to", "how", "source", "source_text", "template")
RUNG = ("id", "number", "state", "what_changes", "planned_size")
DAYS = ("changed_on", "ends_on", "expected", "result")
METRIC = ("id", "name", "role", "unit", "direction", "target", "period", "tally")


def improvements_told(
    session: Session, wanted: RegisterFilter, today: date, page: tuple[int, int]
) -> dict[str, Any]:
    """Return a part of the register, the newest first; ``page`` is how many, after how many."""
    limit, offset = page
    lines = improvement_lines(session, wanted, "-raised", today, offset, limit)
    verdicts = _verdicts(session, [one.id for one in lines])
    return {
        "improvements": [
            _line(one) | verdicts.get(one.id, NO_VERDICT) for one in lines
        ],
        "total": count_lines(session, wanted),
    }


def improvement_told(
    session: Session, improvement_id: int, today: date
) -> dict[str, Any]:
    """Return one improvement with its rungs and metrics. Raises ``NotFound``."""
    one = get_improvement(session, improvement_id)
    chosen = RegisterFilter(number=improvement_id)
    (line,) = improvement_lines(session, chosen, "raised", today)
    verdict = _verdicts(session, [improvement_id]).get(improvement_id, NO_VERDICT)
    scene = scene_of(session, one)
    return {
        **_line(line),
        **verdict,
        **{name: plain(getattr(one, name)) for name in ABOUT},
        "rungs": [_rung(scene, each, today) for each in scene.iterations],
        "metrics": [_metric(each.metric) for each in scene.series],
    }


def value_told(one: Value, metric: Metric) -> dict[str, Any]:
    """Return a value of one period, with what it was made of."""
    made_of = {} if one.whole is None else {"count": one.part, "of": one.whole}
    return {
        "metric_id": metric.id,
        "day": one.day.isoformat(),
        "label": one.label,
        "value": one.value,
        "corrections": one.attempt - 1,
        **made_of,
    }


NO_VERDICT: dict[str, Any] = {"verdict": None, "decision": None}


def _verdicts(session: Session, ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Return what was found and decided last of each improvement. One query."""
    last = (
        select(func.max(Decision.id))
        .join(Iteration, Iteration.id == Decision.iteration_id)
        .where(Iteration.improvement_id.in_(ids))
        .group_by(Iteration.improvement_id)
    )
    rows = session.execute(
        select(Iteration.improvement_id, Decision.verdict, Decision.kind)
        .join(Decision, Decision.iteration_id == Iteration.id)
        .where(Decision.id.in_(last))
    )
    return {
        improvement_id: {"verdict": plain(verdict), "decision": plain(kind)}
        for improvement_id, verdict, kind in rows
    }


def _line(one: RegisterLine) -> dict[str, Any]:
    step = {"what": one.next_what, "who": one.next_who, "due": plain(one.next_due)}
    ladder = {
        "rungs_done": one.rungs.done,
        "rungs_running": one.rungs.running,
        "people": one.rungs.people,
        "people_in_all": one.rungs.fitting,
    }
    return {
        **{name: plain(getattr(one, name)) for name in WORDS},
        "next_step": step if one.next_what else None,
        "ladder": ladder,
        "attention": list(one.attention),
    }


def _rung(scene: RungScene, one: Iteration, today: date) -> dict[str, Any]:
    people = Counter(person.state.value for person in scene.people(one))
    decision = scene.decisions.get(one.id)
    told = {
        **{name: plain(getattr(one, name)) for name in (*RUNG, *DAYS)},
        "people": dict(people),
        "verdict": plain(decision.verdict) if decision else None,
        "decision": plain(decision.kind) if decision else None,
        "reason": decision.reason if decision else one.ended_reason,
    }
    return (
        told if decision or one.started_at is None else told | _now(scene, one, today)
    )


def _now(scene: RungScene, one: Iteration, today: date) -> dict[str, Any]:
    """Return what the numbers of a rung that is not decided yet say today."""
    judged = standing_in(scene, one, today).judged
    if judged is None:
        return {}
    judgement = judged.judgement
    return {"verdict": plain(judgement.verdict), "why": list(judgement.reasons)}


def _metric(one: Metric) -> dict[str, Any]:
    return {name: plain(getattr(one, name)) for name in METRIC}
