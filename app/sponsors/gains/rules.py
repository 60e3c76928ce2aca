"""What a letter, a mail or a note says, put together from what is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.core.said import said, spoken


class WrittenForm(StrEnum):
    """The written forms of contact, from long to short."""

    LETTER = "letter"
    MAIL = "mail"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class WrittenFacts:
    """What is known: the change, why, what the audience gains, where to learn more."""

    title: str
    goal: str = ""
    gain: str = ""
    links: Sequence[tuple[str, str]] = ()

    def text(self, form: WrittenForm) -> str:
        """Return what to begin with; what is not known is left out."""
        parts = {
            WrittenForm.LETTER: (*self._why(), *self._gains(), *self._more(), OFFER),
            WrittenForm.MAIL: (*self._gains(), *self._more(), OFFER),
            WrittenForm.NOTE: (*self._gains(), ASKED),
        }[form]
        begun = said("This is about “%(title)s”.", title=self.title)
        return "\n\n".join(spoken(part) for part in (begun, *parts))

    def _why(self) -> tuple[str, ...]:
        goal = self.goal.strip()
        return (said("What it is for: %(goal)s", goal=goal),) if goal else ()

    def _gains(self) -> tuple[str, ...]:
        gain = self.gain.strip()
        return (said("What you gain: %(gain)s", gain=gain),) if gain else ()

    def _more(self) -> tuple[str, ...]:
        if not self.links:
            return ()
        lines = [f"{title}: {address}" for title, address in self.links]
        return ("\n".join((spoken(said("To read on:")), *lines)),)


OFFER = said(
    "You need not say anything in a large round. Write back what works for you and what "
    "does not, or say a time for a talk of two; either is welcome."
)
ASKED = said("What would have to be true for you? Two lines back are enough.")
