"""Many people of the directory in a rung, for tests."""

from __future__ import annotations

from typing import Any

from app.improvements.crowd.actions import CrowdAsked, ask_many
from app.improvements.crowd.queries import CrowdSource
from app.messages.actions.channels import ChannelDraft, add_channel
from app.models.improvements.iteration import Participation
from app.models.messages import ChannelKind
from app.models.people import Person
from tests.directory.builders import a_directory, a_person
from tests.improvements.builders import Room
from tests.pages import Pages

LYON = CrowdAsked(CrowdSource(site="Lyon"))


def people_at(room: Room, count: int, site: str = "Lyon", **values: Any) -> None:
    """Let the directory know so many people at a site."""
    with room.database.write() as session:
        directory = a_directory(session, f"Directory of {site}")
        for place in range(count):
            uid = f"{site.lower()}{place:04}"
            name = f"Person {place:04} of {site}"
            a_person(session, directory, uid, name=name, site=site, **values)


def a_crowd(room: Room, count: int, *, begun: tuple[int, int] | None = None) -> int:
    """Start a rung with one person and ask everybody in Lyon; its number."""
    people_at(room, count)
    rung = room.running(*(begun or room.begun()), "Ada")
    room.do(ask_many, rung, LYON)
    return rung


def rows_of(room: Room, rung: int) -> list[Participation]:
    """Return everybody ever asked for a rung, in the order they were asked."""
    with room.database.read() as session:
        mine = session.query(Participation).filter_by(iteration_id=rung)
        return list(mine.order_by(Participation.id))


def leave(room: Room, uid: str) -> None:
    """Let somebody be gone from the directory."""
    with room.database.write() as session:
        person = session.query(Person).filter_by(uid=uid).one()
        person.gone_at = room.now


def mailing(room: Room, pages: Pages) -> None:
    """Let there be a channel that reaches people by mail."""
    url = "mailto://mail.example?from=desk@demo.example&to={address}"
    draft = ChannelDraft("Mail", ChannelKind.MAIL, url)
    room.do(add_channel, draft, pages.parts.trust)
