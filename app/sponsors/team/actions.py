"""Say who we are, and whether everybody may read it."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from app.core.acting import Acting
from app.core.changes import demand_revision
from app.core.errors import Invalid
from app.core.said import said
from app.models.sponsors.team import TeamPage
from app.sponsors.events import DiscreetChange
from app.sponsors.team.queries import the_team


@dataclass(frozen=True, slots=True)
class TeamPageDraft:
    """What IT is for, who we are, how we are reached, what each looks after; people by name, and
    whether they agreed to stand in public; whether everybody may read it.
    """

    purpose: str
    reach: str
    who: str = ""
    looks_after: str = ""
    names: str = ""
    agreed: bool = False
    open: bool = False


def write_team(
    act: Acting, draft: TeamPageDraft, began_at: int | None = None
) -> TeamPage:
    """Write the team page, or write it better.

    Raises ``Invalid`` without what IT is for or how it is reached, ``Conflict`` when others were
    quicker.
    """
    for field, why in (
        ("purpose", said("Say what IT is for.")),
        ("reach", said("Say how you are reached.")),
    ):
        if not getattr(draft, field).strip():
            raise Invalid(why, field=field)
    values = {
        name: value.strip() if isinstance(value, str) else value
        for name, value in asdict(draft).items()
    }
    known = the_team(act.session)
    told = {"changed_at": act.now, "changed_by": act.by}
    change = DiscreetChange()
    if known is None:
        known = change.add(act.session, TeamPage(**values, **told))
    else:
        demand_revision(known.revision, began_at)
        if not change.put(known, values):
            return known
        change.put(known, {**told, "revision": known.revision + 1})
    sentence = "Wrote the team page" + (", open to all" if draft.open else "")
    change.record(act, known, "team-page.write", sentence)
    return known
