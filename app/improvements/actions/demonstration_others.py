"""The demo's improvements of which one sees the beginning or the end only."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from app.improvements.actions import (
    beside,
    deciding,
    iterations,
    metrics,
    register,
    templates,
)
from app.improvements.actions.demonstration_story import ImprovementStory, tell_accepted, tell_rung
from app.models.improvements.improvement import Improvement
from app.models.improvements.iteration import Iteration
from app.models.improvements.words import (
    DecisionKind,
    Funding,
    ImprovementNoteKind,
    ImprovementSize,
    ImprovementState,
)


def tell_statistics(story: ImprovementStory) -> None:
    """Embedded: everybody has it, and one metric stays under watch."""
    if not story.owner:
        return
    story.ago(120)
    fields = {
        "owner": story.owner,
        "value": 5,
        "urgency": 3,
        "risk": 2,
        "job_size": 2,
        "desk_involved": True,
        "eligible": 1,
        "reuses_tool": True,
        "existing_tool": "the intranet",
        "budget_hours": 16,
    }
    one: Improvement = story.do(templates.start_from, "publish-desk-statistics", "", fields)
    metric = story.metric(one.id)
    story.measure(metric.id, (0, 0, 0, 0, 0, 0), 7)
    story.begin(one.id, "Show a draft to one manager")
    first = story.session.scalars(select(Iteration).where(Iteration.improvement_id == one.id)).one()
    story.do(iterations.change_iteration, first.id, {"minimum_points": 4})
    tell_rung(story, first.id, ["Desk manager"], "One manager gets the page", expected=1, days=40)
    story.ago(75)
    story.measure(metric.id, (1, 1, 1, 1, 1, 1), 7)
    tell_accepted(story, first.id, feedback="Now I quote it.")
    story.do(iterations.review, first.id)
    story.do(deciding.decide, first.id, DecisionKind.ADOPT, "It comes every Monday.")
    story.do(metrics.watch, metric.id)
    success = "The first meeting without a quarrel about how many tickets there are."
    story.do(beside.add_note, one.id, beside.NoteDraft(ImprovementNoteKind.SUCCESS, success))
    story.do(register.change_improvement, one.id, {"everyone_has_it_on": story.at.date()})
    story.do(register.move, one.id, ImprovementState.EMBEDDED)


def tell_access(story: ImprovementStory) -> None:
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


def tell_chat(story: ImprovementStory) -> None:
    """Accepted: complete, voted for, waiting for room on the board."""
    story.ago(15)
    fields = {
        "value": 7,
        "urgency": 5,
        "risk": 3,
        "job_size": 4,
        "desk_involved": True,
        "existing_tool": "the chat",
    }
    one: Improvement = story.do(templates.start_from, "chat-with-existing-tool", "", fields)
    story.do(register.move, one.id, ImprovementState.ACCEPTED)
    for name in story.people[:3]:
        story.do(register.vote, one.id, by=name)
    story.do(
        beside.add_note,
        one.id,
        beside.NoteDraft(ImprovementNoteKind.VOLUNTEER, who=story.people[5]),
    )


def tell_own_tool(story: ImprovementStory) -> None:
    """Stopped with learning: what was not spent is told."""
    story.ago(60)
    fields = {
        "vision": "A desk tool that does everything.",
        "funding": Funding.ASKED,
        "value": 4,
        "urgency": 2,
        "risk": 1,
        "job_size": 9,
        "size": ImprovementSize.LARGE,
        "later_candidate": "The product shown at the fair",
    }
    one: Improvement = story.do(register.raise_improvement, "Buy a new desk tool", fields)
    story.ago(52)
    learned = "Two talks showed that the tool we have was never set up; that comes first."
    story.do(
        register.move,
        one.id,
        ImprovementState.STOPPED,
        reason=learned,
        not_spent=register.NotSpent(24000, "EUR"),
    )
