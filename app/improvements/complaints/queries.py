"""The complaints register, ranked; and what is still heard after the improvement that was to cure
it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.errors import NotFound
from app.core.said import said
from app.improvements.complaints.rules import Heard, ranking
from app.models.improvements.complaint import Complaint, Voice
from app.models.improvements.improvement import Improvement
from app.models.improvements.words import ComplaintState, Defect, ImprovementState
from app.models.people import Site


@dataclass(frozen=True, slots=True)
class VoiceLine:
    """Somebody who said it; ``weight`` is the business weight of their site, 1 where it is
    unknown.
    """

    id: int
    who: str
    text: str
    said_on: date
    site: str
    weight: int


@dataclass(frozen=True, slots=True)
class ComplaintLine:
    """One complaint with its voices; ``remaining`` are those heard after its improvement was
    embedded.
    """

    id: int
    title: str
    defect: Defect
    severity: int
    state: ComplaintState
    answer: str
    created_at: datetime
    heard: Heard
    voices: tuple[VoiceLine, ...]
    improvement_id: int | None
    improvement: str
    improvement_state: ImprovementState | None
    remaining: int


def complaint_lines(
    session: Session,
    *,
    text: str = "",
    defect: str = "",
    state: str = "",
    improvement_id: int | None = None,
) -> list[ComplaintLine]:
    """Return the complaints, those that weigh most first, narrowed down as asked for.

    Two queries.
    """
    query = select(
        Complaint, Improvement.title, Improvement.state, Improvement.since
    ).outerjoin(Improvement, Improvement.id == Complaint.improvement_id)
    if text.strip():
        query = query.where(Complaint.title.icontains(text.strip(), autoescape=True))
    if defect in list(Defect):
        query = query.where(Complaint.defect == Defect(defect))
    if state in list(ComplaintState):
        query = query.where(Complaint.state == ComplaintState(state))
    if improvement_id is not None:
        query = query.where(Complaint.improvement_id == improvement_id)
    found = session.execute(query).all()
    voices = _voices(session, [row[0].id for row in found])
    lines = {row[0].id: _line(*row, voices[row[0].id]) for row in found}
    return [lines[one.id] for one in ranking(line.heard for line in lines.values())]


def complaint_line(session: Session, complaint_id: int) -> ComplaintLine:
    """Return one complaint with its voices. Raises ``NotFound``."""
    query = select(
        Complaint, Improvement.title, Improvement.state, Improvement.since
    ).outerjoin(Improvement, Improvement.id == Complaint.improvement_id)
    row = session.execute(query.where(Complaint.id == complaint_id)).one_or_none()
    if row is None:
        raise NotFound(
            said("There is no complaint %(complaint_id)s.", complaint_id=complaint_id)
        )
    return _line(*row, _voices(session, [complaint_id])[complaint_id])


def _voices(
    session: Session, complaint_ids: list[int]
) -> Mapping[int, list[VoiceLine]]:
    rows = (
        select(Voice, Site.name, Site.weight)
        .outerjoin(Site, Site.id == Voice.site_id)
        .where(Voice.complaint_id.in_(complaint_ids))
        .order_by(Voice.said_on, Voice.id)
    )
    found: dict[int, list[VoiceLine]] = defaultdict(list)
    for voice, site, weight in session.execute(rows):
        line = VoiceLine(
            voice.id, voice.who, voice.text, voice.said_on, site or "", weight or 1
        )
        found[voice.complaint_id].append(line)
    return found


def _line(
    complaint: Complaint,
    title: str | None,
    state: ImprovementState | None,
    since: datetime | None,
    voices: list[VoiceLine],
) -> ComplaintLine:
    first = min(
        (voice.said_on for voice in voices), default=complaint.created_at.date()
    )
    cured = since.date() if since and state is ImprovementState.EMBEDDED else None
    return ComplaintLine(
        id=complaint.id,
        title=complaint.title,
        defect=complaint.defect,
        severity=complaint.severity,
        state=complaint.state,
        answer=complaint.answer,
        created_at=complaint.created_at,
        heard=Heard(
            complaint.id,
            complaint.severity,
            tuple(voice.weight for voice in voices),
            first,
        ),
        voices=tuple(voices),
        improvement_id=complaint.improvement_id,
        improvement=title or "",
        improvement_state=state,
        remaining=sum(voice.said_on > cured for voice in voices) if cured else 0,
    )
