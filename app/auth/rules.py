"""Rules of operators, passwords and sign-in: values in, values out."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.core.said import said

SIGN_IN_LASTS = timedelta(hours=12)
PROOF_LASTS = timedelta(minutes=15)
LINK_LASTS = timedelta(hours=48)
FAILURES_COUNT_FOR = timedelta(minutes=15)
FAILURES_PER_NAME = 5
FAILURES_PER_ADDRESS = 30
SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 200
LONGEST_NAME = 64
NO_ACCOUNT = "-"
"""What an operator's own account in the directory is called when there is none."""


@dataclass(frozen=True, slots=True)
class Permission:
    """One thing an operator may do, with the sentence that explains it."""

    name: str
    means: str

    @property
    def pair(self) -> tuple[str, str]:
        """Return name and meaning, as lists of facts want them."""
        return self.name, self.means


PERMISSIONS = (
    Permission(
        "read", said("Look at people, rights, roles, waves and the audit trail.")
    ),
    Permission(
        "plan", said("Make roles and plan waves; nothing reaches the directory.")
    ),
    Permission("approve", said("Approve plans that somebody else made.")),
    Permission(
        "apply",
        said(
            "Apply approved waves to the directory, confirm and undo them, freeze and unfreeze."
        ),
    ),
    Permission(
        "improve",
        said(
            "Change improvements, climb their rungs and decide; raising one needs only “read”."
        ),
    ),
    Permission(
        "desk", said("Take calls, work on incidents, inform people, write articles.")
    ),
    Permission(
        "catalog",
        said(
            "Change services, their owners, parts, facts and duties, and business hours."
        ),
    ),
    Permission(
        "scripts",
        said("Write, try and publish influence scripts; meant for the second line."),
    ),
    Permission(
        "policy",
        said(
            "Change the desk's numbers, the priority matrix, channels, templates and the basics."
        ),
    ),
    Permission("directory", said("Connect directories, check and read them.")),
    Permission(
        "stakeholders",
        said("Know who is for a change and who against it, and what is done about it."),
    ),
    Permission(
        "audit",
        said("Take evidence away: who held what, what changed and why, of everybody."),
    ),
    Permission(
        "operators", said("Add operators, change what they may do, and disable them.")
    ),
)
NAMES = tuple(permission.name for permission in PERMISSIONS)


def unknown_permissions(names: Collection[str]) -> list[str]:
    """Return those of ``names`` that are no permission."""
    return sorted(set(names) - set(NAMES))


def in_order(names: Collection[str]) -> list[str]:
    """Return the permissions once each, in the order they are always shown."""
    return [name for name in NAMES if name in names]


def name_problem(name: str) -> str:
    """Say what is wrong with an operator's name, or nothing."""
    if not name.strip():
        return "Give a name."
    if name != name.strip() or len(name) > LONGEST_NAME or not name.isprintable():
        return f"A name has at most {LONGEST_NAME} visible characters and no space at its ends."
    return ""


def password_problem(password: str, name: str) -> str:
    """Say what is wrong with a new password, or nothing.

    Length is what counts (NIST SP 800-63B).
    """
    if len(password) < SHORTEST_PASSWORD:
        return f"Use at least {SHORTEST_PASSWORD} characters; several words in a row are fine."
    if len(password) > LONGEST_PASSWORD:
        return f"Use at most {LONGEST_PASSWORD} characters."
    if name and password.casefold().replace(" ", "") == name.casefold().replace(
        " ", ""
    ):
        return "The password must not be the name."
    if len(set(password)) < 4:
        return "Use more than three different characters."
    return ""


def locked_until(
    failures: Sequence[datetime], limit: int, now: datetime
) -> datetime | None:
    """Return until when signing in is refused: ``limit`` failures within 15 minutes lock for 15
    minutes.
    """
    recent = sorted(at for at in failures if at > now - FAILURES_COUNT_FOR)
    return recent[-1] + FAILURES_COUNT_FOR if len(recent) >= limit else None


def is_over(started: datetime, lasts: timedelta, now: datetime) -> bool:
    """Tell whether something that began at ``started`` and lasts that long has ended."""
    return now >= started + lasts
