"""Scripts and business hours of the demo company: made by the same actions as everybody's, only
earlier.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalog.actions import calendars, scripts
from app.catalog.actions.services import change_service
from app.models.catalog.calendar import Calendar
from app.models.catalog.script import Script
from app.models.catalog.service import Service


def _question(
    key: str, text: str, answers: Mapping[str, int | str], help: str = ""
) -> dict[str, Any]:
    return {
        "key": key,
        "text": text,
        "help": help,
        "answers": [_answer(text, to) for text, to in answers.items()],
    }


def _answer(text: str, to: int | str) -> dict[str, Any]:
    return {"text": text, **({"impact": to} if isinstance(to, int) else {"next": to})}


def _script(*questions: dict[str, Any]) -> dict[str, Any]:
    return {"start": questions[0]["key"], "questions": list(questions)}


MANY = _question(
    "many",
    "Who cannot work with it?",
    {
        "Several sites": 1,
        "A whole site or department": 2,
        "Several people": "step",
        "Only the caller": "colleague",
    },
    "Let the caller ask at the next desk.",
)
COLLEAGUE = _question(
    "colleague", "Can a colleague do it meanwhile?", {"Yes": 4, "No, trucks or customers wait": 3}
)
STEP = _question(
    "step", "Does the same step fail for all of them?", {"Yes, the same step": 2, "No": 3}
)
MAIL = _script(
    _question(
        "what",
        "What does not work?",
        {
            "Nothing goes out or comes in": "where",
            "One mailbox or list": "who",
            "Only a nuisance": 4,
        },
    ),
    _question(
        "where",
        "Where?",
        {"At several sites": 1, "At one site": 2},
        "Several sites at once is nearly always the line.",
    ),
    _question("who", "How many people need it?", {"Several": 3, "One": 4}),
)
FINANCE = _script(
    _question(
        "work",
        "Which work stands still?",
        {
            "Paying, or closing the month": "due",
            "Posting or approving": "many",
            "Only reports": "many",
        },
    ),
    _question(
        "due",
        "Is it due today or tomorrow?",
        {"Yes": 2, "No": 3},
        "The calendar of the month's end is accounting's.",
    ),
    _question(
        "many", "For how many?", {"The whole department": 2, "Several people": 3, "One person": 4}
    ),
)
PUBLISHED: Mapping[str, dict[str, Any]] = {
    "ERP": _script(MANY, STEP, COLLEAGUE),
    "Mail": MAIL,
    "Finance system": FINANCE,
}
WAITING = _script(
    {
        **MANY,
        "answers": [
            *MANY["answers"][:1],
            _answer(MANY["answers"][1]["text"], "waits"),
            *MANY["answers"][2:],
        ],
    },
    _question("waits", "Do trucks or customers wait for it?", {"Yes": 1, "No": 2}),
    _question(
        "step", "Does the same step fail for all of them?", {"Yes, the same step": 3, "No": 3}
    ),
    COLLEAGUE,
)
OFFICE = ("Mail", "Workplace", "Customer relations")


def seed_scripts(session: Session, *, by: str, now: datetime) -> bool:
    """Write and publish the scripts of the demo, unless there is any; tell whether."""
    services = dict(session.execute(select(Service.name, Service.id)).all())
    if session.scalar(select(Script.id).limit(1)) is not None or not set(PUBLISHED) <= set(
        services
    ):
        return False
    then = now - timedelta(days=30)
    for name, content in PUBLISHED.items():
        draft = scripts.new_draft(session, services[name], content=content, by=by, now=then)
        scripts.publish(session, draft.id, note="As the second line would ask", by=by, now=then)
    note = "Ask what waits before a whole site counts"
    scripts.new_draft(
        session, services["ERP"], content=WAITING, note=note, by=by, now=now - timedelta(days=2)
    )
    return True


def seed_hours(session: Session, *, by: str, now: datetime) -> bool:
    """Make the office hours of the demo and give them to some services, unless there is any
    calendar; tell whether.
    """
    if session.scalar(select(Calendar.id).limit(1)) is not None:
        return False
    week = dict.fromkeys(
        ("monday", "tuesday", "wednesday", "thursday", "friday"), "08:00–12:00, 13:00–17:00"
    )
    then = now - timedelta(days=40)
    office = calendars.add_calendar(
        session,
        calendars.CalendarDraft("Office hours", "Europe/Berlin", week, is_office=True),
        by=by,
        now=then,
    )
    days = (
        f"{now.year}-12-25 Christmas\n{now.year}-12-26 Second day of Christmas\n"
        f"{now.year + 1}-01-01 New year"
    )
    calendars.add_holidays(session, office.id, days, by=by, now=then)
    for service_id in session.scalars(select(Service.id).where(Service.name.in_(OFFICE))):
        change_service(session, service_id, {"calendar_id": office.id}, by=by, now=then)
    return True
