"""Whether an account is off: each server has its own spelling, and some companies have a rule of
their own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

Attributes = Mapping[str, Sequence[str]]
Test = Callable[[str, datetime], bool]

ANY = "*"
"""The value of a rule that holds wherever the attribute has any value."""

RULE = re.compile(r"\s*([A-Za-z][A-Za-z0-9.-]*)\s*=\s*(\S.*?)\s*")
"""A house rule as it is written: attribute=value."""

_DAY, _SECOND, _MICROSECOND = (
    timedelta(days=1),
    timedelta(seconds=1),
    timedelta(microseconds=1),
)
_UNIX, _WINDOWS = datetime(1970, 1, 1, tzinfo=UTC), datetime(1601, 1, 1, tzinfo=UTC)
_NEVER = (1 << 63) - 1
_TIME = re.compile(
    r"(\d{4})(\d\d)(\d\d)(\d\d)(?:(\d\d)(\d\d)?)?(?:[.,]\d+)?(?:Z|([+-])(\d\d)(\d\d)?)"
)


def _one_of(*words: str) -> Test:
    return lambda value, _now: value.strip().lower() in words


def _bit(mask: int) -> Test:
    return lambda value, _now: bool(_number(value) & mask)


def _letter(letter: str) -> Test:
    flags = re.compile(rf"\[[^\]]*{letter}")
    return lambda value, _now: flags.match(value.strip()) is not None


def _named(*names: str) -> Test:
    return lambda value, _now: (
        value.partition(",")[0].replace(" ", "").lower()
        in {f"cn={name}" for name in names}
    )


def _tagged(mark: str) -> Test:
    return lambda value, _now: mark in value.lower()


def _second_reached(value: str, now: datetime) -> bool:
    """Tell whether a number of seconds since 1970 is over; 0 and the greatest number of 32 bits
    mean never.
    """
    seconds = _number(value)
    return 0 < seconds < (1 << 31) - 1 and seconds <= (now - _UNIX) // _SECOND


def _day_reached(value: str, now: datetime) -> bool:
    """Tell whether a number of days since 1970 is over; -1 and nothing mean never."""
    days = _number(value, -1)
    return 0 <= days <= (now - _UNIX) // _DAY


def _ticks_reached(value: str, now: datetime) -> bool:
    """Tell whether a time of Windows is over, in steps of 100 ns since 1601; 0 and the greatest
    number mean never.
    """
    ticks = _number(value)
    return 0 < ticks < _NEVER and ticks <= (now - _WINDOWS) // _MICROSECOND * 10


def _time_reached(value: str, now: datetime) -> bool:
    moment = _generalized(value)
    return moment is not None and moment <= now


_YES = _one_of("true", "yes", "1")

SPELLINGS: tuple[tuple[str, Test], ...] = (
    ("userAccountControl", _bit(0x2)),  # Active Directory, Samba
    ("accountExpires", _ticks_reached),  # Active Directory
    ("msDS-UserAccountDisabled", _YES),  # AD LDS
    ("nsAccountLock", _YES),  # 389, FreeIPA
    (
        "nsRoleDN",
        _named("nsmanageddisabledrole", "nsdisabledrole"),
    ),  # 389, older Netscape servers
    ("inetUserStatus", _one_of("inactive", "deleted")),  # Sun, Oracle
    ("loginDisabled", _YES),  # eDirectory
    ("loginExpirationTime", _time_reached),  # eDirectory
    ("sambaAcctFlags", _letter("D")),  # Samba with another directory, Univention
    ("sambaKickoffTime", _second_reached),  # Samba with another directory, Univention
    ("krb5KDCFlags", _bit(0x80)),  # Heimdal, Univention
    ("krbPrincipalExpiration", _time_reached),  # MIT Kerberos, FreeIPA
    ("shadowExpire", _day_reached),  # Unix
    (
        "pwdAccountLockedTime",
        _one_of("000001010000z"),
    ),  # OpenLDAP, 389: locked for good, not for a while
    ("pwdEndTime", _time_reached),  # OpenLDAP 2.5
    ("ds-pwp-account-disabled", _YES),  # OpenDJ, PingDirectory
    ("ds-pwp-account-expiration-time", _time_reached),  # OpenDJ, PingDirectory
    ("orclIsEnabled", _one_of("disabled")),  # Oracle Internet Directory
    ("accountStatus", _one_of("disabled", "deleted")),  # qmail-ldap
    ("zimbraAccountStatus", _one_of("closed")),  # Zimbra
    ("authAuthority", _tagged(";disableduser;")),  # Open Directory of macOS
    ("ibm-pwdAccountLocked", _YES),  # IBM: locked by an administrator
    ("employeeType", _one_of("leaver", "disabled", "inactive")),
)
"""Attribute by attribute, what its value says of an account that is off for good; a passing lock
says no such thing.
"""

ATTRIBUTES = tuple(name for name, _ in SPELLINGS)

TIMED = tuple(
    name
    for name, test in SPELLINGS
    if test in (_day_reached, _second_reached, _ticks_reached, _time_reached)
)
"""Attributes by which an account goes off at its time, though nobody touches its entry."""


@dataclass(frozen=True, slots=True)
class Judge:
    """Judges accounts at one moment; ``rules`` are house rules: pairs of attribute and value that
    mean off.
    """

    now: datetime
    rules: tuple[tuple[str, str], ...] = ()

    @classmethod
    def at(cls, now: datetime, written: Iterable[str] = ()) -> Judge:
        """Return a judge with house rules as they are written, like ``ak-active=FALSE``; no rules
        are passed over.
        """
        found = (RULE.fullmatch(rule) for rule in written)
        return cls(now, tuple((rule[1], rule[2]) for rule in found if rule))

    @property
    def attributes(self) -> tuple[str, ...]:
        """Return the attributes that house rules look at."""
        return tuple(name for name, _ in self.rules)

    def is_off(self, attributes: Attributes) -> bool:
        """Tell whether an account is off, by any spelling or any house rule."""
        return any(
            test(value, self.now)
            for name in _TESTS.keys() & attributes.keys()
            for value in attributes[name]
            for test in _TESTS[name]
        ) or any(
            _holds(attributes.get(name.lower(), ()), wanted)
            for name, wanted in self.rules
        )


_TESTS: dict[str, list[Test]] = {}
for _name, _test in SPELLINGS:
    _TESTS.setdefault(_name.lower(), []).append(_test)


def _holds(values: Sequence[str], wanted: str) -> bool:
    found = {value.strip().lower() for value in values if value.strip()}
    return bool(found) if wanted == ANY else wanted.lower() in found


def _number(value: str, otherwise: int = 0) -> int:
    try:
        return int(value)
    except ValueError:
        return otherwise


def _generalized(value: str) -> datetime | None:
    """Return a generalized time (RFC 4517, 3.3.13), or nothing where it is none."""
    found = _TIME.fullmatch(value.strip())
    if found is None:
        return None
    year, month, day, hour, minute, second = (
        int(part or 0) for part in found.groups()[:6]
    )
    sign, hours, minutes = found.groups()[6:]
    offset = timedelta(hours=int(hours or 0), minutes=int(minutes or 0)) * (
        -1 if sign == "-" else 1
    )
    try:
        return (
            datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC)
            - offset
        )
    except (ValueError, OverflowError):
        return None
