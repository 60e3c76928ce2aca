"""The business case: what was collected, as sentences that each know their record, as of any
day.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from app.core.figures import day, figure, listed, people, percent
from app.core.said import joined, said
from app.improvements.findings.rules import FindingGiven
from app.improvements.statistics.effect import Effect
from app.improvements.statistics.extrapolation import Extrapolation
from app.improvements.statistics.ledger import Prediction
from app.models.improvements.words import FindingState


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence and the record it was taken from, such as ``finding:12``."""

    text: str
    record: str


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with its sentences; ``empty`` is what is said while there are none."""

    key: str
    title: str
    sentences: tuple[Sentence, ...]
    empty: str


@dataclass(frozen=True, slots=True)
class Case:
    """A business case as of a day."""

    title: str
    record: str
    as_of: date
    sections: tuple[Section, ...]

    def of(self, key: str) -> Section | None:
        """Return a section by its key; a case that was frozen earlier may have none of it."""
        return next((one for one in self.sections if one.key == key), None)

    @property
    def below(self) -> tuple[Section, ...]:
        """Return the sections below summary and question."""
        return tuple(one for one in self.sections if one.key not in (SUMMARY, ASK))


@dataclass(frozen=True, slots=True)
class Noted:
    """Something somebody wrote down on a day: a reason, an option, a cost, a risk, a need, a
    dis-benefit.
    """

    text: str
    record: str
    on: date


@dataclass(frozen=True, slots=True)
class Tried:
    """One iteration. ``decision`` and its day are empty until it is decided."""

    record: str
    number: int
    size: int
    what: str
    started: date
    prediction: Prediction | None = None
    result: float | None = None
    verdict: str = ""
    decided: date | None = None
    decision: str = ""
    reason: str = ""
    overrides: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """A finding and the day it was raised; its state is the one of the day the case is made for."""

    finding: FindingGiven
    on: date


@dataclass(frozen=True, slots=True)
class Measured:
    """The effect on one metric.

    ``better`` is False for a dis-benefit, None while it cannot be told or where it went back;
    ``since`` says what became of it.
    """

    record: str
    name: str
    effect: Effect
    better: bool | None
    on: date
    since: str = ""


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """Everything the case is made from.

    Whoever gathers it gives changing fields as they were on that day.
    """

    title: str
    record: str
    reasons: tuple[Noted, ...] = ()
    cost_of_nothing: Noted | None = None
    risk_of_nothing: Noted | None = None
    options: tuple[Noted, ...] = ()
    tried: tuple[Tried, ...] = ()
    found: tuple[Found, ...] = ()
    learned: tuple[Noted, ...] = ()
    roles: tuple[Noted, ...] = ()
    measured: tuple[Measured, ...] = ()
    benefits: tuple[Noted, ...] = ()
    disbenefits: tuple[Noted, ...] = ()
    extrapolated: tuple[tuple[Extrapolation, str], ...] = ()
    costs: tuple[Noted, ...] = ()
    served: tuple[Noted, ...] = ()
    risks: tuple[Noted, ...] = ()
    needs: tuple[Noted, ...] = ()
    forecast: str = ""
    summary: tuple[Sentence, ...] = ()
    asks: tuple[Sentence, ...] = ()
    net: tuple[str, ...] = ()


SUMMARY, ASK = "summary", "ask"
"""Keys of the sections that stand above the others."""


def compose(facts: CaseFacts, as_of: date) -> Case:
    """Put the case together from everything dated up to and including ``as_of``."""
    tried = [one for one in facts.tried if one.started <= as_of]
    rows = (
        (SUMMARY, said("In short"), facts.summary, said("Nothing to say yet.")),
        (ASK, said("What is asked"), facts.asks, said("Nothing is asked for.")),
        (
            "reasons",
            "Why",
            _noted(facts.reasons, as_of),
            said("Nobody wrote down why yet."),
        ),
        (
            "options",
            "Options",
            _options(facts, as_of),
            said("No option was written down."),
        ),
        (
            "tried",
            said("What was tried"),
            [
                *(s for one in tried for s in _trial(one, as_of)),
                *_noted(facts.roles, as_of),
            ],
            said("Nothing was tried yet."),
        ),
        (
            "found",
            said("What was found"),
            [*_findings(facts.found, as_of), *_noted(facts.learned, as_of)],
            said("No findings."),
        ),
        (
            "benefits",
            "Benefits",
            _benefits(facts, as_of),
            said("No benefit was measured yet."),
        ),
        (
            "served",
            said("What those it is for get"),
            _noted(facts.served, as_of),
            said("Nobody it is for is named yet."),
        ),
        (
            "disbenefits",
            "Dis-benefits",
            _disbenefits(facts, as_of),
            said("No dis-benefit was noticed."),
        ),
        (
            "unclear",
            said("What cannot be told yet"),
            _effects(facts, as_of, None),
            said("Nothing is open."),
        ),
        (
            "everyone",
            said("For the whole organisation"),
            _extrapolations(facts),
            said("Nothing was carried over to everybody."),
        ),
        ("costs", "Costs", _noted(facts.costs, as_of), said("No cost was filled in.")),
        (
            "net",
            said("Costs against benefits"),
            [Sentence(text, facts.record) for text in facts.net],
            said("No figure to weigh yet."),
        ),
        (
            "risks",
            "Risks",
            [*_noted(facts.risks, as_of), *_accepted(facts.found, as_of)],
            said("No risk was written down."),
        ),
        (
            "needs",
            said("What success will need"),
            _needs(facts, as_of),
            said("Nothing was asked for."),
        ),
        ("forecast", "When", _forecast(facts), said("No forecast.")),
    )
    return Case(
        facts.title,
        facts.record,
        as_of,
        tuple(Section(k, t, tuple(s), e) for k, t, s, e in rows),
    )


def _noted(notes: Iterable[Noted], as_of: date) -> list[Sentence]:
    return [
        Sentence(ended(note.text), note.record) for note in notes if note.on <= as_of
    ]


def ended(text: str) -> str:
    """Return a text that ends like a sentence."""
    text = text if text == text.strip() else text.strip()
    return text if text.rstrip("”").endswith((".", "!", "?", "…")) else text + "."


def _options(facts: CaseFacts, as_of: date) -> list[Sentence]:
    """Doing nothing is always an option, and the first one."""
    found = []
    for lead, note in (
        (said("Doing nothing costs"), facts.cost_of_nothing),
        (said("Doing nothing risks"), facts.risk_of_nothing),
    ):
        if note and note.on <= as_of:
            found.append(Sentence(ended(lead + ": " + note.text), note.record))
    if not found:
        found = [
            Sentence(
                said("Doing nothing: nobody said what it costs or risks."), facts.record
            )
        ]
    return found + _noted(facts.options, as_of)


def _trial(one: Tried, as_of: date) -> list[Sentence]:
    told = said(
        "Rung %(number)s, %(people)s, from %(started)s: %(value)s.",
        number=one.number,
        people=people(one.size),
        started=day(one.started),
        value=one.what.strip().rstrip("."),
    )
    found = [Sentence(told, one.record)]
    decided = one.decided and one.decided <= as_of
    if one.prediction:
        found.append(
            Sentence(
                _predicted(one.prediction, one.result if decided else None), one.record
            )
        )
    if one.decided and decided:
        because = f": {one.reason.strip().rstrip('.')}" if one.reason.strip() else ""
        verdict = (
            said("verdict %(verdict)s, ", verdict=one.verdict) if one.verdict else ""
        )
        found.append(
            Sentence(
                said(
                    "On %(decided)s %(verdict)sdecision to %(decision)s%(because)s.",
                    decided=day(one.decided),
                    verdict=verdict,
                    decision=one.decision,
                    because=because,
                ),
                one.record,
            )
        )
        found += [
            Sentence(said("Overridden: %(line)s", line=line), one.record)
            for line in one.overrides
        ]
    return found


def _predicted(prediction: Prediction, result: float | None) -> str:
    told = said(
        "Predicted %(expected)s for %(metric)s, %(confidence)s sure",
        expected=figure(prediction.expected),
        metric=prediction.metric,
        confidence=percent(prediction.confidence),
    )
    return (
        said("%(told)s; measured %(result)s.", told=told, result=figure(result))
        if result is not None
        else said("%(told)s; not measured yet.", told=told)
    )


def _findings(found: Iterable[Found], as_of: date) -> list[Sentence]:
    return [
        Sentence(
            said(
                "%(what)s (%(kind)s, %(state)s).",
                what=item.finding.title.strip().rstrip("."),
                kind=item.finding.kind,
                state=item.finding.state,
            ),
            _id(item),
        )
        for item in found
        if item.on <= as_of
    ]


def _accepted(found: Iterable[Found], as_of: date) -> list[Sentence]:
    accepted = (
        item
        for item in found
        if item.finding.state is FindingState.ACCEPTED and item.on <= as_of
    )
    return [
        Sentence(
            said("Accepted: %(value)s.", value=item.finding.title.strip().rstrip(".")),
            _id(item),
        )
        for item in accepted
    ]


def _needs(facts: CaseFacts, as_of: date) -> list[Sentence]:
    open_ones = (
        item for item in facts.found if item.on <= as_of and item.finding.blocks
    )
    fixes = [
        Sentence(
            said(
                "To be fixed first: %(value)s.",
                value=i.finding.title.strip().rstrip("."),
            ),
            _id(i),
        )
        for i in open_ones
    ]
    return [*_noted(facts.needs, as_of), *fixes]


def _id(item: Found) -> str:
    return f"finding:{item.finding.id}"


def _effects(facts: CaseFacts, as_of: date, better: bool | None) -> list[Sentence]:
    chosen = (one for one in facts.measured if one.better is better and one.on <= as_of)
    return [
        Sentence(joined([one.name + ":", one.effect.sentence, one.since]), one.record)
        for one in chosen
    ]


def _benefits(facts: CaseFacts, as_of: date) -> list[Sentence]:
    """What was measured comes first; what was only counted or planned says so itself."""
    return [*_effects(facts, as_of, True), *_noted(facts.benefits, as_of)]


def _disbenefits(facts: CaseFacts, as_of: date) -> list[Sentence]:
    return [*_effects(facts, as_of, False), *_noted(facts.disbenefits, as_of)]


def _extrapolations(facts: CaseFacts) -> list[Sentence]:
    found = []
    for carried, record in facts.extrapolated:
        assumed = listed([text.strip().rstrip(".") for text in carried.assumptions])
        found += [
            Sentence(carried.sentence, record),
            Sentence(said("Assumed: %(assumed)s.", assumed=assumed), record),
        ]
    return found


def _forecast(facts: CaseFacts) -> Sequence[Sentence]:
    return [Sentence(facts.forecast, facts.record)] if facts.forecast else []
