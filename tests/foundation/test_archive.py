"""One file holds database, files, plans and keys; what is put back is all of it or nothing, and
says who is moved.
"""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from app.core import schema
from app.core.db import Database
from app.core.parts import KEY
from app.core.settings import PROJECT, Settings
from app.upkeep import dumps
from tests.access.builders import DemoWorld, demo_world
from tests.conftest import Clock, Done, Rung, runner_for

Restore = Callable[[Path], Done]


def keep_file(settings: Settings, content: bytes, number: int = 1) -> Path:
    digest = hashlib.sha256(content).hexdigest()
    file = settings.files / digest[:2] / f"{digest}.{number}"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    return file


def furnish(settings: Settings) -> None:
    """Put a file, a plan and a key into the data folder."""
    keep_file(settings, b"a recording")
    settings.plans.mkdir()
    (settings.plans / "wave-1-reverse.ldif").write_text("dn: cn=x\n")
    (settings.home / "secret_key").write_text("the key of then")


def everything(settings: Settings) -> dict[str, bytes]:
    """Return what lies in the data folder, but for the database and what was kept of it."""
    folders = [settings.files, settings.plans]
    found = [each for folder in folders for each in folder.rglob("*") if each.is_file()]
    return {
        str(each.relative_to(settings.home)): each.read_bytes()
        for each in [*found, settings.home / "secret_key"]
    }


def backed_up(rung: Rung, folder: Path) -> Path:
    file = folder / "rung.tar"
    assert rung("db", "backup", str(file)).code == 0
    return file


def rewritten(
    file: Path,
    change: Callable[[str, bytes], tuple[str, bytes] | None],
    *more: tarfile.TarInfo,
) -> Path:
    """Return a copy of an archive whose members went through ``change``, with ``more`` before its
    end.
    """
    target = file.with_name("changed.tar")
    with tarfile.open(file) as old, tarfile.open(target, "w") as new:
        for info in old:
            if info.name == "contents.json":
                for other in more:
                    new.addfile(other, io.BytesIO(b"x" * other.size))
            changed = change(info.name, old.extractfile(info).read())  # type: ignore[union-attr]
            if changed:
                fresh = tarfile.TarInfo(changed[0])
                fresh.size = len(changed[1])
                new.addfile(fresh, io.BytesIO(changed[1]))
    return target


def a_member(
    name: str, kind: bytes = tarfile.REGTYPE, link: str = ""
) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, link
    info.size = 3 if kind == tarfile.REGTYPE else 0
    return info


STRANGERS = [
    a_member("../outside"),
    a_member("/tmp/outside"),
    a_member("plans/../../outside"),
    a_member("plans/.hidden"),
    a_member("plans/deep/er"),
    a_member("files/aa/not-a-hash"),
    a_member("keys/../rung.toml"),
    a_member("rung.toml"),
    a_member("secrets/password"),
    a_member("plans/x\n.ldif"),
    a_member("plans/link", tarfile.SYMTYPE, "/etc/passwd"),
    a_member("plans/hard", tarfile.LNKTYPE, "secret_key"),
    a_member("plans", tarfile.DIRTYPE),
    a_member("plans/pipe", tarfile.FIFOTYPE),
    a_member("plans/device", tarfile.CHRTYPE),
    a_member("plans/unlisted.ldif"),
]
"""What does not belong into a backup, and where it would lead."""

CUTS = [0.0, 0.1, 0.5, 0.9, 0.99]


def test_everything_comes_back_as_it_was(
    rung: Rung, settings: Settings, tmp_path: Path
) -> None:
    furnish(settings)
    before = everything(settings)
    file = backed_up(rung, tmp_path)
    assert file.stat().st_mode & 0o077 == 0
    shutil.rmtree(settings.files)
    (settings.plans / "wave-1-reverse.ldif").write_text("another wave 1\n")
    (settings.plans / "wave-2-reverse.ldif").write_text("a later one\n")
    (settings.home / "secret_key").write_text("another key")
    later = keep_file(settings, b"attached later", 2)
    done = rung("db", "restore", str(file), "--json").json
    assert everything(settings) == before
    assert not later.exists()
    assert (
        Path(done["plans"]) / "wave-1-reverse.ldif"
    ).read_text() == "another wave 1\n"
    assert rung("db", "restore", done["kept"]).code == 0
    assert later.read_bytes() == b"attached later"
    assert (settings.home / "secret_key").read_text() == "another key"
    assert not list(settings.home.glob(".restore-*"))


