"""A moment typed in the viewer's zone."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext
from wtforms import StringField
from wtforms.validators import Optional
from wtforms.widgets import DateTimeLocalInput

from app.core.web.words import zone


class Moment(StringField):  # type: ignore[misc]  # WTForms has no types
    """A day and a time as the viewer's clock shows it, kept in UTC; nothing typed means nothing."""

    widget = DateTimeLocalInput()

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take the moment. Raises ``ValueError`` with what to type instead."""
        text = valuelist[0].strip() if valuelist else ""
        self.data = None
        if not text:
            return
        try:
            typed = datetime.fromisoformat(text)
        except ValueError:
            raise ValueError(gettext("Give day and time as 2026-03-14T09:30.")) from None
        self.data = (typed if typed.tzinfo else typed.replace(tzinfo=ZoneInfo(zone()))).astimezone(
            UTC
        )

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return (
            self.data.astimezone(ZoneInfo(zone())).strftime("%Y-%m-%dT%H:%M") if self.data else ""
        )


def moment(label: Any, hint: Any = "") -> Moment:
    """Return a field for a moment or nothing."""
    return Moment(label, [Optional()], description=hint)
