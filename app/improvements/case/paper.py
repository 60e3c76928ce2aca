"""An improvement on one sheet of paper: what fits there, and how much of it was left out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from app.core.figures import day, figure, people
from app.core.said import joined, said
from app.improvements.case.gathering import asked_of, net_of, summary_facts
from app.improvements.case.records import Fields, Records, day_of, standing
from app.improvements.case.summary import shortened
from app.improvements.metrics.queries import Series
from app.models.improvements.words import (
    SETTLED_FINDINGS,
    FindingKind,
    ImprovementNoteKind,
    Verdict,
)

MOST_LINES, MOST_RUNGS = 5, 5
"""Sentences of one box, and rungs, for which there is room."""

CAUSES = (ImprovementNoteKind.LEARN, ImprovementNoteKind.UNLEARN)


@dataclass(frozen=True, slots=True)
class PaperBox:
    """One box of the sheet; ``more`` counts what did not fit."""

    lines: tuple[str, ...]
    more: int = 0


@dataclass(frozen=True, slots=True)
class PaperRung:
    """One rung in a line: who, what, what was expected and came, verdict and decision."""

    number: int
    people: int
    what: str
    started: date | None
    expected: str
    result: str
    verdict: Verdict | None
    decision: str


@dataclass(frozen=True, slots=True)
class Paper:
    """Everything that stands on the sheet."""

    background: PaperBox
    current: PaperBox
    goal: PaperBox
    causes: PaperBox
    rungs: tuple[PaperRung, ...]
    rungs_before: int
    following: PaperBox
    asked: PaperBox
    net: PaperBox
    series: Series | None
    changed: date | None


def paper_of(records: Records) -> Paper:
    """Choose what stands on the sheet, as of the day of the records."""
    own, facts = records.improvement, summary_facts(records, ())
    rungs = [_rung(records, one) for one in records.iterations]
    why = facts.why.text if facts.why else ""
    chosen = (one for one in records.series if one.metric.primary_of)
    return Paper(
        background=_box((own["vision"], why, own["objective"])),
        current=_box((own["where_now"], own["nothing_cost"])),
        goal=_box((own["where_to"], _target(records), _whom(own))),
        causes=_box(_causes(records)),
        rungs=tuple(rungs[-MOST_RUNGS:]),
        rungs_before=max(0, len(rungs) - MOST_RUNGS),
        following=_box(_following(own)),
        asked=_box(_asked(records)),
        net=_box(net_of(records, ())),
        series=next(chosen, None),
        changed=records.first_start,
    )


def _box(texts: Iterable[str]) -> PaperBox:
    lines = list(dict.fromkeys(shortened(text) for text in texts if text))
    return PaperBox(tuple(lines[:MOST_LINES]), max(0, len(lines) - MOST_LINES))


def _target(records: Records) -> str:
    for one in records.metrics.values():
        if one["primary_of"] and one["target"] is not None:
            target = joined([figure(one["target"]), one["unit"]])
            return said(
                "%(name)s: %(target)s",
                name=one["name"],
                target=target,
            )
    return ""


def _whom(own: Fields) -> str:
    if not own["eligible"]:
        return ""
    return said("For %(people)s.", people=people(own["eligible"]))


def _causes(records: Records) -> Sequence[str]:
    noted = [one for one in standing(records.notes) if one["kind"] in list(CAUSES)]
    waiting = [
        one
        for one in records.findings
        if one["kind"] != FindingKind.NOTE
        and one["state"] not in list(SETTLED_FINDINGS)
    ]
    texts = [one["text"] for one in reversed(noted)]
    return [one["title"] for one in waiting] + texts + [records.improvement["how"]]


def _following(own: Fields) -> Sequence[str]:
    if not own["next_what"]:
        return ()
    told = said(
        "%(what)s (%(who)s, until %(day)s)",
        what=own["next_what"].rstrip("."),
        who=own["next_who"],
        day=day(day_of(own["next_due"])),
    )
    return (told,)


def _asked(records: Records) -> Sequence[str]:
    asked, _ = asked_of(records)
    if asked is None:
        return ()
    until = said(
        "%(kind)s, until %(day)s",
        kind=asked.kind,
        day=day(asked.due),
    )
    return (asked.text, until)


def _rung(records: Records, one: Fields) -> PaperRung:
    decided = (each for each in records.decisions if each["iteration_id"] == one["id"])
    decision = next(decided, None)
    seated = sum(
        each["iteration_id"] == one["id"] and not each["left_at"]
        for each in records.participations
    )
    verdict = decision["verdict"] if decision else None
    return PaperRung(
        one["number"],
        seated or one["planned_size"],
        shortened(one["what_changes"], 90),
        day_of(one["started_at"]) if one["started_at"] else None,
        figure(one["expected"]) if one["expected"] is not None else "",
        figure(one["result"]) if one["result"] is not None else "",
        Verdict(verdict) if verdict else None,
        decision["kind"] if decision else "",
    )
