"""Times in the viewer's zone, the look he chose, and the words and looks of states."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from typing import Any
from zoneinfo import available_timezones

from babel import Locale, dates
from flask import Blueprint, g, has_request_context, request
from flask.blueprints import BlueprintSetupState
from flask_babel import (
    format_datetime,
    format_timedelta,
    get_babel,
    get_locale,
    get_timezone,
    gettext,
    lazy_gettext,
    refresh,
)

from app.core import figures
from app.core.counting import MOST_EXACT
from app.core.parts import parts
from app.core.said import digits, spoken

LOCALE = "en_GB"
"""What everything is written in."""

THEMES = ("", "light", "dark")
AUTOMATIC: Mapping[str, Any] = {
    "rung": lazy_gettext("Rung (automatic)"),
    "telephone": lazy_gettext("Telephone (automatic)"),
}
"""Who is no person: what the worker and other programs did by themselves."""


def theme() -> str:
    """Return the look chosen in this browser: ``light``, ``dark``, or nothing for what the system
    says.
    """
    chosen = request.cookies.get("theme", "")
    return chosen if chosen in THEMES else ""


def zone() -> str:
    """Return the viewer's time zone: the browser's cookie, or the one in the settings."""
    chosen = request.cookies.get("zone", "")
    return chosen if chosen in _zones() else parts().settings.timezone


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def languages() -> list[tuple[str, str]]:
    """Return the languages pages can be read in, by code, each called as its readers call it."""
    return list(_languages_in(tuple(get_babel().translation_directories)))


@cache
def _languages_in(_folders: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    # A language that is added is known at the next start, as its texts are.
    known = {LOCALE, *map(str, get_babel().instance.list_translations())}
    return tuple((code, Locale.parse(code).display_name) for code in sorted(known))


def read_in(language: str) -> None:
    """Let this answer be in the language of the account; nothing: as the browser says."""
    g.account_language = language
    g.pop("locale", None)
    refresh()


def locale() -> str:
    """Return the language of this answer: the one of the account, for visitors the one this browser
    keeps; else the first of the browser's that there is, else English.
    """
    if "locale" not in g:
        g.locale = _chosen_locale()
    return str(g.locale)


def _chosen_locale() -> str:
    if not has_request_context():
        return LOCALE
    known = {code.lower(): code for code, _name in languages()}
    own = g.get("account_language", request.cookies.get("language", ""))
    wanted = [own, *request.accept_languages.values()]
    for code in (each.replace("-", "_").lower() for each in wanted):
        if found := known.get(code) or known.get(code.partition("_")[0]):
            return found
        if code.partition("_")[0] == "en":
            break
    return LOCALE


def language_tag() -> str:
    """Return the language of this answer as HTML names it."""
    return locale().partition("_")[0]


def figure(value: float) -> str:
    """Write a number with three digits that matter, as the reader's language does."""
    return spoken(figures.figure(value))


def percent(share: float) -> str:
    """Write a share (0–1) in whole per cent, as the reader's language does."""
    return spoken(figures.percent(share))


def grouped(value: int) -> str:
    """Write a whole number with its thousands set apart, as the reader's language does."""
    return spoken(digits(f"{value:,}"))


def so_many(count: int) -> str:
    """Write how many there are, as `up_to_most` counts; ``10,000+`` says that there are more."""
    return grouped(MOST_EXACT) + "+" if count > MOST_EXACT else grouped(count)


def moment(value: datetime) -> str:
    """Write a moment in the viewer's zone, like ``3 May 2026, 14:05``."""
    minute = value.replace(second=0, microsecond=0)
    return _written(minute, get_locale(), get_timezone())


@lru_cache(20_000)
def _written(value: datetime, locale: Any, zone: Any) -> str:
    # The same reports are looked at again and again, in few languages and zones.
    here = value.astimezone(zone)
    time = dates.format_time(here, "HH:mm", tzinfo=zone, locale=locale)
    return f"{_dated(here.date(), locale)}, {time}"


def _dated(value: date, locale: Any) -> str:
    # Months are as short in English as on the charts: September has three letters like the others.
    if locale is None or locale.language == "en":
        return figures.day(value)
    return str(dates.format_date(value, locale=locale))


def clock(value: datetime) -> str:
    """Write the time of a moment in the viewer's zone, like ``14:05``."""
    return str(format_datetime(value, "HH:mm"))


def day(value: date | None) -> str:
    """Write a day, or that of a moment in the viewer's zone, like ``3 May 2026``; none as a
    dash.
    """
    if value is None:
        return "–"
    if isinstance(value, datetime):
        value = value.astimezone(get_timezone()).date()
    return _dated(value, get_locale())


def ago(value: datetime) -> str:
    """Write how long ago a moment was, like ``2 hours ago``."""
    if abs(value - parts().now()) < timedelta(minutes=1):
        return str(gettext("just now"))
    return str(format_timedelta(value - parts().now(), add_direction=True))


def who(actor: str) -> str:
    """Say who did something: a name, Rung itself, or somebody at the server."""
    if actor.startswith("console ("):
        return str(gettext("set up on the server"))
    return str(AUTOMATIC[actor]) if actor in AUTOMATIC else actor or "–"


def iso(value: datetime) -> str:
    """Write a moment for machines, in UTC."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True, slots=True)
class Look:
    """How a state is shown: its tone and icon, and its word where it is not the state itself."""

    tone: str = "neutral"
    icon: str = "circle"
    word: Any = ""


def give_words(bp: Blueprint, **tables: Mapping[Any, Any]) -> None:
    """Give all templates tables that turn a state, a kind or a number into words or looks.

    The start fails with ``ValueError`` where a name is taken: one would quietly replace the other.
    """

    def give(state: BlueprintSetupState) -> None:
        known = state.app.jinja_env.globals
        if taken := known.keys() & tables.keys():
            raise ValueError(f"templates know already: {', '.join(sorted(taken))}")
        known.update(tables)

    bp.record_once(give)
