"""Who is to be told, and how each kind of channel reaches him."""

from __future__ import annotations

from dataclasses import dataclass

from app.messages.rules.addresses import address_for


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody who is to be told.

    ``key`` is the same on every channel: ``person:7``, ``mail:a@b.example``.
    """

    key: str
    name: str
    person_id: int | None = None
    mail: str = ""
    phone: str = ""
    mobile: str = ""

    def reached_by(self, kind: str) -> str:
        """Return the address a kind of channel reaches this person at, or nothing."""
        return address_for(kind, mail=self.mail, phone=self.phone, mobile=self.mobile)
