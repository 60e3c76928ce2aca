"""Fill an installation with the demo company: its directory with a past, and operators to sign in
as.
"""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy import delete, select

from app.auth.actions import Hashed, add_operator, prepared, set_password
from app.auth.queries import all_operators
from app.auth.rules import NAMES, NO_ACCOUNT
from app.core import audit
from app.core.acting import Acting
from app.core.parts import Parts
from app.directory.actions import add_directory, read_now
from app.directory.rules import DirectoryValues
from app.incidents.mailbox.actions import take_or_set_aside
from app.messages.requester_links import status_address
from app.models.directory import Directory
from app.models.incidents.desk import MailSeen
from app.models.sponsors.link import StatusLink
from app.upkeep.demo import URL, Demo
from app.upkeep.stories.asked import tell_of_asking
from app.upkeep.stories.later import tell_of_later
from app.upkeep.stories.moving import tell_of_today
from app.upkeep.stories.packed import tell_of_evidence
from app.upkeep.stories.past import earliest_reading, seed_past
from app.upkeep.stories.player import FOLDER, tell
from ldap_sync.demo import demo_connection, write_company_ldif

NAME = "demo"
STORIES = (
    "improvements",
    "services",
    "hours",
    "scripts",
    "incidents",
    "articles",
    "rollouts",
    "channels",
    "mass",
)
"""What is told of the company, in this order: later ones name what earlier ones made."""

TELLER = "nina"
"""The person of the demo company who did what nobody else is named for."""

OPERATORS = {
    "admin": NAMES,
    "approver": ("read", "approve"),
    "agent": ("read", "desk"),
    "owner": ("read", "plan", "improve", "desk", "catalog", "stakeholders"),
    "manager": ("read", "desk", "policy"),
    "reader": ("read",),
}
"""Whom one can sign in as, and what each may do."""

ADDED_BY = "admin"
"""Who made the others: hears of none of them then."""

HERE_FOR = timedelta(days=30)

NO_NAME = "#"
"""What a line of the file with the names begins with that is of nobody who signs in."""
SEES = {
    "admin": "everything",
    "approver": "plans of others, to approve",
    "agent": "the desk",
    "owner": "services, improvements and roles to answer for",
    "manager": "the desk from above, and its rules",
    "reader": "all that is shown to everybody, and changes nothing",
}
"""What each of them is there to be looked at."""


@dataclass(frozen=True, slots=True)
class DemoSignIn:
    """Name and password of an operator of the demo."""

    name: str
    password: str


def seed(parts: Parts, demo: Demo, *, by: str) -> list[DemoSignIn]:
    """Make what is missing of the demo and return whom to sign in as; a second call changes
    nothing.

    Operators are made only where there are none, so that nobody gets into an installation through
    its demo.
    """
    demo.hold()
    export = demo.folder / "company.ldif"
    if not export.exists():
        write_company_ldif(export)
    _connect(parts, by)
    sign_ins = _operators(parts, demo.folder / "sign-in.txt", by)
    with parts.acting(by) as act:
        for name in STORIES:
            tell(act, name, {"trust": parts.trust})
    _mail(parts)
    if (
        sign_ins
    ):  # several people wait for each other there, and one operator alone is not enough
        tell_of_today(parts, by=by)
        tell_of_later(parts, by=by)
        tell_of_asking(parts)
        tell_of_evidence(parts, by=by)
        _name_reader(demo.folder / "sign-in.txt", status_path(parts))
    return sign_ins


def status_path(parts: Parts) -> str:
    """Return where the sponsor of the demo reads how it stands without signing in, below the
    address of Rung; nothing without a link.
    """
    wanted = select(StatusLink).where(
        StatusLink.revoked_at.is_(None), StatusLink.improvement_id.is_(None)
    )
    with parts.database.read() as session:
        link = session.scalars(wanted.order_by(StatusLink.id).limit(1)).first()
        whole = status_address(parts.settings, link) if link else ""
    return whole[whole.index("/s/") :] if whole else ""


def _name_reader(file: Path, path: str) -> None:
    """Write the way of the sponsor under the names, once."""
    text = file.read_text(encoding="utf-8")
    if path and NO_NAME not in text:
        with file.open("a", encoding="utf-8") as out:
            out.write(f"{NO_NAME} the sponsor reads, without signing in: {path}\n")


def start_over(parts: Parts, demo: Demo, *, by: str) -> None:
    """Throw away the demo directory's changes and everything Rung knows of it; operators and audit
    trail stay.
    """
    demo.forget()
    with parts.database.write() as session:
        session.execute(delete(Directory).where(Directory.url == URL))
        audit.record(
            session,
            by,
            "demo.reset",
            "directory:demo",
            "Started the demo over",
            at=parts.now(),
        )


def is_here(parts: Parts) -> bool:
    """Tell whether this installation is connected to the demo directory."""
    with parts.database.read() as session:
        return (
            session.scalar(select(Directory.id).where(Directory.url == URL).limit(1))
            is not None
        )


def _connect(parts: Parts, by: str) -> None:
    if is_here(parts):
        return
    known = demo_connection(URL)
    values = DirectoryValues(
        NAME,
        URL,
        known.security,
        base=known.base,
        people_base=known.people_base,
        group_base=known.group_base,
        role_base=known.role_base,
        bind_dn=known.bind_dn,
        write_dn=known.write_dn,
        placeholders=known.placeholders,
    )
    with parts.acting(by, earliest_reading(parts.now())) as act:
        directory_id = add_directory(act, values).id
    seed_past(parts, directory_id, by=by)
    read_now(parts, directory_id, by=by)


def _mail(parts: Parts) -> None:
    """Leave one mail alone, so that the page of such mails is not empty."""
    with parts.database.read() as session:
        if session.scalar(select(MailSeen.id).limit(1)) is not None:
            return
    take_or_set_aside(parts, (FOLDER / "away.eml").read_bytes())


def _operators(parts: Parts, file: Path, by: str) -> list[DemoSignIn]:
    with parts.database.read() as session:
        nobody = not all_operators(session)
    if nobody:
        made = [DemoSignIn(name, secrets.token_urlsafe(12)) for name in OPERATORS]
        _write(file, made)
        stored = {
            sign_in.name: prepared(sign_in.password, sign_in.name) for sign_in in made
        }
        with parts.acting(ADDED_BY) as act:
            # Who hears of others comes last, so that nobody begins with a page of notices.
            for later, sign_in in enumerate(reversed(made)):
                _add(act, sign_in, stored[sign_in.name], timedelta(minutes=later))
    return _written(file)


def _add(act: Acting, sign_in: DemoSignIn, stored: Hashed, later: timedelta) -> None:
    """Add an operator who has been here for a while: nobody waits to try an approval."""
    since, may = act.now - HERE_FOR + later, OPERATORS[sign_in.name]
    add_operator(act.at(since), sign_in.name, may, person_uid=NO_ACCOUNT)
    set_password(act, sign_in.name, stored)


def _write(file: Path, sign_ins: list[DemoSignIn]) -> None:
    with os.fdopen(
        os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600),
        "w",
        encoding="utf-8",
    ) as out:
        out.writelines(f"{sign_in.name} {sign_in.password}\n" for sign_in in sign_ins)


def _written(file: Path) -> list[DemoSignIn]:
    if not file.exists():
        return []
    return [
        DemoSignIn(*line.split())
        for line in file.read_text(encoding="utf-8").splitlines()
        if not line.startswith(NO_NAME)
    ]
