"""Stories of the demo: a bounce lock, an owner who answers, waiting, restored and closed; by the
desk's own actions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.incidents.actions import ending, handing, responsibility, working
from app.incidents.actions.handing import HandOver
from app.incidents.actions.reporting import Report, report
from app.models.auth import Operator
from app.models.catalog.service import Service
from app.models.incidents.words import Via, WaitingOn
from app.models.people import Person, Site, Team
from app.people.actions import members_of, set_members

DESK, APPLICATIONS, ADMINS = "Service desk", "Applications", "Administrators"
FIRST, SECOND, THIRD = "nina", "tom", "ada"
"""Colleagues of the demo: first line, applications, administrators."""


@dataclass(slots=True)
class Story:
    """One incident told step by step; ``at`` is how many minutes ago the next thing happened."""

    session: Session
    now: datetime
    teams: Mapping[str, int]
    services: Mapping[str, int]
    people: Mapping[str, Person]
    sites: Mapping[str, int]
    number: int = 0

    def reported(
        self,
        at: int,
        uid: str,
        service: str,
        impact: int,
        title: str,
        effect: str = "",
        words: str = "",
    ) -> None:
        """Somebody calls the service desk."""
        person = self.people.get(uid)
        told = Report(
            title,
            description=words,
            effect=effect,
            via=Via.PHONE,
            person_id=person.id if person else None,
            requester=person.name if person else uid,
            site_id=self.sites.get(person.site) if person else None,
            service_id=self.services.get(service),
            impact=impact,
            team_id=self.teams.get(DESK),
        )
        self.number = report(self.session, told, by=FIRST, now=self.now - timedelta(minutes=at)).id

    def do(self, at: int, by: str, action: Any, *values: Any, **more: Any) -> Any:
        """Something is done with it."""
        return action(
            self.session, self.number, *values, by=by, now=self.now - timedelta(minutes=at), **more
        )

    def hand(self, at: int, by: str, team: str, reason: str) -> None:
        """It goes to another team."""
        self.do(at, by, handing.hand_over, HandOver(self.teams[team], reason, unknown=True))


def seed_hands(session: Session, *, by: str, now: datetime) -> None:
    """Tell the stories, where the demo's teams are; the first operator works in two of them."""
    teams = dict(session.execute(select(Team.name, Team.id)).all())
    if not {DESK, APPLICATIONS, ADMINS} <= set(teams):
        return
    _join(session, teams, by, now)
    people = {person.uid: person for person in session.scalars(select(Person))}
    sites = dict(session.execute(select(Site.name, Site.id)).all())
    services = dict(session.execute(select(Service.name, Service.id)).all())
    owner = session.scalar(select(Service.owner).where(Service.name == "ERP")) or ""
    story = Story(session, now, teams, services, people, sites)
    _to_and_fro(story)
    _owner_answers(story, owner)
    _waiting(story)
    _over(story)


def _join(session: Session, teams: Mapping[str, int], by: str, now: datetime) -> None:
    first = session.scalars(select(Operator).order_by(Operator.id).limit(1)).first()
    known = members_of(session)
    for name in (DESK, APPLICATIONS):
        if first is not None and not known.get(teams[name]):
            set_members(session, teams[name], [first.id], by=by, now=now)


def _to_and_fro(story: Story) -> None:
    story.reported(
        400,
        "gina.moser",
        "ERP",
        3,
        "Cash desk freezes after the receipt",
        "The cashier cannot sell.",
        "It hangs for a minute after each receipt, since this morning.",
    )
    story.do(390, FIRST, working.step, "Restarted the cash desk, same after the third receipt", 1)
    story.hand(
        380, FIRST, APPLICATIONS, "Happens in the receipt screen only; other screens are quick."
    )
    story.do(300, SECOND, working.start)
    story.hand(
        280, SECOND, ADMINS, "The application waits 58 s for an answer of the database server."
    )
    story.hand(
        120,
        THIRD,
        APPLICATIONS,
        "The database answers in 20 ms when asked by hand; load is at 10 %.",
    )


def _owner_answers(story: Story, owner: str) -> None:
    story.reported(
        210,
        "gina.moser",
        "Finance system",
        2,
        "Invoices cannot be approved",
        "Suppliers are not paid today.",
        "The button Approve stays grey for all of us.",
    )
    story.do(205, FIRST, working.step, "Signed out and in again, on two computers", 1)
    story.do(190, FIRST, working.step, "Compared the rights with yesterday: unchanged", 1)
    story.hand(
        185, FIRST, APPLICATIONS, "Same for three people on two computers; rights are unchanged."
    )
    story.do(150, SECOND, working.step, "Restarted the approval service", 2)
    story.do(140, SECOND, responsibility.basics_failed)
    if not owner:
        return
    due = story.now + timedelta(hours=2)
    what = "Restore yesterday's database beside the live one"
    story.do(130, owner, responsibility.order, story.teams[ADMINS], what, due)


def _waiting(story: Story) -> None:
    story.reported(1900, "ines.caron", "Workplace", 4, "Laptop fan is loud", "", "It never stops.")
    story.do(1880, FIRST, working.step, "Cleaned the fan, no change", 1)
    until = story.now + timedelta(days=2)
    story.do(1870, FIRST, working.wait, WaitingOn.PROVIDER, until, "A new fan is on its way.")
    story.do(
        1869,
        FIRST,
        working.note,
        "The new fan comes on Thursday; keep the laptop until then.",
        public=True,
    )


def _over(story: Story) -> None:
    story.reported(
        2900, "otto.wagner", "Mail", 3, "Shared calendar is empty", "Rooms are booked twice."
    )
    story.do(2880, FIRST, working.step, "Removed and added the calendar", 1)
    story.do(
        2870,
        FIRST,
        ending.restore,
        "Added the calendar again under its new name.",
        cause="It was renamed.",
    )
    story.reported(
        7300, "vera.novak", "ERP", 3, "Order list shows last year", "Orders are looked up by hand."
    )
    story.do(
        7280,
        FIRST,
        ending.restore,
        "Reset the saved filter.",
        cause="A filter was saved for everybody.",
    )
    story.do(7000, FIRST, ending.close)
