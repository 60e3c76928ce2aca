"""What an improvement brings to whom, and where to learn more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.improvements.queries import get_improvement
from app.models.improvements.improvement import Improvement
from app.models.sponsors.meeting import KeyMessage
from app.models.sponsors.primer import LearningLink
from app.models.sponsors.words import WhomFor
from app.sponsors.gains.rules import WrittenFacts
from app.sponsors.primers.queries import links_of_improvement


@dataclass(frozen=True, slots=True)
class GainsPage:
    """An improvement, what each audience gains from it, and where to learn more."""

    one: Improvement
    gains: dict[WhomFor, str]
    links: Sequence[LearningLink]

    def facts(self, whom: WhomFor | None) -> WrittenFacts:
        """Return what is known for who is written to."""
        fitting = [link for link in self.links if link.whom in (None, whom)]
        return WrittenFacts(
            self.one.title,
            self.one.vision or self.one.objective,
            self.gains.get(whom, "") if whom else "",
            [(link.title, link.address) for link in fitting],
        )


def gains_page(session: Session, improvement_id: int) -> GainsPage:
    """Return what an improvement brings. Raises ``NotFound``."""
    one = get_improvement(session, improvement_id)
    rows = gain_rows(session, improvement_id)
    gains = {whom: row.text for whom, row in rows.items()}
    return GainsPage(one, gains, links_of_improvement(session, improvement_id))


def gain_rows(session: Session, improvement_id: int) -> dict[WhomFor, KeyMessage]:
    """Return the key messages that say what an audience gains; the latest of each counts."""
    asked = select(KeyMessage).where(
        KeyMessage.improvement_id == improvement_id, KeyMessage.gain_of.is_not(None)
    )
    rows = session.scalars(asked.order_by(KeyMessage.id))
    return {row.gain_of: row for row in rows if row.gain_of}
