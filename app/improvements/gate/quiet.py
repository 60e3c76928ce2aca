"""Who of those who have a change was hit by it, and who stays quiet."""

from __future__ import annotations

from collections.abc import Iterable

from app.incidents.links.queries import Reported
from app.models.improvements.iteration import Finding, Participation
from app.models.improvements.words import FindingKind, ParticipationState


def hit_among(
    people: Iterable[Participation],
    findings: Iterable[Finding],
    reported: Reported | None,
) -> int:
    """Return how many of the people who have it went back, reported an incident since, or brought
    up what has to be fixed.
    """
    brought = {
        one.participation_id for one in findings if one.kind is not FindingKind.NOTE
    }
    reporters = reported.hit if reported else frozenset()
    return sum(
        one.switched_at is not None
        and (
            one.state is ParticipationState.UNDONE
            or one.id in brought
            or one.person_id in reporters
        )
        for one in people
    )
