"""The business case in a few sentences: what, why, how far, what it gave, what is asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from app.core.figures import day, figure, people
from app.core.said import joined, nsaid, said
from app.improvements.case.rules import Noted, Sentence, ended
from app.models.improvements.words import AskKind, ImprovementState, Verdict

SHORT = 240
"""Characters of what somebody wrote that a summary has room for."""

VERDICTS = {
    Verdict.PASS: said(
        "what was predicted came, and nothing that had to hold got worse"
    ),
    Verdict.FAIL: said("it did not bring what was predicted, or something got worse"),
    Verdict.INCONCLUSIVE: said("the numbers cannot tell yet whether it helped"),
    Verdict.NO_DATA: said("nothing was measured that could tell"),
}


@dataclass(frozen=True, slots=True)
class Gained:
    """What the main metric was before and is after; ``since`` says what became of it."""

    record: str
    name: str
    unit: str
    before: float
    after: float
    target: float | None
    since: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the owner asks for, until when, and how it was answered."""

    record: str
    kind: AskKind
    text: str
    due: date
    on: date
    answer: str = ""


@dataclass(frozen=True, slots=True)
class SummaryFacts:
    """What the summary is made of. ``running`` is the number of the rung on its way, its people and
    its last day; ``moved`` how many waves of roles moved, ``by_roles`` for how many of them it
    works.
    """

    title: str
    record: str
    vision: str
    eligible: int | None
    why: Noted | None
    state: ImprovementState
    learned: str
    rungs: int
    accepted: int
    moved: int
    by_roles: int
    running: tuple[int, int, date | None] | None
    gained: Gained | None
    verdict: Verdict | None
    judged: str
    asked: Asked | None


def summary(facts: SummaryFacts) -> tuple[Sentence, ...]:
    """Return three to five sentences, each with its record."""
    why = facts.why
    found = [Sentence(_what(facts), facts.record)]
    if why is not None:
        found.append(
            Sentence(said("Why: %(text)s", text=shortened(why.text)), why.record)
        )
    found.append(Sentence(_where(facts), facts.record))
    found += _gave(facts)
    asked = facts.asked
    if asked is not None:
        found.append(Sentence(_asks(asked), asked.record))
    return tuple(found)


def asks_told(asked: Asked | None, earlier: tuple[Asked, ...]) -> Iterator[Sentence]:
    """Return what is asked now, and what was asked before with its answer."""
    if asked is not None:
        text = said(
            "Asked on %(on)s for %(kind)s until %(due)s: %(text)s",
            on=day(asked.on),
            kind=asked.kind,
            due=day(asked.due),
            text=asked.text,
        )
        yield Sentence(ended(text), asked.record)
    for one in earlier:
        text = said(
            "Asked on %(on)s: %(text)s Answered: %(answer)s",
            on=day(one.on),
            text=ended(one.text),
            answer=one.answer,
        )
        yield Sentence(ended(text), one.record)


def _what(facts: SummaryFacts) -> str:
    whom = (
        said("It is for %(people)s.", people=people(facts.eligible))
        if facts.eligible
        else said("Nobody said yet for how many people it is.")
    )
    return joined([shortened(facts.vision) or ended(facts.title), whom])


def _where(facts: SummaryFacts) -> str:
    rungs = nsaid(
        "%(number)s rung",
        "%(number)s rungs",
        facts.rungs,
    )
    if facts.state is ImprovementState.STOPPED:
        return said(
            "It was stopped after %(rungs)s; learned: %(learned)s",
            rungs=rungs,
            learned=shortened(facts.learned),
        )
    have = people(facts.accepted)
    if facts.state is ImprovementState.EMBEDDED:
        return said(
            "It is embedded after %(rungs)s; %(people)s said that it works for them.",
            rungs=rungs,
            people=have,
        )
    if facts.running is not None:
        return _on_its_way(facts, facts.running)
    if not facts.rungs:
        return _by_roles(facts) or said("No rung was tried yet.")
    return said(
        "%(rungs)s decided, %(people)s reached; no rung is on its way.",
        rungs=rungs,
        people=have,
    )


def _by_roles(facts: SummaryFacts) -> str:
    if not facts.moved:
        return ""
    return said(
        "Waves of roles moved %(people)s; it works for %(confirmed)s.",
        people=people(facts.moved),
        confirmed=figure(facts.by_roles),
    )


def _on_its_way(facts: SummaryFacts, running: tuple[int, int, date | None]) -> str:
    number, size, until = running
    told = said(
        "%(people)s reached; rung %(number)s is on its way with %(size)s",
        people=people(facts.accepted),
        number=number,
        size=people(size),
    )
    if until is None:
        return joined([told, "."], "")
    return said(
        "%(told)s until %(day)s.",
        told=told,
        day=day(until),
    )


def _gave(facts: SummaryFacts) -> Iterator[Sentence]:
    words = VERDICTS[facts.verdict] if facts.verdict else ""
    one = facts.gained
    if one is None:
        if words:
            text = said("The last rung: %(words)s.", words=words)
            yield Sentence(text, facts.judged)
        return
    told = said(
        "%(name)s went from %(before)s to %(after)s %(unit)s",
        name=one.name,
        before=figure(one.before),
        after=figure(one.after),
        unit=one.unit,
    )
    if one.target is not None:
        told += said(" (target %(target)s)", target=figure(one.target))
    if words:
        told += said("; of the last rung: %(words)s", words=words)
    told = joined([told.rstrip() if not words else told, "."], "")
    yield Sentence(joined([told, one.since]), one.record)


def _asks(asked: Asked) -> str:
    return said(
        "Asked until %(due)s, %(kind)s: %(text)s",
        due=day(asked.due),
        kind=asked.kind,
        text=shortened(asked.text),
    )


def shortened(text: str, most: int = SHORT) -> str:
    """Return a text as one sentence, cut at a word where it is longer than ``most`` characters."""
    line = " ".join(text.split())
    if len(line) <= most:
        return ended(text if text == line else line) if line else ""
    cut = line[:most].rpartition(" ")[0] or line[:most]
    return cut.rstrip(",;:.") + " …"
