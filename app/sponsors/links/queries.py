"""Links to the status as they are listed, and the one behind an address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from secrets import compare_digest

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.core.errors import NotFound
from app.core.said import said
from app.core.trail import KNOWING
from app.messages.requester_links import read_status_token
from app.models.auth import Operator
from app.models.improvements.improvement import Improvement
from app.models.sponsors.link import StatusLink
from app.sponsors.links.rules import LinkFacts, LinkState, state_of


@dataclass(frozen=True, slots=True)
class StatusLinkLine:
    """One link with what it shows and how it stands; ``title`` is empty where it shows all,
    ``knows`` tells that who gave it may know how those stand who have a say.
    """

    link: StatusLink
    title: str
    state: LinkState
    knows: bool

    @property
    def opens(self) -> bool:
        """Tell whether it leads anywhere."""
        return self.state is LinkState.OPEN


def status_links(session: Session, now: datetime) -> list[StatusLinkLine]:
    """Return all links, those that open first, then the newest."""
    rows = session.execute(_asked().order_by(StatusLink.id.desc()))
    lines = [_line(link, title, giver, now) for link, title, giver in rows]
    return sorted(lines, key=lambda line: not line.opens)


def weekly_links(session: Session, now: datetime) -> list[StatusLinkLine]:
    """Return the links whose status goes by mail once a week, as far as they open."""
    return [
        line
        for line in status_links(session, now)
        if line.opens and line.link.mail and line.link.mail_stopped_at is None
    ]


def link_behind(
    session: Session, secret: str, token: str, now: datetime
) -> StatusLinkLine:
    """Return the link an address stands for, whether it opens or not.

    Raises ``NotFound`` for an address that is none of ours.
    """
    number, mark = read_status_token(secret, token) or (0, "")
    row = session.execute(_asked().where(StatusLink.id == number)).one_or_none()
    if row is None or not compare_digest(row[0].mark, mark):
        raise NotFound(said("This link leads nowhere."))
    link, title, giver = row
    return _line(link, title, giver, now)


def may_read(giver: Operator | None) -> bool:
    """Tell whether who gave a link may still read what stands behind it; on the server one may."""
    return giver is None or (not giver.disabled_at and "read" in giver.permissions)


def _asked() -> Select[StatusLink, str | None, Operator | None]:
    return (
        select(StatusLink, Improvement.title, Operator)
        .outerjoin(Improvement, Improvement.id == StatusLink.improvement_id)
        .outerjoin(Operator, Operator.id == StatusLink.given_by_id)
    )


def _line(
    link: StatusLink, title: str | None, giver: Operator | None, now: datetime
) -> StatusLinkLine:
    facts = LinkFacts(link.until, link.revoked_at is not None, may_read(giver))
    knows = giver is None or KNOWING in giver.permissions
    return StatusLinkLine(link, title or "", state_of(facts, now), knows)
