"""Which moment of the past is meant, and what is said where nothing is on record."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.core.errors import Invalid, Refused
from app.core.said import said
from app.core.spoken_times import minute_at

DAY_OR_TIME = "Give a day as 2026-03-14, or a time as 2026-03-14T09:30."
FUTURE = "This is in the future: nobody can know yet who will hold what."
SHORTEST = timedelta(microseconds=1)


def asked_moment(text: str, zone: str, now: datetime) -> datetime:
    """Return the moment that a day (its end) or a time in ``zone`` means; today means now.

    Raises ``Invalid`` for what is neither, ``Refused`` for the future.
    """
    try:
        moment = (
            _end_of(date.fromisoformat(text), zone)
            if len(text) == len("2026-03-14")
            else _time(text, zone)
        )
    except (ValueError, OverflowError):
        raise Invalid(DAY_OR_TIME, field="on") from None
    if moment > now and not _is_today(text, zone, now):
        raise Refused(FUTURE)
    return min(moment, now)


def demand_record(at: datetime, known_since: datetime | None, zone: str) -> None:
    """Raise ``Refused`` when nothing is on record for a moment, saying from when on something
    is.
    """
    if known_since is None:
        raise Refused(
            said("There is no record: this directory was not read completely yet.")
        )
    if at < known_since:
        raise Refused(
            said(
                "There is no record before %(first)s (%(zone)s).",
                first=minute_at(known_since, zone),
                zone=zone,
            )
        )


def _end_of(day: date, zone: str) -> datetime:
    midnight = datetime.combine(day + timedelta(days=1), time.min, ZoneInfo(zone))
    return midnight.astimezone(UTC) - SHORTEST


def _time(text: str, zone: str) -> datetime:
    typed = datetime.fromisoformat(text)
    return (typed if typed.tzinfo else typed.replace(tzinfo=ZoneInfo(zone))).astimezone(
        UTC
    )


def _is_today(text: str, zone: str, now: datetime) -> bool:
    return text == now.astimezone(ZoneInfo(zone)).date().isoformat()
