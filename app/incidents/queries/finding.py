"""Incidents found by what was typed: a number, a word of the title or the description, a
requester.
"""

from __future__ import annotations

from sqlalchemy import case, select
from sqlalchemy.orm import Session

from app.core.search import count, search
from app.models.incidents.incident import Incident


def found_incidents(
    session: Session, words: str, limit: int, offset: int = 0
) -> tuple[list[Incident], int]:
    """Return a page of the incidents in which the words stand, best first, and how many there
    are.
    """
    ids = search(session, "incident", words, limit, offset)
    typed = words.strip().lstrip("#")
    if typed.isdecimal() and offset == 0 and len(typed) < 10:
        ids = [int(typed), *(number for number in ids if number != int(typed))]
    if not ids:
        return [], 0
    order = case(
        {number: place for place, number in enumerate(ids)}, value=Incident.id, else_=len(ids)
    )
    found = list(session.scalars(select(Incident).where(Incident.id.in_(ids)).order_by(order)))
    return found, max(count(session, "incident", words), len(found))
