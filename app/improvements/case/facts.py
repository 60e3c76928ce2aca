"""What a business case is rendered from, collected from the records of an improvement."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from app.core.figures import figure, listed, people
from app.core.said import joined, nsaid, said
from app.improvements.case.effects import measured_of
from app.improvements.case.gathering import (
    asked_of,
    net_of,
    sum_text,
    summary_facts,
    taken_alike,
)
from app.improvements.case.records import Fields, Records, day_of, standing
from app.improvements.case.rules import CaseFacts, Found, Noted, Tried
from app.improvements.case.served import served
from app.improvements.case.summary import asks_told, summary
from app.improvements.findings.rules import FindingGiven
from app.improvements.statistics.extrapolation import Extrapolation, extrapolate
from app.improvements.statistics.forecast import forecast
from app.improvements.statistics.ladder import LadderStanding, alike, ladder_forecast
from app.improvements.statistics.ledger import Prediction
from app.improvements.statistics.weeks import throughput
from app.models.improvements.words import (
    Direction,
    FindingKind,
    FindingState,
    Funding,
    ImprovementNoteKind,
    ImprovementState,
    IterationState,
    Side,
)


def case_facts(records: Records) -> CaseFacts:
    """Gather what the case is made from."""
    own, raised = records.improvement, day_of(records.improvement["created_at"])
    measured = tuple(measured_of(records))
    return CaseFacts(
        title=own["title"],
        record=own["ref"],
        reasons=tuple(_reasons(records)),
        cost_of_nothing=_nothing(records, raised),
        risk_of_nothing=Noted(own["nothing_risk"], own["ref"], raised)
        if own["nothing_risk"]
        else None,
        options=tuple(_options(own, raised)),
        tried=tuple(_tried(records)),
        found=tuple(_found(one) for one in records.findings),
        learned=tuple(_learned(records)),
        roles=tuple(_roles(records)),
        measured=measured,
        benefits=tuple(_sums(records, Side.BENEFIT)),
        disbenefits=tuple(_sums(records, Side.DISBENEFIT)),
        extrapolated=tuple(_extrapolated(records)),
        costs=tuple(_costs(records)),
        served=tuple(served(records)),
        risks=tuple(_risks(records, raised)),
        needs=tuple(_needs(records, raised)),
        forecast=_forecast(records),
        summary=summary(summary_facts(records, measured)),
        asks=tuple(asks_told(*asked_of(records))),
        net=tuple(net_of(records, [carried for carried, _ in _extrapolated(records)])),
    )


def _reasons(records: Records) -> Iterator[Noted]:
    own, raised = records.improvement, day_of(records.improvement["created_at"])
    who = f" ({own['source_who']})" if own["source_who"] else ""
    rows = (
        (own["vision"], said("Vision: %(value)s", value=own["vision"])),
        (own["where_now"], said("Today: %(value)s", value=own["where_now"])),
        (own["where_to"], said("Wanted: %(value)s", value=own["where_to"])),
        (
            own["source_text"] and not records.complaints,
            said(
                "It came from a %(value)s%(who)s: “%(value_2)s”",
                value=own["source"],
                who=who,
                value_2=own["source_text"],
            ),
        ),
        (
            own["objective"],
            said("It serves the objective: %(value)s", value=own["objective"]),
        ),
        (own["audience"], said("It is for: %(value)s", value=own["audience"])),
        (
            own["held_back"],
            said("What kept it from being started: %(why)s", why=own["held_back"]),
        ),
    )
    yield from (Noted(text, own["ref"], raised) for value, text in rows if value)
    for complaint in records.complaints:
        voices = sum(
            voice["complaint_id"] == complaint["id"] for voice in records.voices
        )
        text = said(
            "Complaint, heard %(times)s: %(value)s",
            times=nsaid(
                "%(number)s time",
                "%(number)s times",
                voices,
            ),
            value=complaint["title"],
        )
        yield Noted(text, complaint["ref"], day_of(complaint["created_at"]))


def _nothing(records: Records, raised: date) -> Noted | None:
    own = records.improvement
    priced = [
        sum_text(one) for one in standing(records.costs) if one["side"] == Side.NOTHING
    ]
    text = joined([own["nothing_cost"].rstrip("."), *priced], "; ")
    return Noted(text, own["ref"], raised) if text else None


def _options(own: Fields, raised: date) -> Iterator[Noted]:
    tool = own["existing_tool"]
    reused = {
        True: said("Use %(tool)s, which is there already", tool=tool),
        False: said("%(tool)s is there already, but does not fit", tool=tool),
        None: "",
    }
    rows = (
        (
            tool,
            reused[own["reuses_tool"]] or said("%(tool)s is there already", tool=tool),
        ),
        (own["how"], said("The way chosen: %(value)s", value=own["how"])),
        (
            own["channel_fit"],
            said("What suits which channel: %(value)s", value=own["channel_fit"]),
        ),
        (
            own["later_candidate"],
            said(
                "A later option, not needed now: %(value)s",
                value=own["later_candidate"],
            ),
        ),
    )
    yield from (Noted(text, own["ref"], raised) for value, text in rows if value)


def _tried(records: Records) -> Iterator[Tried]:
    decided = {one["iteration_id"]: one for one in records.decisions}
    for one in records.iterations:
        if not one["started_at"]:
            continue
        decision, people = decided.get(one["id"]), _people(records, one["id"])
        yield Tried(
            record=one["ref"],
            number=one["number"],
            size=len(people),
            what=one["what_changes"],
            started=day_of(one["started_at"]),
            prediction=_prediction(records, one),
            result=one["result"],
            verdict=(decision or {}).get("verdict") or "",
            **_ending(one, decision),
        )


def _roles(records: Records) -> Iterator[Noted]:
    for one in records.roles.roles:
        if one.people:
            text = said(
                "%(role)s: its waves moved %(people)s, it works for %(confirmed)s",
                role=one.title,
                people=people(len(one.people)),
                confirmed=figure(one.confirmed),
            )
            yield Noted(text, one.record, one.since)


def _people(records: Records, iteration_id: int) -> list[Fields]:
    return [
        one
        for one in records.participations
        if one["iteration_id"] == iteration_id and not one["left_at"]
    ]


def _ending(iteration: Fields, decision: Fields | None) -> dict[str, Any]:
    if decision:
        return {
            "decided": day_of(decision["created_at"]),
            "decision": decision["kind"],
            "reason": decision["reason"],
            "overrides": tuple(decision["overrides"]),
        }
    if iteration["state"] == IterationState.ABORTED:
        return {
            "decided": day_of(iteration["ended_at"]),
            "decision": "abort",
            "reason": iteration["ended_reason"],
        }
    return {}


def _prediction(records: Records, one: Fields) -> Prediction | None:
    metric = records.metrics.get(one["metric_id"])
    if metric is None or one["expected"] is None or one["confidence"] is None:
        return None
    direction = Direction(metric["direction"])
    return Prediction(
        metric["name"],
        one["expected"],
        one["confidence"] / 100,
        direction,
        one["baseline"],
    )


def _found(one: Fields) -> Found:
    kind, state = FindingKind(one["kind"]), FindingState(one["state"])
    return Found(
        FindingGiven(
            one["id"],
            one["title"],
            kind,
            state,
        ),
        day_of(one["created_at"]),
    )


def _learned(records: Records) -> Iterator[Noted]:
    words = {
        ImprovementNoteKind.LEARN: "Learned",
        ImprovementNoteKind.UNLEARN: "Unlearned",
        ImprovementNoteKind.SUCCESS: said("A success"),
    }
    for one in standing(records.notes):
        if one["kind"] in words:
            yield _noted(
                one, words[ImprovementNoteKind(one["kind"])] + ": " + one["text"]
            )
    own = records.improvement
    if own["state"] == ImprovementState.STOPPED:
        spared = (
            said(
                "; not spent: %(value)s %(value_2)s",
                value=figure(own["not_spent"]),
                value_2=own["not_spent_unit"],
            )
            if own["not_spent"]
            else ""
        )
        yield Noted(
            said(
                "Stopped with learning: %(value)s%(spared)s",
                value=own["stop_learning"].rstrip("."),
                spared=spared,
            ),
            own["ref"],
            day_of(own["since"]),
        )


def _sums(records: Records, side: Side) -> Iterator[Noted]:
    chosen = (one for one in standing(records.costs) if one["side"] == side)
    yield from (
        Noted(sum_text(one), one["ref"], day_of(one["created_at"])) for one in chosen
    )


def _extrapolated(records: Records) -> Iterator[tuple[Extrapolation, str]]:
    own = records.improvement
    latest = {
        str(one["person_id"] or one["name"]): one["saved"]
        for one in records.participations
        if one["saved"] is not None and not one["left_at"]
    }
    savings = list(latest.values())
    assumptions = [
        line.strip() for line in own["saving_assumptions"].splitlines() if line.strip()
    ]
    found = extrapolate(
        savings, own["eligible"] or 0, own["saving_unit"] or "units", assumptions
    )
    if found is not None and own["eligible"]:
        yield found, own["ref"]


def _costs(records: Records) -> Iterator[Noted]:
    yield from _sums(records, Side.COST)
    own, today = records.improvement, records.moment.date()
    spent = sum(one["spent_hours"] or 0 for one in records.iterations)
    if spent and own["budget_hours"]:
        yield Noted(
            said(
                "The team put in %(spent)s of the %(value)s hours it may spend",
                spent=figure(spent),
                value=figure(own["budget_hours"]),
            ),
            own["ref"],
            today,
        )
    elif spent:
        yield Noted(
            said(
                "The team put in %(hours)s",
                hours=nsaid(
                    "%(number)s hour",
                    "%(number)s hours",
                    round(spent),
                ),
            ),
            own["ref"],
            today,
        )
    if own["funding"] != Funding.UNKNOWN:
        note = f": {own['funding_note']}" if own["funding_note"] else ""
        yield Noted(
            said(
                "Funding %(value)s%(note)s",
                value=own["funding"],
                note=note,
            ),
            own["ref"],
            today,
        )


def _risks(records: Records, raised: date) -> Iterator[Noted]:
    own = records.improvement
    if own["tool_limit"]:
        yield Noted(
            said("Known limit of the tool: %(value)s", value=own["tool_limit"]),
            own["ref"],
            raised,
        )
    if own["confidence"] is None or not own["expected_return"]:
        unknown = listed(
            [
                name
                for name, value in (
                    (said("how sure we are"), own["confidence"]),
                    (said("the return"), own["expected_return"]),
                )
                if value in (None, "")
            ]
        )
        yield Noted(
            said("Not known yet: %(unknown)s", unknown=unknown), own["ref"], raised
        )
    yield from taken_alike(records)


def _needs(records: Records, raised: date) -> Iterator[Noted]:
    own = records.improvement
    rows = (
        (own["success_needs"], own["success_needs"]),
        (not own["sponsor"], said("A sponsor")),
        (own["desk_involved"] is False, said("The service desk is not involved yet")),
    )
    yield from (Noted(text, own["ref"], raised) for wanted, text in rows if wanted)


def _forecast(records: Records) -> str:
    own, started = records.improvement, records.began
    if (
        own["state"] in (ImprovementState.STOPPED, ImprovementState.EMBEDDED)
        or started is None
        or not own["eligible"]
    ):
        return ""
    on = records.moment.date()
    ladder = LadderStanding(
        len(records.accepted), own["eligible"], records.rungs, own["undo_capacity"]
    )
    weeks = throughput(
        records.accepted.values(),
        started,
        on,
    )
    by_week = forecast(
        weeks,
        ladder.remaining,
        on,
    )
    if not ladder.rungs or (not by_week.refusal and alike(ladder)):
        return by_week.sentence
    return ladder_forecast(ladder, on).sentence


def _noted(one: Fields, text: str) -> Noted:
    return Noted(text, one["ref"], day_of(one["created_at"]))
