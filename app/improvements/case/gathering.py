"""What summary, question and net of a business case are made of, out of the records of a day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from app.core.figures import figure, signed
from app.core.said import joined, nsaid, said
from app.improvements.case.net import CountedSum, HourWorth, net_told, rungs_alike
from app.improvements.case.records import Fields, Records, day_of, standing
from app.improvements.case.rules import Measured, Noted
from app.improvements.case.summary import Asked, Gained, SummaryFacts
from app.improvements.statistics.extrapolation import Extrapolation
from app.models.improvements.words import (
    AskKind,
    ImprovementState,
    IterationState,
    Per,
    Side,
    Verdict,
)

GOING = (IterationState.RUNNING, IterationState.REVIEWING)
NET_SIDES = (Side.COST, Side.BENEFIT, Side.DISBENEFIT)


def summary_facts(records: Records, measured: Sequence[Measured]) -> SummaryFacts:
    """Gather what the summary says."""
    own = records.improvement
    last = max(
        records.decisions,
        key=lambda one: int(one["id"]),
        default=None,
    )
    asked, _ = asked_of(records)
    return SummaryFacts(
        title=own["title"],
        record=own["ref"],
        vision=own["vision"],
        eligible=own["eligible"],
        why=_why(records),
        state=ImprovementState(own["state"]),
        learned=own["stop_learning"],
        rungs=len(records.decisions),
        accepted=len(records.accepted),
        moved=len(records.roles.moved),
        by_roles=len(records.roles.accepted),
        running=_running(records),
        gained=_gained(records, measured),
        verdict=Verdict(last["verdict"]) if last and last["verdict"] else None,
        judged=last["ref"] if last else own["ref"],
        asked=asked,
    )


def asked_of(records: Records) -> tuple[Asked | None, tuple[Asked, ...]]:
    """Return what is asked for on that day, and what was answered until then."""
    every = [_asked(one) for one in records.asks]
    waiting = [one for one in every if not one.answer]
    answered = tuple(one for one in every if one.answer)
    return (waiting[-1] if waiting else None), answered


def net_of(records: Records, carried: Sequence[Extrapolation]) -> list[str]:
    """Weigh what it costs against what it brings, as sentences."""
    own = records.improvement
    worth = HourWorth(
        own["hour_worth"],
        own["worth_unit"],
        own["worth_by"],
        day_of(own["worth_on"]) if own["worth_on"] else None,
        own["horizon_years"] or 1,
    )
    sums = list(_figures(records))
    return net_told(
        sums,
        worth,
        carried,
        own["eligible"] or 0,
    )


def taken_alike(records: Records) -> Iterator[Noted]:
    """Return at what risk and cost rungs were taken; those that are alike in one sentence."""
    started = [
        one for one in records.iterations if one["started_at"] and one["risk_level"]
    ]
    told = rungs_alike(
        (one["number"], one["risk_level"], one["cost_level"]) for one in started
    )
    levels: dict[tuple[str, str], Fields] = {}
    for one in started:
        levels.setdefault((one["risk_level"], one["cost_level"]), one)
    for text, first in zip(
        told,
        levels.values(),
        strict=True,
    ):
        yield Noted(text, first["ref"], day_of(first["started_at"]))


def sum_text(one: Fields) -> str:
    """Return a figure as planned and as it came, with its assumption."""
    planned, actual = one["planned"], one["actual"]
    parts: list[str] = []
    if planned is not None:
        parts.append(said("%(sum)s planned", sum=_sum_said(one, planned)))
    if actual is not None:
        parts.append(_came(one, actual))
    if planned and actual is not None:
        share = signed(100 * (actual - planned) / planned)
        parts[-1] += said(" (%(share)s %%)", share=share)
    told = joined(parts, ", ") if parts else said("nobody put a figure to it")
    text: str = one["what"].rstrip(".") + ": " + told
    if one["for_whom"]:
        text += said(", for %(whom)s", whom=one["for_whom"])
    if not one["assumption"]:
        return text
    return text + said("; assumed: %(what)s", what=one["assumption"].rstrip("."))


def _came(one: Fields, actual: float) -> str:
    """Return what came of a figure, in a word of its side: spent, gained, lost."""
    told = _sum_said(one, actual)
    if one["side"] == Side.COST:
        return said("%(sum)s spent", sum=told)
    if one["side"] == Side.BENEFIT:
        return said("%(sum)s gained", sum=told)
    return said("%(sum)s lost", sum=told)


def _sum_said(one: Fields, value: float) -> str:
    per = "" if one["per"] == Per.ONCE else said("a %(period)s", period=one["per"])
    return joined([figure(value), one["unit"], per])


def _why(records: Records) -> Noted | None:
    own, raised = records.improvement, day_of(records.improvement["created_at"])
    if records.complaints:
        heard = max(records.complaints, key=lambda one: _voices(records, one))
        text = said(
            "%(title)s, complained about %(times)s",
            title=heard["title"].rstrip("."),
            times=nsaid(
                "%(number)s time",
                "%(number)s times",
                _voices(records, heard),
            ),
        )
        return Noted(text, heard["ref"], day_of(heard["created_at"]))
    reasons = (own["where_now"], own["source_text"], own["nothing_cost"])
    text = next((text for text in reasons if text), "")
    return Noted(text, own["ref"], raised) if text else None


def _voices(records: Records, complaint: Fields) -> int:
    return sum(one["complaint_id"] == complaint["id"] for one in records.voices)


def _running(records: Records) -> tuple[int, int, date | None] | None:
    for one in records.iterations:
        if one["state"] in GOING:
            people = [
                each
                for each in records.participations
                if each["iteration_id"] == one["id"] and not each["left_at"]
            ]
            until = day_of(one["ends_on"]) if one["ends_on"] else None
            return one["number"], len(people) or one["planned_size"], until
    return None


def _gained(records: Records, measured: Sequence[Measured]) -> Gained | None:
    for one in measured:
        metric = records.metrics[int(one.record.partition(":")[2])]
        if metric["primary_of"]:
            return Gained(
                one.record,
                metric["name"],
                metric["unit"],
                one.effect.before,
                one.effect.after,
                metric["target"],
                one.since,
            )
    return None


def _asked(one: Fields) -> Asked:
    return Asked(
        one["ref"],
        AskKind(one["kind"]),
        one["text"],
        day_of(one["due"]),
        day_of(one["created_at"]),
        one["answer"],
    )


def _figures(records: Records) -> Iterator[CountedSum]:
    for one in standing(records.costs):
        actual, planned = one["actual"], one["planned"]
        value = planned if actual is None else actual
        if value is None or one["side"] not in list(NET_SIDES):
            continue
        yield CountedSum(
            Side(one["side"]),
            one["what"],
            value,
            one["unit"],
            Per(one["per"]),
            actual is not None,
        )
    spent = sum(one["spent_hours"] or 0 for one in records.iterations)
    if spent:
        team = said("hours of the team on its rungs")
        yield CountedSum(
            Side.COST,
            team,
            spent,
            "hours",
            Per.ONCE,
            came=True,
        )
