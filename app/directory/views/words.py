"""Sentences and addresses that several pages of the directory room need."""

from __future__ import annotations

from app.core.figures import people
from app.core.said import joined, nsaid, said
from app.core.web.words import ago, day
from app.directory.queries import DirectoryLine, ReadingLine, RightPage


def standing(line: DirectoryLine) -> str:
    """Return how a directory stands, in one sentence."""
    if line.last is None:
        if line.checked_at:
            return said("Checked, not read yet.")
        return said("Neither checked nor read yet.")
    when = ago(line.last.ended_at or line.last.started_at)
    return said("Read %(when)s: %(found)s.", when=when, found=found_in(line.last))


def found_in(reading: ReadingLine) -> str:
    """Return what a reading found, like ``66 people, 40 groups, 520 direct grants``."""
    counts = [
        people(reading.people),
        nsaid("%(number)s group", "%(number)s groups", reading.groups),
        nsaid("%(number)s direct grant", "%(number)s direct grants", reading.grants),
    ]
    if reading.left_out_count:
        counts.append(
            nsaid(
                "%(number)s entry left out",
                "%(number)s entries left out",
                reading.left_out_count,
            )
        )
    if reading.outside_count:
        counts.append(
            nsaid(
                "%(number)s group outside of the bases lists people",
                "%(number)s groups outside of the bases list people",
                reading.outside_count,
            )
        )
    return joined(counts, ", ")


def found_and_changed(reading: ReadingLine) -> str:
    """Return what a reading found and how much of it was new."""
    if reading.state != "complete":
        return reading.reason or said("This reading is not complete.")
    changes = (
        nsaid("%(number)s change", "%(number)s changes", reading.changes)
        if reading.changes
        else said("no change")
    )
    told = said(
        "%(found)s; %(changes)s since the reading before.",
        found=found_in(reading),
        changes=changes,
    )
    return told


def who_holds(page: RightPage) -> str:
    """Return how many people hold a right and how."""
    if page.right.gone_at:
        return said("This group is gone since %(day)s.", day=day(page.right.gone_at))
    told = [_listed_holders(page)] if page.holders or not page.by_primary_group else []
    if page.by_primary_group:
        told.append(
            nsaid(
                "%(number)s person has it as primary group, which can be neither given nor taken.",
                "%(number)s people have it as primary group, which can be neither given nor taken.",
                page.by_primary_group,
            )
        )
    return joined(told, " ")


def _listed_holders(page: RightPage) -> str:
    everybody, direct = len(page.holders), page.direct_count
    if not everybody:
        return _held_by_no_person(page)
    if direct == everybody:
        return nsaid(
            "%(number)s person holds this right, directly.",
            "%(number)s people hold this right, directly.",
            everybody,
        )
    return nsaid(
        "%(number)s person holds this right: %(direct)s directly, "
        "%(nested)s only through groups inside.",
        "%(number)s people hold this right: %(direct)s directly, "
        "%(nested)s only through groups inside.",
        everybody,
        direct=direct,
        nested=everybody - direct,
    )


def _held_by_no_person(page: RightPage) -> str:
    if not page.others:
        return said("Nobody holds this right.")
    others = nsaid(
        "%(number)s other entry", "%(number)s other entries", len(page.others)
    )
    return said("No person holds this right, but it lists %(others)s.", others=others)


def outcome(reading: ReadingLine) -> str:
    """Return how a reading ended, in one sentence."""
    if reading.state == "refused":
        return said("The reading was refused: %(reason)s", reason=reading.reason)
    changes = (
        nsaid("%(number)s change", "%(number)s changes", reading.changes)
        if reading.changes
        else said("no changes")
    )
    told = said(
        "Read: %(people)s, %(groups)s, %(changes)s.",
        people=people(reading.people),
        groups=nsaid("%(number)s group", "%(number)s groups", reading.groups),
        changes=changes,
    )
    return told
