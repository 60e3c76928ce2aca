"""Mail of the demo company: one that was left alone, so that the page is not empty."""

from __future__ import annotations

from sqlalchemy import select

from app.core.parts import Parts
from app.incidents.actions.setting_aside import take_or_set_aside
from app.models.incidents.desk import MailSeen

AWAY = b"""From: Gina Moser <gina.moser@demo.example>
To: desk@demo.example
Subject: Automatic reply: Report of last month does not open
Message-ID: <away@demo.example>
Auto-Submitted: auto-replied
Content-Type: text/plain; charset=utf-8

I am away until Monday. In urgent cases call Finance.
The till at the entrance is still dark, by the way.
"""


def seed_mail(parts: Parts) -> bool:
    """Take the demo's mails, unless there is any mail; tell whether."""
    with parts.database.read() as session:
        if session.scalar(select(MailSeen.id).limit(1)) is not None:
            return False
    take_or_set_aside(parts, AWAY)
    return True
