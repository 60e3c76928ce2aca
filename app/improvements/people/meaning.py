"""Whom many names mean: looked up at once, as each would be by itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.improvements.events import Who, anybody
from app.models.auth import Operator
from app.models.people import Person

FEW = 5
"""So many names are looked up one by one; for more, everybody is read once."""
SIGNS = "@\\="
"""What stands in logins, addresses and distinguished names, and in no plain name."""


def meant(session: Session, names: Iterable[str], field: str) -> list[Who]:
    """Return whom names mean, in their order: operators, people, or the names as typed.

    Raises ``Invalid`` when one may mean several people.
    """
    texts = [text.strip() for text in names if text.strip()]
    if len(texts) <= FEW:
        return [anybody(session, text, field) for text in texts]
    known = _Known(session)
    return [known.of(text) or anybody(session, text, field) for text in texts]


class _Known:
    """Everybody there is, by name and login; what may mean several is left to a closer look."""

    def __init__(self, session: Session) -> None:
        columns = (Person.id, Person.name, Person.uid, Person.further_uids)
        self._operators = {
            name.lower() for name in session.scalars(select(Operator.name))
        }
        self._people: dict[str, Who] = {}
        self._times: Counter[str] = Counter()
        for row in session.execute(select(*columns)):
            names = {row.name, row.uid, *row.further_uids}
            self._note(Who(row.name, person_id=row.id), sorted(names))

    def of(self, text: str) -> Who | None:
        """Return the only one a text means, or the name nobody bears; None: look closer."""
        key = text.casefold()
        if key in self._operators or self._times[key] > 1:
            return None
        if any(sign in text for sign in SIGNS):
            return None
        return self._people.get(key) or Who(text)

    def _note(self, who: Who, names: Sequence[str]) -> None:
        for key in {name.casefold() for name in names if name}:
            self._times[key] += 1
            self._people[key] = who
