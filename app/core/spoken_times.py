"""Moments and durations as they are said to people who are elsewhere: never without the zone, never
in bare minutes.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from app.core.said import DAY_OF_YEAR, day_said, digits, said


def said_at(moment: datetime, zone: str) -> str:
    """Return a moment in a zone and with its name: "29 Nov, 01:55 CET"."""
    local = moment.astimezone(ZoneInfo(zone))
    name = local.tzname() or zone
    return said(
        "%(day)s, %(time)s %(zone)s",
        day=day_said(local.date(), DAY_OF_YEAR),
        time=f"{local:%H:%M}",
        zone=name if name[0].isalpha() else f"UTC{name}",
    )


def minute_at(moment: datetime, zone: str) -> str:
    """Return a moment for a terminal's column, as a zone's clocks show it: "2026-11-29 01:55"."""
    return f"{moment.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"


def stamped_at(moment: datetime, zone: str) -> str:
    """Return a moment for a terminal, with its zone: "2026-11-29 01:55 (Europe/Vienna)"."""
    return f"{minute_at(moment, zone)} ({zone})"


def length(duration: timedelta) -> str:
    """Say how long something takes: "45 min", "3 h 20 min", "2 d 4 h"."""
    minutes = int(duration.total_seconds() // 60)
    hours, rest = divmod(minutes, 60)
    if not hours:
        return said("%(minutes)s min", minutes=minutes)
    if hours < 48:
        return hours_long(hours, rest)
    days, left = divmod(hours, 24)
    if not left:
        return said("%(days)s d", days=days)
    return said("%(days)s d %(hours)s h", days=days, hours=left)


def hours_long(hours: int, minutes: int) -> str:
    """Say hours and minutes, the minutes only where there are some: "3 h 20 min"."""
    shown = digits(f"{hours:,}")
    if not minutes:
        return said("%(hours)s h", hours=shown)
    return said("%(hours)s h %(minutes)s min", hours=shown, minutes=minutes)
