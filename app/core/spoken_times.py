"""Moments and durations as they are said to people who are elsewhere: never without the zone, never
in bare minutes.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo


def said_at(moment: datetime, zone: str) -> str:
    """Return a moment in a zone and with its name: "29 Nov, 01:55 CET"."""
    local = moment.astimezone(ZoneInfo(zone))
    name = local.tzname() or zone
    name = name if name[0].isalpha() else f"UTC{name}"
    return f"{local.day} {local:%b, %H:%M} {name}"


def length(duration: timedelta) -> str:
    """Say how long something takes: "45 min", "3 h 20 min", "2 d 4 h"."""
    minutes = int(duration.total_seconds() // 60)
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 48 * 60:
        return (
            f"{minutes // 60} h {minutes % 60} min"
            if minutes % 60
            else f"{minutes // 60} h"
        )
    days, rest = divmod(minutes // 60, 24)
    return f"{days} d {rest} h" if rest else f"{days} d"
