"""The complaints register: write down who said what, hear it again, answer it, make an improvement
of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.acting import Acting
from app.core.changes import Change, cleaned, latest_day, one
from app.core.errors import Invalid, NotFound
from app.core.plain import ref
from app.core.said import said as _said
from app.improvements.complaints.rules import LEAST, MOST
from app.improvements.events import NotedChange
from app.improvements.register.actions import raise_improvement
from app.models.improvements.complaint import Complaint, Voice
from app.models.improvements.improvement import Improvement
from app.models.improvements.words import ComplaintState, Defect, ImprovementSource
from app.models.people import Site

EDITABLE = ("title", "defect", "severity")


@dataclass(frozen=True, slots=True)
class ComplaintSaid:
    """Who complained, where, when and in which words."""

    who: str
    on: date
    text: str = ""
    site_id: int | None = None


def register(
    act: Acting,
    title: str,
    said: ComplaintSaid,
    *,
    defect: Defect = Defect.OTHER,
    severity: int = 2,
) -> Complaint:
    """Write down a complaint with the first who said it. Raises ``Invalid`` naming the field."""
    values = _checked({"title": title, "defect": defect, "severity": severity})
    change = NotedChange()
    complaint = change.add(
        act.session,
        Complaint(
            state=ComplaintState.OPEN, created_at=act.now, created_by=act.by, **values
        ),
    )
    _add_voice(act, complaint, said, change)
    _tell(act, complaint, "register", f"Complaint: {complaint.title}", change)
    return complaint


def hear(act: Acting, complaint_id: int, said: ComplaintSaid) -> Voice:
    """Note that somebody said the same; after an improvement was embedded this is what remains of
    it.
    """
    complaint = _locked(act.session, complaint_id)
    change = NotedChange()
    voice = _add_voice(act, complaint, said, change)
    _tell(
        act,
        complaint,
        "hear",
        f"{voice.who} said so too: {complaint.title}",
        change,
    )
    return voice


def change_complaint(
    act: Acting, complaint_id: int, values: Mapping[str, Any]
) -> Complaint:
    """Change title, defect or severity of a complaint."""
    complaint = _locked(act.session, complaint_id)
    change = NotedChange()
    if change.put(complaint, _checked(values)):
        _tell(
            act,
            complaint,
            "change",
            f"Changed the complaint {complaint.title}",
            change,
        )
    return complaint


def answer(act: Acting, complaint_id: int, text: str) -> Complaint:
    """Answer a complaint."""
    complaint = _locked(act.session, complaint_id)
    if not text.strip():
        raise Invalid(_said("Write the answer."), field="answer")
    change = NotedChange()
    change.put(complaint, {"answer": text.strip(), "state": ComplaintState.ANSWERED})
    _tell(act, complaint, "answer", f"Answered: {complaint.title}", change)
    return complaint


def improve(act: Acting, complaint_id: int, title: str = "") -> Improvement:
    """Raise an improvement from a complaint; its words and who said them go along."""
    complaint = _locked(act.session, complaint_id)
    if complaint.improvement_id is not None:
        raise Invalid(
            _said("An improvement works on this complaint already."),
            field="improvement_id",
        )
    voices = act.session.scalars(
        select(Voice).where(Voice.complaint_id == complaint_id).order_by(Voice.id)
    ).all()
    values = {
        "source": ImprovementSource.COMPLAINT,
        "source_text": "\n".join(voice.text for voice in voices if voice.text)
        or complaint.title,
        "source_who": ", ".join(dict.fromkeys(voice.who for voice in voices)),
    }
    improvement = raise_improvement(act, title or complaint.title, values)
    _link(act, complaint, improvement)
    return improvement


def join(act: Acting, complaint_id: int, improvement_id: int) -> Complaint:
    """Say that an improvement works on this complaint."""
    complaint = _locked(act.session, complaint_id)
    _link(act, complaint, one(act.session, Improvement, improvement_id))
    return complaint


def _link(act: Acting, complaint: Complaint, improvement: Improvement) -> None:
    change = NotedChange()
    change.put(
        complaint,
        {"improvement_id": improvement.id, "state": ComplaintState.IN_IMPROVEMENT},
    )
    _tell(
        act,
        complaint,
        "join",
        f"“{improvement.title}” works on: {complaint.title}",
        change,
    )


def _locked(session: Session, complaint_id: int) -> Complaint:
    found = session.get(
        Complaint, complaint_id, with_for_update=True, populate_existing=True
    )
    if found is None:
        raise NotFound(
            _said("There is no complaint %(complaint_id)s.", complaint_id=complaint_id)
        )
    return found


def _add_voice(
    act: Acting,
    complaint: Complaint,
    said: ComplaintSaid,
    change: NotedChange,
) -> Voice:
    if not said.who.strip():
        raise Invalid(_said("Say who complained."), field="who")
    if said.on > latest_day(act.now):
        raise Invalid(_said("That day has not come yet."), field="on")
    if said.site_id is not None:
        one(act.session, Site, said.site_id)
    voice = Voice(
        complaint_id=complaint.id,
        site_id=said.site_id,
        who=said.who.strip(),
        text=said.text.strip(),
        said_on=said.on,
        created_at=act.now,
        created_by=act.by,
    )
    return change.add(act.session, voice)


def _checked(values: Mapping[str, Any]) -> dict[str, Any]:
    found = cleaned(Complaint, values, EDITABLE)
    if not found.get("title", "kept"):
        raise Invalid(_said("Say in a few words what the complaint is."), field="title")
    if not LEAST <= found.get("severity", LEAST) <= MOST:
        raise Invalid(
            _said(
                "Severity goes from %(least)s (a nuisance) to %(most)s (work stops).",
                least=LEAST,
                most=MOST,
            ),
            field="severity",
        )
    return found


def _tell(
    act: Acting,
    complaint: Complaint,
    action: str,
    sentence: str,
    change: NotedChange,
) -> None:
    Change(before=change.before, after=change.after).record(
        act, ref(complaint), f"complaint.{action}", sentence
    )
