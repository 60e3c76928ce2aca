"""The complaints register, ranked; and what is still heard after the improvement that was to cure
it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, select
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
    query = _complaints()
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
    query = _complaints()
    row = session.execute(query.where(Complaint.id == complaint_id)).one_or_none()
    if row is None:
        raise NotFound(
            said("There is no complaint %(complaint_id)s.", complaint_id=complaint_id)
        )
    return _line(*row, _voices(session, [complaint_id])[complaint_id])


def _complaints() -> Select[Complaint, Improvement | None]:
    return select(Complaint, Improvement).outerjoin(
        Improvement, Improvement.id == Complaint.improvement_id
    )


@dataclass(frozen=True, slots=True)
class StillHeard:
    """Complaints that are still heard after the improvement that was to cure them was embedded:
    those about processes, and those about how people were treated.
    """

    process: int
    treatment: int

    def __bool__(self) -> bool:
        """Tell whether any is."""
        return bool(self.process or self.treatment)


def still_heard(lines: Iterable[ComplaintLine]) -> StillHeard:
    """Count what is still heard after its improvement was embedded."""
    about = [line.defect is Defect.TREATMENT for line in lines if line.remaining]
    return StillHeard(about.count(False), about.count(True))


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
    complaint: Complaint, improvement: Improvement | None, voices: list[VoiceLine]
) -> ComplaintLine:
    first = min(
        (voice.said_on for voice in voices), default=complaint.created_at.date()
    )
    cured = _embedded_on(improvement) if improvement else None
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
        improvement=improvement.title if improvement else "",
        improvement_state=improvement.state if improvement else None,
        remaining=sum(voice.said_on > cured for voice in voices) if cured else 0,
    )


def _embedded_on(improvement: Improvement) -> date | None:
    """Return the day it was embedded last, also where drift has opened it again."""
    ended = improvement.state is ImprovementState.EMBEDDED
    return improvement.embedded_on or (improvement.since.date() if ended else None)
