"""How the people's side is changed: in one event that says what was done.

It holds nobody's words."""

from __future__ import annotations

from dataclasses import dataclass

from app.core import changes
from app.core.acting import Acting
from app.core.db import Base
from app.core.masking import MASK


@dataclass(slots=True)
class DiscreetChange(changes.Change):
    """One sentence about the people's side in the making.

    The audit trail keeps for good what it holds, and what is noted about people can be deleted for
    good: so it names the fields and leaves out what stood in them.
    """

    def record(
        self,
        act: Acting,
        about: Base | str,
        action: str,
        sentence: str,
        *,
        reason: str = "",
    ) -> None:
        """Write the event with the names of the fields that were changed."""
        self.before = {}
        self.after = dict.fromkeys(self.after, MASK)
        changes.Change.record(self, act, about, action, sentence)


def add_discreet(
    act: Acting, row: changes.Row, about: Base | None, action: str, sentence: str
) -> changes.Row:
    """Add a row of the people's side and tell so of ``about``, or of the row itself."""
    change = DiscreetChange()
    made = change.add(act.session, row)
    change.record(act, about if about is not None else made, action, sentence)
    return made


def delete_discreet(act: Acting, row: Base, about: Base, action: str) -> None:
    """Delete a row for good, with all that hangs on it; that it was there stays known."""
    change = DiscreetChange()
    change.record(act, about, action, "Deleted for good")
    act.session.delete(row)
    act.session.flush()