def test_a_backup_is_a_tar_whose_end_lists_what_is_in_it(
    rung: Rung, settings: Settings, tmp_path: Path
) -> None:
    furnish(settings)
    (settings.files / "incoming").mkdir()
    (settings.files / "incoming" / "half").write_bytes(b"half")
    (settings.plans / "link").symlink_to("/etc/passwd")
    with tarfile.open(backed_up(rung, tmp_path)) as archive:
        names = archive.getnames()
    assert names[0] in ("rung.db", "rung.dump")
    assert names[1:3] == ["keys/secret_key", "plans/wave-1-reverse.ldif"]
    assert names[3].startswith("files/")
    assert names[4:] == ["contents.json"]


@pytest.mark.parametrize("share", CUTS)
def test_an_archive_that_was_cut_changes_nothing(
    rung: Rung, settings: Settings, tmp_path: Path, share: float
) -> None:
    furnish(settings)
    file = backed_up(rung, tmp_path)
    content = len(
        file.read_bytes().rstrip(b"\0")
    )  # a tar ends in zeros that hold nothing
    os.truncate(file, int(content * share))
    before = everything(settings)
    done = rung("db", "restore", str(file))
    assert (done.code, len(done.err.splitlines())) == (1, 1)
    assert everything(settings) == before
    assert not list(settings.backups.glob("*"))


@pytest.mark.parametrize("stranger", STRANGERS, ids=lambda info: repr(info.name))
def test_what_does_not_belong_into_a_backup_is_refused(
    rung: Rung, settings: Settings, tmp_path: Path, stranger: tarfile.TarInfo
) -> None:
    furnish(settings)
    file = rewritten(
        backed_up(rung, tmp_path), lambda name, content: (name, content), stranger
    )
    before = everything(settings)
    done = rung("db", "restore", str(file))
    assert (done.code, len(done.err.splitlines())) == (1, 1)
    assert everything(settings) == before
    assert not list(tmp_path.rglob("outside"))


