"""A few believable improvements for the demo: made by the same actions as everybody's, only earlier."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth.queries import operators_with
from app.improvements.actions import (
    beside,
    complaints,
    deciding,
    findings,
    iterations,
    measuring,
    metrics,
    participants,
    register,
    templates,
)
from app.models.improvements.complaint import Complaint
from app.models.improvements.improvement import Improvement
from app.models.improvements.iteration import Iteration, Participation
from app.models.improvements.metric import Metric
from app.models.improvements.words import (
    DecisionKind,
    Defect,
    FindingKind,
    FindingState,
    Funding,
    ImprovementNoteKind,
    ImprovementSize,
    ImprovementState,
    Level,
    MetricRole,
    ParticipationState,
    Per,
    Side,
)
from app.models.people import DeskType, Person
from app.people.actions import SiteDraft, TeamDraft, add_site, add_team, all_sites, all_teams

BEFORE = (42, 38, 45, 40, 39, 44, 41, 43, 37, 40, 46, 41)
ONE = (35, 31, 34, 30, 33, 32, 36, 31)
FEW = (29, 33, 30, 27, 31)
PEOPLE = 8


@dataclass
class _Story:
    """Tells one improvement after the other; ``at`` is where in the past it stands."""

    session: Session
    by: str
    now: datetime
    at: datetime
    owner: str
    people: Sequence[str]

    def ago(self, days: int) -> None:
        """Go to so many days before now."""
        self.at = self.now - timedelta(days=days)

    def do(self, action: Any, *values: Any, **more: Any) -> Any:
        """Do something there."""
        return action(self.session, *values, **{"by": self.by, "now": self.at, **more})

    def step(self, improvement_id: int, what: str, days: int) -> None:
        """Set the next step, so many days ahead."""
        self.do(register.set_next_step, improvement_id, what, self.owner or self.by, self.at.date() + timedelta(days))

    def metric(self, improvement_id: int) -> Metric:
        """Return the primary metric of an improvement."""
        return self.session.scalars(select(Metric).where(Metric.primary_of == improvement_id)).one()

    def guardrail(self, improvement_id: int) -> Metric:
        """Return the first guardrail of an improvement."""
        chosen = select(Metric).where(Metric.improvement_id == improvement_id, Metric.role == MetricRole.GUARDRAIL)
        return self.session.scalars(chosen.order_by(Metric.id).limit(1)).one()

    def measure(self, metric_id: int, values: Sequence[float], days: int = 1) -> None:
        """Write down values, one every ``days``, the last of them yesterday as seen from here."""
        last = self.at.date() - timedelta(days=1)
        told = (f"{last - timedelta(days * (len(values) - 1 - n))} {value}" for n, value in enumerate(values))
        self.do(measuring.measure_pasted, metric_id, "\n".join(told))

    def begin(self, improvement_id: int, what: str) -> None:
        """Bring an improvement into progress."""
        self.step(improvement_id, what, 7)
        self.do(register.move, improvement_id, ImprovementState.ACCEPTED)
        self.do(register.move, improvement_id, ImprovementState.IN_PROGRESS, reason="Shown in the demo.")

    def people_of(self, iteration_id: int) -> Sequence[int]:
        """Return the participations of an iteration."""
        return self.session.scalars(select(Participation.id).where(Participation.iteration_id == iteration_id)).all()


def seed_improvements(session: Session, *, by: str, now: datetime) -> bool:
    """Make the improvements, complaints, sites and teams of the demo, unless there is any improvement; tell whether."""
    if session.scalar(select(Improvement.id).limit(1)) is not None:
        return False
    story = _Story(session, by, now, now, _owner(session), _people(session))
    sites = _places(story)
    told = _complaints(story, sites)
    _caller(story, told[Defect.EXPLAINING_TWICE])
    _statistics(story)
    _access(story)
    _chat(story)
    _own_tool(story)
    return True


def _owner(session: Session) -> str:
    operators = operators_with(session, "plan")
    return operators[0].name if operators else ""


def _people(session: Session) -> Sequence[str]:
    """Return names for the participants: people of the demo company, or made up ones where none was read."""
    there = select(Person.name).where(Person.gone_at.is_(None), Person.disabled.is_(False), Person.service.is_(False))
    found = list(dict.fromkeys(session.scalars(there.order_by(Person.id).limit(PEOPLE * 3))))
    return [*found, *(f"Colleague {number}" for number in range(1, PEOPLE + 1))][:PEOPLE]


def _places(story: _Story) -> dict[str, int]:
    drafts = (
        SiteDraft("Bern", "Head office, Aarestrasse 1", 8, "Europe/Zurich", "de"),
        SiteDraft("Hamburg", "Warehouse, Am Kai 14", 6, "Europe/Berlin", "de"),
        SiteDraft("Lyon", "Works, rue des Ateliers 3", 5, "Europe/Paris", "fr"),
        SiteDraft("Tallinn", "IT, Sadama 9", 2, "Europe/Tallinn", "et"),
    )
    known = {site.name for site in all_sites(story.session, retired=True)}
    for draft in drafts:
        if draft.name not in known:
            story.do(add_site, draft)
    sites = {site.name: site.id for site in all_sites(story.session)}
    teams = {team.name for team in all_teams(story.session, retired=True)}
    for name, desk in (
        ("Service desk", DeskType.FIRST_LEVEL),
        ("Administrators", DeskType.NONE),
        ("Applications", DeskType.NONE),
    ):
        if name not in teams:
            story.do(add_team, TeamDraft(name, site_id=sites.get("Tallinn"), desk=desk))
    return sites


def _complaints(story: _Story, sites: dict[str, int]) -> dict[Defect, int]:
    story.ago(70)
    made: dict[Defect, int] = {}
    told = (
        ("Nobody tells us that it is known already", Defect.BAD_INFORMATION, 3, ("Bern", "Hamburg")),
        ("My ticket goes from team to team", Defect.PING_PONG, 3, ("Hamburg", "Lyon")),
        (
            "I explain the same thing at every call",
            Defect.EXPLAINING_TWICE,
            2,
            ("Bern", "Bern", "Hamburg"),
        ),
    )
    for title, defect, severity, where in told:
        voices = [
            complaints.Said(story.people[n], story.at.date(), f"“{title}”", sites.get(site))
            for n, site in enumerate(where)
        ]
        complaint: Complaint = story.do(complaints.register, title, voices[0], defect=defect, severity=severity)
        made[defect] = complaint.id
        for voice in voices[1:]:
            story.do(complaints.hear, complaint.id, voice)
    return made


def _caller(story: _Story, complaint_id: int) -> None:
    """In progress: one rung decided, the second one running."""
    story.ago(45)
    fields = {
        "sponsor": "Head of support",
        "source": "complaint",
        "source_text": "I explain the same thing at every call.",
        "value": 8,
        "urgency": 6,
        "risk": 4,
        "job_size": 3,
        "size": ImprovementSize.SMALL,
        "desk_involved": True,
        "eligible": 24,
        "existing_tool": "the telephone system",
        "reuses_tool": True,
        "budget_hours": 40,
        "undo_capacity": 10,
        "where_now": "Four of five callers are asked for name, site and device before anything else.",
        "saving_unit": "minutes a day",
        "saving_assumptions": "Agents take as many calls as today.",
    }
    one: Improvement = story.do(templates.start_from, "caller-identification", "", fields)
    if story.owner:
        story.do(register.change_improvement, one.id, {"owner": story.owner})
    story.do(complaints.join, complaint_id, one.id)
    metric = story.metric(one.id)
    story.measure(metric.id, BEFORE)
    story.do(metrics.change_metric, metric.id, {"target": 30})
    story.do(
        beside.add_cost, one.id, beside.CostDraft(Side.COST, "Connecting the telephone system", "hours", planned=12)
    )
    story.do(beside.add_cost, one.id, beside.CostDraft(Side.BENEFIT, "Handling time", "hours", Per.MONTH, planned=30))
    if not story.owner:
        return
    story.begin(one.id, "Ask one agent to try it for a day")
    first = story.session.scalars(select(Iteration).where(Iteration.improvement_id == one.id)).one()
    guard = story.guardrail(one.id)
    story.measure(guard.id, (1, 0, 1, 0, 2, 1, 0, 1), 7)
    _rung(story, first.id, story.people[:1], "One agent answers with the caller on the screen", expected=35, days=10)
    story.ago(34)
    story.measure(metric.id, ONE)
    story.measure(guard.id, (1,), 7)
    _accept(story, first.id, feedback="I greet people by name now.", saved=12)
    finding = story.do(
        findings.raise_finding, one.id, findings.FindingDraft("Two people share a desk phone", FindingKind.FIX),
        iteration_id=first.id,
    )  # fmt: skip
    story.do(findings.move_finding, finding.id, FindingState.FIXED, fix="Both names are offered.")
    story.do(findings.move_finding, finding.id, FindingState.VERIFIED, who=story.people[0])
    story.do(iterations.review, first.id)
    story.do(deciding.decide, first.id, DecisionKind.SCALE, "It works, and nobody wants it back.")
    story.ago(6)
    second: Iteration = story.do(iterations.carry, first.id)
    _rung(
        story,
        second.id,
        story.people[1:5],
        "The early shift answers with the caller on the screen",
        expected=32,
        days=21,
    )
    story.ago(0)
    story.measure(metric.id, FEW)
    story.measure(guard.id, (0,), 7)
    for person_id in story.people_of(second.id)[:2]:
        story.do(participants.move, person_id, ParticipationState.ACCEPTED, confirmed_by="the person")
    story.do(
        findings.raise_finding, one.id, findings.FindingDraft("Home office numbers are unknown", FindingKind.FIX),
        iteration_id=second.id,
    )  # fmt: skip
    story.do(
        beside.add_note,
        one.id,
        beside.NoteDraft(ImprovementNoteKind.LEARN, "Agents distrust a guess; show why it is one."),
    )
    story.step(one.id, "Ask the four what they would miss", 5)


def _rung(story: _Story, iteration_id: int, names: Sequence[str], what: str, *, expected: float, days: int) -> None:
    """Plan, staff and start an iteration, rehearse its undo, and switch everybody."""
    plan = {
        "what_changes": what,
        "starts_on": story.at.date(), "ends_on": story.at.date() + timedelta(days=days), "minimum_points": 8,
        "budget_hours": 6, "risk_level": Level.LOW, "cost_level": Level.LOW, "expected": expected, "confidence": 70,
    }  # fmt: skip
    story.do(iterations.change_iteration, iteration_id, plan)
    story.do(participants.invite, iteration_id, names, technique="Asked in person, beside a colleague")
    story.do(iterations.start, iteration_id)
    story.do(iterations.rehearse_undo, iteration_id, 90)
    for person_id in story.people_of(iteration_id):
        for state in (ParticipationState.PREPARED, ParticipationState.SWITCHED, ParticipationState.OBSERVING):
            story.do(participants.move, person_id, state)


def _accept(story: _Story, iteration_id: int, **said: Any) -> None:
    for person_id in story.people_of(iteration_id):
        story.do(participants.move, person_id, ParticipationState.ACCEPTED, confirmed_by="the person")
        story.do(participants.describe, person_id, {"would_go_back": False, **said})
        story.do(participants.read_feedback, person_id)


def _statistics(story: _Story) -> None:
    """Embedded: everybody has it, and one metric stays under watch."""
    if not story.owner:
        return
    story.ago(120)
    fields = {
        "owner": story.owner, "value": 5, "urgency": 3, "risk": 2, "job_size": 2, "desk_involved": True, "eligible": 1,
        "reuses_tool": True, "existing_tool": "the intranet", "budget_hours": 16,
    }  # fmt: skip
    one: Improvement = story.do(templates.start_from, "publish-desk-statistics", "", fields)
    metric = story.metric(one.id)
    story.measure(metric.id, (0, 0, 0, 0, 0, 0), 7)
    story.begin(one.id, "Show a draft to one manager")
    first = story.session.scalars(select(Iteration).where(Iteration.improvement_id == one.id)).one()
    story.do(iterations.change_iteration, first.id, {"minimum_points": 4})
    _rung(story, first.id, ["Desk manager"], "One manager gets the page", expected=1, days=40)
    story.ago(75)
    story.measure(metric.id, (1, 1, 1, 1, 1, 1), 7)
    _accept(story, first.id, feedback="Now I quote it.")
    story.do(iterations.review, first.id)
    story.do(deciding.decide, first.id, DecisionKind.ADOPT, "It comes every Monday.")
    story.do(metrics.watch, metric.id)
    success = "The first meeting without a quarrel about how many tickets there are."
    story.do(beside.add_note, one.id, beside.NoteDraft(ImprovementNoteKind.SUCCESS, success))
    story.do(register.change_improvement, one.id, {"everyone_has_it_on": story.at.date()})
    story.do(register.move, one.id, ImprovementState.EMBEDDED)


def _access(story: _Story) -> None:
    """In progress: the programme under which roles will stand."""
    story.ago(20)
    fields = {
        "value": 9,
        "urgency": 5,
        "risk": 8,
        "job_size": 8,
        "size": ImprovementSize.LARGE,
        "desk_involved": True,
        "eligible": 300,
        "reuses_tool": True,
        "existing_tool": "the directory",
        "required_by": date(story.now.year + 1, 6, 30),
        "nothing_cost": "Half a day for every joiner.",
    }
    one: Improvement = story.do(templates.start_from, "role-based-access", "", fields)
    story.measure(story.metric(one.id).id, (0, 0), 7)
    if story.owner:
        story.do(register.change_improvement, one.id, {"owner": story.owner})
        story.begin(one.id, "Make the first role from one person's rights")
        story.ago(2)
        story.step(one.id, "Find the first person who fits a role exactly", 9)


def _chat(story: _Story) -> None:
    """Accepted: complete, voted for, waiting for room on the board."""
    story.ago(15)
    fields = {"value": 7, "urgency": 5, "risk": 3, "job_size": 4, "desk_involved": True, "existing_tool": "the chat"}
    one: Improvement = story.do(templates.start_from, "chat-with-existing-tool", "", fields)
    story.do(register.move, one.id, ImprovementState.ACCEPTED)
    for name in story.people[:3]:
        story.do(register.vote, one.id, by=name)
    story.do(beside.add_note, one.id, beside.NoteDraft(ImprovementNoteKind.VOLUNTEER, who=story.people[5]))


def _own_tool(story: _Story) -> None:
    """Stopped with learning: what was not spent is told."""
    story.ago(60)
    fields = {
        "vision": "A desk tool that does everything.", "funding": Funding.ASKED, "value": 4, "urgency": 2, "risk": 1,
        "job_size": 9, "size": ImprovementSize.LARGE, "later_candidate": "The product shown at the fair",
    }  # fmt: skip
    one: Improvement = story.do(register.raise_improvement, "Buy a new desk tool", fields)
    story.ago(52)
    learned = "Two talks showed that the tool we have was never set up; that comes first."
    story.do(register.move, one.id, ImprovementState.STOPPED, reason=learned, not_spent=register.NotSpent(24000, "EUR"))
