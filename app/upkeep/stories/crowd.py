"""A rung of the demo with many people: asked by site, moved at once, heard by their links."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from app.core.acting import Acting
from app.core.errors import Invalid
from app.improvements.answers.actions import give_links, says_not, says_works
from app.improvements.crowd.actions import CrowdAsked, ask_many, move_many
from app.improvements.crowd.queries import CrowdFilter, CrowdSource, crowd_ids
from app.improvements.people.actions import MoveSaid
from app.improvements.rungs.actions import plan_iteration, rehearse_undo
from app.improvements.rungs.starting import start
from app.models.improvements.iteration import Iteration
from app.models.improvements.words import Level, ParticipationState

FEW_ARE_HERE = 40
"""So many made-up colleagues are asked where no directory was read."""


def many(
    act: Acting,
    improvement_id: int,
    sites: Sequence[str],
    what: str,
    expected: float,
    metric_id: int,
) -> Iteration:
    """Plan a rung, ask everybody at some sites, start it, and let nearly all of them use it."""
    plan = {
        "what_changes": what,
        "starts_on": act.now.date(),
        "ends_on": act.now.date() + timedelta(days=28),
        "minimum_points": 8,
        "budget_hours": 6,
        "risk_level": Level.LOW,
        "cost_level": Level.LOW,
        "metric_id": metric_id,
        "expected": expected,
        "confidence": 80,
        "size_reason": "It is the page of a provider that thousands use; undo is a switch.",
    }
    rung = plan_iteration(act, improvement_id, plan)
    for site in sites:
        _ask_site(act, rung.id, site)
    start(act, rung.id)
    rehearse_undo(act, rung.id, 20)
    asked = sorted(crowd_ids(act.session, rung.id, CrowdFilter()))
    users = asked[: len(asked) * 5 // 6]
    move_many(act, rung.id, users, ParticipationState.SWITCHED, MoveSaid(act.now))
    give_links(act, rung.id, asked, sent=True)
    return rung


def heard(act: Acting, iteration_id: int, works: int, words: str) -> None:
    """Let so many say by their links that it works, and one that it does not."""
    users = sorted(crowd_ids(act.session, iteration_id, CrowdFilter(state="using")))
    for number in users[:works]:
        says_works(act, number)
    says_not(act, users[works], words)


def _ask_site(act: Acting, rung_id: int, site: str) -> None:
    wanted = CrowdAsked(CrowdSource(site=site), technique="A mail from their team lead")
    try:
        ask_many(act, rung_id, wanted)
    except Invalid:  # no directory was read
        names = [f"Colleague {n} in {site}" for n in range(1, FEW_ARE_HERE // 2 + 1)]
        ask_many(act, rung_id, CrowdAsked(names=names))
