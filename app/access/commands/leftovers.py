"""``leftovers``: what people who left still hold, now and week after week."""

from __future__ import annotations

from app.access.turnover.queries import leftover_weeks, leftovers
from app.core.parts import parts
from app.core.terminal import command, emit, table


@command("leftovers")
def leftovers_command() -> None:
    """List the rights people still hold whose accounts are off, and how many they were week by
    week.
    """
    with parts().database.read() as session:
        found = leftovers(session)
        weeks = leftover_weeks(session, parts().now().date())
    data = {
        "leftovers": [
            {
                "person": one.uid,
                "name": one.person,
                "right": one.right,
                "left_at": one.left_at,
            }
            for one in found
        ],
        "weeks": [{"day": week.day, "rights": week.rights} for week in weeks],
    }
    shown = table(
        ("Person", "Right", "Left"),
        [(one.uid, one.right, f"{one.left_at:%Y-%m-%d}") for one in found],
    )
    emit(data, shown or "Nobody whose account is off holds a right.")