CHANGES: dict[str, Callable[[str, bytes], tuple[str, bytes] | None]] = {
    "a plan was changed": lambda name, content: (
        name,
        content.replace(b"cn=x", b"cn=y"),
    ),
    "a file is missing": lambda name, content: (
        None if name.startswith("files/") else (name, content)
    ),
    "the database is missing": lambda name, content: (
        None if name.startswith("rung.") else (name, content)
    ),
    "the list is missing": lambda name, content: (
        None if name == "contents.json" else (name, content)
    ),
    "the list is none": lambda name, content: (
        (name, b"[]") if name == "contents.json" else (name, content)
    ),
    "of a later format": lambda name, content: (
        name,
        content.replace(b'"format": 1', b'"format": 2'),
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_archive_is_refused(
    rung: Rung, settings: Settings, tmp_path: Path, change: str
) -> None:
    furnish(settings)
    file = rewritten(backed_up(rung, tmp_path), CHANGES[change])
    before = everything(settings)
    done = rung("db", "restore", str(file))
    assert (done.code, len(done.err.splitlines())) == (1, 1)
    assert everything(settings) == before


def test_a_refused_database_leaves_no_file_behind(
    rung: Rung, settings: Settings, database: Database, tmp_path: Path
) -> None:
    rung("operator", "add", "anna", "--permission", "read")
    furnish(settings)
    trigger = (
        "audit_event_no_update"
        if database.is_sqlite
        else "audit_event_no_change ON audit_event"
    )
    with database.write() as session:
        session.execute(text(f"DROP TRIGGER {trigger}"))
        session.execute(text("UPDATE audit_event SET actor = 'nobody'"))
    file = backed_up(rung, tmp_path)
    shutil.rmtree(settings.files)
    before = everything(settings)
    assert rung("db", "restore", str(file)).code == 1
    assert everything(settings) == before


def test_a_copy_of_the_database_alone_is_taken_too(
    rung: Rung, settings: Settings, database: Database, tmp_path: Path
) -> None:
    furnish(settings)
    before = everything(settings)
    old = tmp_path / "old.db"
    dumps.copy_out(database, old)
    done = rung("db", "restore", str(old))
    assert done.code == 0
    assert "the database alone" in done.out
    assert everything(settings) == before


@pytest.mark.parametrize("damage", [b"", b"no database", None])
def test_a_damaged_database_is_set_aside_by_a_restore(
    app: Flask,
    rung: Rung,
    settings: Settings,
    database: Database,
    tmp_path: Path,
    damage: bytes | None,
) -> None:
    if database.file is None:
        pytest.skip("the file of a server is the server's")
    file = backed_up(rung, tmp_path)
    app.extensions[KEY].database.dispose()
    database.dispose()
    for left in database.file.parent.glob("rung.db*"):
        left.unlink()
    if damage is not None:
        database.file.write_bytes(damage)
    done = rung("db", "restore", str(file))
    assert done.code == 0
    assert "could not be read" in done.out
    assert schema.is_current(database)
    kept = [each.read_bytes() for each in settings.backups.glob("rung-damaged-*.db")]
    assert kept == ([damage] if damage else [])


def test_a_full_disk_leaves_no_half_backup(
    rung: Rung, settings: Settings, tmp_path: Path
) -> None:
    rung("operator", "list")
    keep_file(settings, os.urandom(9_000_000))
    environment = {
        "RUNG_HOME": str(settings.home),
        "RUNG_DATABASE_URL": settings.database_url,
    }
    done = subprocess.run(
        [
            "sh",
            "-c",
            f"ulimit -f 16000; exec {sys.executable} -m app.cli db backup "
            f"{tmp_path}/small/rung.tar",
        ],
        cwd=PROJECT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("rung: ")
    assert len(done.stderr.splitlines()) == 1
    assert list((tmp_path / "small").iterdir()) == []


@pytest.fixture
def world_and_rung(settings: Settings, clock: Clock):
    with demo_world(settings, clock) as world:
        yield world, runner_for(world.app)


def applied(world: DemoWorld, settings: Settings, role: int, *people: str) -> int:
    wave = world.wave(role, *people)
    world.approve_next(wave, settings)
    world.apply(wave, settings)
    world.run()
    return wave


def test_who_moved_after_the_backup_is_named_with_the_way_back(
    world_and_rung: tuple[DemoWorld, Rung], settings: Settings, tmp_path: Path
) -> None:
    world, rung = world_and_rung
    role = world.role()
    first, second, *_ = (name for name in world.people if name not in ("anna", "ben"))
    kept_open = applied(world, settings, role, first)
    file = backed_up(rung, tmp_path)
    later = applied(world, settings, role, second)
    rung("wave", "undo", str(kept_open))
    world.run()
    done = rung("db", "restore", str(file))
    assert done.code == 0
    attention, rest = done.out.split("ATTENTION", 1)[1].split("Open in this backup", 1)
    assert second in attention and first not in attention
    ldif = Path(attention.rpartition("Back by hand: ")[2].strip())
    assert ldif.name == f"wave-{later}-reverse.ldif"
    assert "changetype: modify" in ldif.read_text()
    assert first in rest
    assert "rung sync" in rest


def test_a_restore_of_the_present_forgets_nobody(
    world_and_rung: tuple[DemoWorld, Rung], settings: Settings, tmp_path: Path
) -> None:
    world, rung = world_and_rung
    first, *_ = world.people
    applied(world, settings, world.role(), first)
    done = rung("db", "restore", str(backed_up(rung, tmp_path)), "--json").json
    assert [
        each["person"].startswith(first.title()) or first in each["person"]
        for each in done["open"]
    ] == [True]
    assert (done["forgotten"], done["ended"]) == ([], [])
