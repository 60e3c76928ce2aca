"""The one hand that acts: what every action takes first."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from app.core.settings import Settings


@dataclass(frozen=True, slots=True)
class Acting:
    """The transaction an action works in, the name the audit trail gets to read, the moment (UTC),
    and what the installation was told in its settings.

    Nothing else reaches an action from outside: it opens no transaction of its own and looks at no
    clock.
    """

    session: Session
    by: str
    now: datetime
    settings: Settings

    def by_another(self, name: str) -> Acting:
        """Return the same hand in another's name, as when the worker goes on for a person."""
        return replace(self, by=name)

    def at(self, moment: datetime) -> Acting:
        """Return the same hand at another moment, as for a call that came in before it was
        written down.
        """
        return replace(self, now=moment)
