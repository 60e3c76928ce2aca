"""Fill an installation with what a team gathers, and keep it for the upgrade test.

Run it with the version that is to be kept, from a checkout of it::

    PYTHONPATH=. .venv/bin/python tools/keep_installation.py tests/foundation/landed

It writes ``NUMBER.tar.xz`` there: the data folder of a demo company with open switches, without
the key of sessions and without locks. The key of its trail stays: nothing else is sealed with it.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import select

from app import create_app
from app.cli import cli
from app.core import schema
from app.core.parts import DEMO, KEY
from app.core.settings import Settings
from app.directory.actions import connection_of
from app.models.directory import Directory, Entitlement
from ldap_sync.values import DirectoryChange

BEGAN = datetime(2026, 2, 2, 9, 0, tzinfo=UTC)
COOLING = timedelta(hours=4)
LEFT_OUT = ("secret_key", "port", "sign-in.txt", "rung.toml")
OPERATORS = {
    "ada": ("read", "plan", "improve"),
    "bo": ("read", "approve"),
    "cy": ("read", "apply"),
    "dee": ("read", "desk"),
    "eve": ("read", "catalog", "scripts", "policy"),
    "fay": ("directory", "operators"),
}
MAIL = """From: {sender}
To: desk@rung.test
Subject: {subject}
Message-ID: <{number}@acme.test>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=cut

--cut
Content-Type: text/plain; charset=utf-8

{text}
--cut
Content-Type: image/png
Content-Disposition: attachment; filename="screen {number}.png"
Content-Transfer-Encoding: base64

iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==
--cut--
"""


class Clock:
    """Goes on by a minute with each command, so that what happened has an order."""

    def __init__(self) -> None:
        self.time = BEGAN

    def __call__(self) -> datetime:
        """Tell the time."""
        return self.time


class Company:
    """Runs commands in one app, one after the other."""

    def __init__(self, home: Path) -> None:
        self.home, self.clock = home, Clock()
        settings = Settings(
            home=home, desk_mail="desk@rung.test", secret_key="not kept " * 4
        )
        self.app: Flask = create_app(settings, now=self.clock)

    def __call__(self, *words: str, answers: str = "") -> Any:
        """Run a command and return what it says; stop when it fails."""
        self.clock.time += timedelta(minutes=1)
        said = (*words, "--json")
        done = CliRunner().invoke(
            cli, said, obj=lambda: self.app, input=answers, prog_name="rung"
        )
        if done.exit_code not in (0, 3):
            raise SystemExit(f"{' '.join(words)}: {done.output}")
        return json.loads(done.stdout)

    def close(self) -> None:
        """Let go of the database and the demo directory."""
        self.app.extensions[DEMO].close()
        self.app.extensions[KEY].database.dispose()


def operators(rung: Company) -> None:
    """Add operators with all sorts of permissions."""
    file = rung.home / "password"
    file.write_text(secrets.token_urlsafe())
    for name, permissions in OPERATORS.items():
        named = [
            word for permission in permissions for word in ("--permission", permission)
        ]
        rung("operator", "add", name, *named, "--password-file", str(file))
        rung("operator", "change", name, "--person", "-")
    file.unlink()


def wave(rung: Company, role: str, *people: str) -> str:
    """Plan and approve a wave; return its number."""
    named = [word for person in people for word in ("--person", person)]
    planned = rung("wave", "plan", role, *named, "--accept-gain")
    number = str(planned["wave"])
    rung("wave", "approve", number, "--as", "bo")
    return number


def waves(rung: Company) -> None:
    """Leave one wave soaking, one confirmed in part, one undone and one approved but not
    applied.
    """
    first = rung("report")["first_role"]["people"][0]
    rung("role", "new", "Clerk", "--from-person", first, "--realise", "nested")
    fitting = [
        line
        for line in rung("role", "fit", "Clerk")["people"]
        if not line["off_limits"]
    ]
    uids = [line["person"] for line in fitting][:7]
    soaking = wave(rung, "Clerk", *uids[:2])
    rung("wave", "apply", soaking)
    partly = wave(rung, "Clerk", *uids[2:4])
    rung("wave", "apply", partly)
    rung("wave", "confirm", partly, "--person", uids[2], "--note", "seen at work")
    undone = wave(rung, "Clerk", uids[4])
    rung("wave", "apply", undone)
    rung("wave", "undo", undone, "--reason", "rehearsed")
    wave(rung, "Clerk", *uids[5:7])


def mails(rung: Company) -> None:
    """Let a few people write to the desk, with files."""
    people = [
        line
        for line in rung("person", "list")["people"]
        if line["mail"] and not line["disabled"]
    ]
    for number, person in enumerate(people[:4]):
        text = f"The printer on floor {number} is out of toner."
        rung(
            "mail",
            "take",
            answers=MAIL.format(
                sender=person["mail"], subject="Printer", number=number, text=text
            ),
        )


def improvements(rung: Company) -> None:
    """Leave a small rung running, with a task and a comment, beside an idea that was rejected."""
    raised = rung("improvement", "raise", "Printers name themselves")
    number = str(raised["improvement"])
    person = rung("person", "list")["people"][0]["uid"]
    small = ("--who", person, "--what", "A label", "--owner", person)
    room = ("--reason", "small enough")
    rung("iteration", "start", number, *small, *room)
    rung("improvement", "task", "add", number, "Print", "--owner", person)
    rung("improvement", "comment", number, "Blue labels, please")
    idea = rung("improvement", "raise", "A robot at the desk")
    rung("improvement", "reject", str(idea["improvement"]), "--reason", "not now")


def others(rung: Company) -> None:
    """Let somebody change a group by hand, so that a reading has something to tell."""
    name, parts = rung("right", "list")["rights"][0]["cn"], rung.app.extensions[KEY]
    with parts.database.read() as session:
        connection = connection_of(
            session.scalars(select(Directory)).one(), parts.trust, writing=True
        )
        right = session.scalars(select(Entitlement).where(Entitlement.cn == name)).one()
    with closing(parts.open_writer(connection)) as writer:
        group = writer.group(right.key)
        given = writer.read(lambda _what, _count: None).people[-1].dn
        writer.apply(
            DirectoryChange(
                right.key,
                right.dn,
                right.attribute,
                add=(given,),
                delete=group.members[:1],
            )
        )


def kept(home: Path) -> Iterator[Path]:
    """Yield the files that belong to the installation, not to a run of it."""
    for path in sorted(home.rglob("*")):
        passing = (
            path.suffix in (".lock", ".db-wal", ".db-shm") or path.name in LEFT_OUT
        )
        if (
            path.is_file()
            and not passing
            and "queue" not in path.name
            and "backups" not in path.parts
        ):
            yield path


def pack(home: Path, file: Path) -> None:
    """Put the installation into one compressed file."""
    with closing(sqlite3.connect(home / "rung.db")) as database:
        database.execute("PRAGMA journal_mode=DELETE")
        database.execute("VACUUM")
    with tarfile.open(file, "w:xz", preset=9) as out:
        for path in kept(home):
            out.add(path, str(path.relative_to(home)), filter=nobodys)


def nobodys(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    """Leave out who packed it and when."""
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    entry.mtime = int(BEGAN.timestamp())
    return entry


def main(folder: Path) -> None:
    """Make the installation and keep it under the number of its revision."""
    with tempfile.TemporaryDirectory() as home:
        rung = Company(Path(home))
        rung("demo")
        operators(rung)
        rung.clock.time += COOLING
        waves(rung)
        mails(rung)
        improvements(rung)
        rung.clock.time += timedelta(days=2)
        others(rung)
        rung("sync")
        rung("freeze", "--reason", "rehearsed")
        rung("unfreeze")
        rung.close()
        file = folder / f"{schema.head()}.tar.xz"
        pack(Path(home), file)
    click.echo(f"{file}: {file.stat().st_size:,} bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
