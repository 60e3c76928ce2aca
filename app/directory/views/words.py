"""Sentences and addresses that several pages of the directory room need."""

from __future__ import annotations

from flask_babel import gettext as _

from app.core.figures import people
from app.core.said import nsaid
from app.core.web.words import ago, day
from app.directory.queries import DirectoryLine, ReadingLine, RightPage


def standing(line: DirectoryLine) -> str:
    """Return how a directory stands, in one sentence."""
    if line.last is None:
        return str(
            _("Checked, not read yet.")
            if line.checked_at
            else _("Neither checked nor read yet.")
        )
    when = ago(line.last.ended_at or line.last.started_at)
    return str(_("Read %(when)s: %(found)s.", when=when, found=found_in(line.last)))


def found_in(reading: ReadingLine) -> str:
    """Return what a reading found, like ``66 people, 40 groups, 520 direct grants``."""
    counts = [
        people(reading.people),
        nsaid("%(number)s group", "%(number)s groups", reading.groups),
        nsaid("%(number)s direct grant", "%(number)s direct grants", reading.grants),
    ]
    if reading.left_out_count:
        counts.append(
            str(
                _(
                    "%(count)s left out",
                    count=nsaid(
                        "%(number)s entry", "%(number)s entries", reading.left_out_count
                    ),
                )
            )
        )
    return ", ".join(counts)


def found_and_changed(reading: ReadingLine) -> str:
    """Return what a reading found and how much of it was new."""
    if reading.state != "complete":
        return reading.reason or str(_("This reading is not complete."))
    changes = (
        nsaid("%(number)s change", "%(number)s changes", reading.changes)
        if reading.changes
        else _("no change")
    )
    told = _(
        "%(found)s; %(changes)s since the reading before.",
        found=found_in(reading),
        changes=changes,
    )
    return str(told)


def who_holds(page: RightPage) -> str:
    """Return how many people hold a right and how, in one sentence."""
    everybody, direct = len(page.holders), page.direct_count
    if page.right.gone_at:
        return str(_("This group is gone since %(day)s.", day=day(page.right.gone_at)))
    if not everybody:
        return _held_by_no_person(page)
    verb = "holds" if everybody == 1 else "hold"
    if direct == everybody:
        return str(
            _(
                "%(all)s %(verb)s this right, directly.",
                all=people(everybody),
                verb=verb,
            )
        )
    told = _(
        "%(all)s %(verb)s this right: %(direct)s directly, %(nested)s only through groups inside.",
        all=people(everybody),
        verb=verb,
        direct=direct,
        nested=everybody - direct,
    )
    return str(told)


def _held_by_no_person(page: RightPage) -> str:
    if not page.others:
        return str(_("Nobody holds this right."))
    others = nsaid(
        "%(number)s other entry", "%(number)s other entries", len(page.others)
    )
    return str(_("No person holds this right, but it lists %(others)s.", others=others))


def outcome(reading: ReadingLine) -> str:
    """Return how a reading ended, in one sentence."""
    if reading.state == "refused":
        return str(_("The reading was refused: %(reason)s", reason=reading.reason))
    changes = (
        nsaid("%(number)s change", "%(number)s changes", reading.changes)
        if reading.changes
        else _("no changes")
    )
    told = _(
        "Read: %(people)s, %(groups)s, %(changes)s.",
        people=people(reading.people),
        groups=nsaid("%(number)s group", "%(number)s groups", reading.groups),
        changes=changes,
    )
    return str(told)
