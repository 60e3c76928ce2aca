"""When somebody signed in last, as servers keep it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

SIGN_INS = ("lastLogonTimestamp", "authTimestamp", "pwdLastSuccess", "lastLoginTime")
"""The attributes that keep it: of Active Directory, of the overlays lastbind and ppolicy of
OpenLDAP, and of 389's account policy.
"""
EPOCH_OF_WINDOWS = datetime(1601, 1, 1, tzinfo=UTC)
TICKS = 10_000_000
"""Hundreds of nanoseconds in a second, in which Active Directory counts."""


def sign_in(value: str) -> datetime | None:
    """Return the moment that a value stands for, or nothing where it stands for none."""
    if value.endswith("Z"):
        digits = value.removesuffix("Z").partition(".")[0]
        try:
            return datetime.strptime(digits, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        except ValueError:
            return None
    if not value.isdecimal() or int(value) < TICKS:
        return None
    try:
        return EPOCH_OF_WINDOWS + timedelta(seconds=int(value) // TICKS)
    except OverflowError:
        return None
