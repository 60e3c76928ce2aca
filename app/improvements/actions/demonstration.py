"""A few believable improvements for the demo: made by the same actions as everybody's, only
earlier.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth.queries import operators_with
from app.improvements.actions import (
    beside,
    complaints,
    deciding,
    findings,
    iterations,
    metrics,
    participants,
    register,
    templates,
)
from app.improvements.actions.demonstration_others import (
    tell_access,
    tell_chat,
    tell_own_tool,
    tell_statistics,
)
from app.improvements.actions.demonstration_story import ImprovementStory, tell_accepted, tell_rung
from app.models.improvements.complaint import Complaint
from app.models.improvements.improvement import Improvement
from app.models.improvements.iteration import Iteration
from app.models.improvements.words import (
    DecisionKind,
    Defect,
    FindingKind,
    FindingState,
    ImprovementNoteKind,
    ImprovementSize,
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


def seed_improvements(session: Session, *, by: str, now: datetime) -> bool:
    """Make the improvements, complaints, sites and teams of the demo, unless there is any
    improvement; tell whether.
    """
    if session.scalar(select(Improvement.id).limit(1)) is not None:
        return False
    story = ImprovementStory(session, by, now, now, _owner(session), _people(session))
    sites = _places(story)
    told = _complaints(story, sites)
    _caller(story, told[Defect.EXPLAINING_TWICE])
    tell_statistics(story)
    tell_access(story)
    tell_chat(story)
    tell_own_tool(story)
    return True


def _owner(session: Session) -> str:
    operators = operators_with(session, "plan")
    return operators[0].name if operators else ""


def _people(session: Session) -> Sequence[str]:
    """Return names for the participants: people of the demo company, or made up ones where none was
    read.
    """
    there = select(Person.name).where(
        Person.gone_at.is_(None), Person.disabled.is_(False), Person.service.is_(False)
    )
    found = list(dict.fromkeys(session.scalars(there.order_by(Person.id).limit(PEOPLE * 3))))
    return [*found, *(f"Colleague {number}" for number in range(1, PEOPLE + 1))][:PEOPLE]


def _places(story: ImprovementStory) -> dict[str, int]:
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


def _complaints(story: ImprovementStory, sites: dict[str, int]) -> dict[Defect, int]:
    story.ago(70)
    made: dict[Defect, int] = {}
    told = (
        (
            "Nobody tells us that it is known already",
            Defect.BAD_INFORMATION,
            3,
            ("Bern", "Hamburg"),
        ),
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
            complaints.ComplaintSaid(
                story.people[n], story.at.date(), f"“{title}”", sites.get(site)
            )
            for n, site in enumerate(where)
        ]
        complaint: Complaint = story.do(
            complaints.register, title, voices[0], defect=defect, severity=severity
        )
        made[defect] = complaint.id
        for voice in voices[1:]:
            story.do(complaints.hear, complaint.id, voice)
    return made


def _caller(story: ImprovementStory, complaint_id: int) -> None:
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
        "where_now": (
            "Four of five callers are asked for name, site and device before anything else."
        ),
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
        beside.add_cost,
        one.id,
        beside.CostDraft(Side.COST, "Connecting the telephone system", "hours", planned=12),
    )
    story.do(
        beside.add_cost,
        one.id,
        beside.CostDraft(Side.BENEFIT, "Handling time", "hours", Per.MONTH, planned=30),
    )
    if not story.owner:
        return
    story.begin(one.id, "Ask one agent to try it for a day")
    first = story.session.scalars(select(Iteration).where(Iteration.improvement_id == one.id)).one()
    guard = story.guardrail(one.id)
    story.measure(guard.id, (1, 0, 1, 0, 2, 1, 0, 1), 7)
    tell_rung(
        story,
        first.id,
        story.people[:1],
        "One agent answers with the caller on the screen",
        expected=35,
        days=10,
    )
    story.ago(34)
    story.measure(metric.id, ONE)
    story.measure(guard.id, (1,), 7)
    tell_accepted(story, first.id, feedback="I greet people by name now.", saved=12)
    finding = story.do(
        findings.raise_finding,
        one.id,
        findings.FindingDraft("Two people share a desk phone", FindingKind.FIX),
        iteration_id=first.id,
    )
    story.do(findings.move_finding, finding.id, FindingState.FIXED, fix="Both names are offered.")
    story.do(findings.move_finding, finding.id, FindingState.VERIFIED, who=story.people[0])
    story.do(iterations.review, first.id)
    story.do(deciding.decide, first.id, DecisionKind.SCALE, "It works, and nobody wants it back.")
    story.ago(6)
    second: Iteration = story.do(iterations.carry, first.id)
    tell_rung(
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
        story.do(
            participants.move, person_id, ParticipationState.ACCEPTED, confirmed_by="the person"
        )
    story.do(
        findings.raise_finding,
        one.id,
        findings.FindingDraft("Home office numbers are unknown", FindingKind.FIX),
        iteration_id=second.id,
    )
    story.do(
        beside.add_note,
        one.id,
        beside.NoteDraft(ImprovementNoteKind.LEARN, "Agents distrust a guess; show why it is one."),
    )
    story.step(one.id, "Ask the four what they would miss", 5)
