"""The wave meter of a mass incident: the contacts of it and its children, and when the first
message went out.
"""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.core.charts import ChartDot, SeriesChart
from app.incidents.rules.wave import IncidentWave, sentence, wave_of
from app.models.incidents.incident import Contact, Incident
from app.models.messages import Message


def wave_meter(session: Session, incident_id: int, now: datetime) -> IncidentWave:
    """Return the contacts per ten minutes around the first message about an incident."""
    family = select(Incident.id).where(
        or_(Incident.id == incident_id, Incident.parent_id == incident_id)
    )
    contacts = list(session.scalars(select(Contact.at).where(Contact.incident_id.in_(family))))
    informed = session.scalar(
        select(func.min(Message.created_at)).where(Message.incident_id == incident_id)
    )
    return wave_of(contacts, informed, now)


def wave_chart(wave: IncidentWave, zone: str) -> SeriesChart:
    """Return the meter as a chart; what was after the message is shaded."""
    there = ZoneInfo(zone)
    dots = tuple(
        ChartDot(
            span.start.date(),
            span.contacts,
            f"{span.start.astimezone(there):%H:%M}",
            pilot=span.after,
        )
        for span in wave.spans
    )
    return SeriesChart(
        "Contacts per ten minutes",
        sentence(wave),
        "contacts",
        dots,
        pilot_name="after the message",
        zero=True,
    )
