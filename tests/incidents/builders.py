"""Incidents in the database for tests, made by the actions themselves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from app.core.db import Database
from app.incidents.intake.actions import Report, report
from app.models.incidents.incident import Incident, IncidentEvent
from tests.acting import acting
from tests.catalog import builders as catalog
from tests.improvements.builders import MONDAY, rows


@dataclass
class Desk:
    """The desk of a test: what is done at it, in one transaction each, at the time of its clock."""

    database: Database
    now: datetime = field(default=MONDAY)
    by: str = "dora"

    def forward(self, **duration: float) -> datetime:
        """Move the clock on, as in ``desk.forward(hours=3)``."""
        self.now += timedelta(**duration)
        return self.now

    def do(self, action: Callable[..., Any], *values: Any, **more: Any) -> Any:
        """Run one action in its own transaction, as ``by`` and at ``now`` unless said otherwise."""
        with self.database.write() as session:
            act = acting(session, more.pop("by", self.by), more.pop("now", self.now))
            return action(act, *values, **more)

    def ask(self, query: Callable[..., Any], *values: Any, **more: Any) -> Any:
        """Run one query."""
        with self.database.read() as session:
            return query(session, *values, **more)

    def service(self, name: str = "Cash desk", **values: Any) -> int:
        """Put a published service there; its number."""
        return catalog.a_service(self.database, name, **values)

    def site(self, name: str = "Harbour outlet", weight: int = 5, **values: Any) -> int:
        """Add a site; its number."""
        return catalog.a_site(self.database, name, weight, **values)

    def team(self, name: str, *members: str, **values: Any) -> int:
        """Add a team with operators as members; its number."""
        return catalog.a_team(self.database, name, *members, **values)

    def person(self, name: str = "Carla Cash", **values: Any) -> int:
        """Put a person there; the number."""
        return catalog.a_person(self.database, name, **values)

    def reported(self, title: str = "The till does not start", **values: Any) -> int:
        """Report an incident, by Carla on the phone unless said otherwise; its number."""
        usual: dict[str, Any] = (
            {"requester": "Carla Cash"} if "person_id" not in values else {}
        )
        return int(self.do(report, Report(title, **{**usual, **values})).id)

    def incident(self, incident_id: int) -> Incident:
        """The incident as it is now."""
        with self.database.read() as session:
            return session.get_one(Incident, incident_id)

    def events(self, incident_id: int) -> list[IncidentEvent]:
        """What happened to it, oldest first."""
        chosen = IncidentEvent.__table__.c
        with self.database.read() as session:
            found = (
                session.query(IncidentEvent)
                .filter(chosen.incident_id == incident_id)
                .order_by(chosen.id)
            )
            return list(found)


__all__ = ["MONDAY", "Desk", "rows"]
