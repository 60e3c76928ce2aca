"""Backups: one file with the database, files, plans and keys; made while Rung runs, restored all or
not at all.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from app.core import audit, schema
from app.core.acting import Acting
from app.core.anchors import RESTORED, drop_anchor
from app.core.db import DAMAGED, Database
from app.core.errors import Away, Refused
from app.core.said import said
from app.core.settings import Settings
from app.upkeep import archive, dumps, left_open
from app.upkeep.archive import Contents
from app.upkeep.dumps import Source

KEYS = ("secret_key",)
"""The keys in the data folder without which a restored database is less: it signs links of
requesters and cookies.
"""


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did.

    ``kept`` holds everything as it was, ``plans`` the LDIF of then; None where nothing was.
    """

    contents: Contents | None
    kept: Path | None
    plans: Path | None
    moves: left_open.Comparison
    seen_before: bool


def back_up(database: Database, settings: Settings, file: Path) -> Contents:
    """Write everything to ``file``, also while Rung runs.

    Raises ``Refused`` when the file is there already.
    """
    if file.exists():
        raise Refused(
            said(
                "%(file)s exists already; a backup never overwrites another.", file=file
            )
        )
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_name(f"{file.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    try:
        with TemporaryDirectory(prefix=".rung-backup-", dir=file.parent) as folder:
            contents = archive.write(
                unfinished, _sources(database, settings, Path(folder))
            )
        unfinished.replace(file)
    finally:
        unfinished.unlink(missing_ok=True)
    return contents


def restore(
    database: Database, settings: Settings, file: Path, *, unproved_by: str = ""
) -> Restored:
    """Put the backup ``file`` in place of database, files, plans and keys.

    Nobody else may be using them.

    A copy of the database alone, as earlier versions wrote it, is taken too. ``unproved_by`` is who
    takes it although the key that seals its trail is not here. Raises ``Refused`` when ``file`` is
    no whole backup or its audit chain is broken; then everything is as before.
    """
    with TemporaryDirectory(prefix=".restore-", dir=settings.home) as name:
        folder = Path(name)
        contents = archive.unpack(file, folder) if archive.is_archive(file) else None
        copy = _database_in(folder, contents, database, file)
        before = _moves(database)
        kept, plans = _keep(database, settings)
        present = _present_dump(database, folder)
        added = _add_files(folder, settings) if contents else []
        try:
            dumps.put_back(
                database, Source(copy, file, sealed=not unproved_by), present
            )
        except BaseException:
            for each in added:
                each.unlink(missing_ok=True)
            raise
        if contents:
            _put_the_rest(folder, contents, settings, kept)
    _go_on(database, settings, file, unproved_by)
    after = _moves(database) or []
    return Restored(
        contents,
        kept,
        plans,
        left_open.compared(before or [], after),
        before is not None,
    )


def _go_on(
    database: Database, settings: Settings, file: Path, unproved_by: str
) -> None:
    """Let the trail go on from what was put back: with a new key where it could not be proved, and
    an anchor.
    """
    now = datetime.now(UTC)
    if unproved_by:
        with database.write() as session:
            act = Acting(session, unproved_by, now, settings)
            if audit.verify(session):
                audit.go_on_from_here(act, reason=f"Restored {file} without proof")
    if settings.anchors.exists():
        with database.read() as session:
            drop_anchor(session, settings, now, RESTORED)


def _sources(
    database: Database, settings: Settings, folder: Path
) -> Iterator[tuple[str, Path]]:
    # The database first: what its rows speak of is on the disk by then. What comes later is more
    # than they need.
    copy = folder / dumps.member_name(database)
    dumps.copy_out(database, copy)
    yield copy.name, copy
    for name in KEYS:
        yield f"keys/{name}", settings.home / name
    for folder_name, where in (("plans", settings.plans), ("files", settings.files)):
        for each in sorted(where.rglob("*")):
            name = f"{folder_name}/{each.relative_to(where).as_posix()}"
            if (
                each.is_file()
                and not each.is_symlink()
                and archive.ALLOWED.fullmatch(name)
            ):
                yield name, each


def _database_in(
    folder: Path, contents: Contents | None, database: Database, file: Path
) -> Path:
    if contents is None:
        return _copy_alone(file)
    copy = folder / dumps.member_name(database)
    if not copy.exists():
        kind = "SQLite" if database.is_sqlite else "PostgreSQL"
        raise Refused(
            said(
                "%(file)s does not hold a %(kind)s database, which this "
                "installation uses.",
                file=file,
                kind=kind,
            )
        )
    return copy


def _copy_alone(file: Path) -> Path:
    with file.open("rb") as stream:
        head = stream.read(16)
    if not head.startswith((b"SQLite format 3", b"PGDMP")):
        raise Refused(said("%(file)s is no backup of Rung.", file=file))
    return file


def _moves(database: Database) -> list[left_open.Moved] | None:
    """Return the moves a database knows, or None when it cannot be read."""
    try:
        if database.file is not None and not database.file.exists():
            return None
        if not schema.is_current(database):
            return None
        with database.read() as session:
            return left_open.moved(session)
    except Away:
        return None


def _keep(database: Database, settings: Settings) -> tuple[Path | None, Path | None]:
    """Keep everything as it is; returns the backup of it, and the folder with the plans."""
    stamp = f"{datetime.now(UTC):%Y%m%dT%H%M%S.%f}"
    settings.backups.mkdir(mode=0o700, parents=True, exist_ok=True)
    plans = None
    if settings.plans.is_dir():
        plans = settings.backups / f"plans-before-restore-{stamp}"
        shutil.copytree(settings.plans, plans)
    if database.file is not None and not database.file.exists():
        return None, plans
    try:
        if not schema.revision_of(database):
            return None, plans
        kept = settings.backups / f"rung-before-restore-{stamp}.tar"
        back_up(database, settings, kept)
    except Away as error:
        if database.file is None or not any(word in error.message for word in DAMAGED):
            raise
        return _set_aside(
            database, database.file, settings.backups / f"rung-damaged-{stamp}.db"
        ), plans
    return kept, plans


def _present_dump(database: Database, folder: Path) -> Path | None:
    """Return a dump of a database server as it is now, to go back to; the embedded one is changed
    at once or not.
    """
    if database.is_sqlite or not schema.revision_of(database):
        return None
    dump = folder / "present.dump"
    dumps.copy_out(database, dump)
    return dump


def _set_aside(database: Database, file: Path, target: Path) -> Path:
    database.dispose()
    for ending in ("", "-wal", "-shm"):
        part = file.with_name(file.name + ending)
        if part.exists():
            part.replace(target.with_name(target.name + ending))
    return target


def _add_files(folder: Path, settings: Settings) -> list[Path]:
    """Add the files that are not there yet: their names say what is in them, so none can be in the
    way.
    """
    added = []
    for each in (folder / "files").rglob("*"):
        target = settings.files / each.relative_to(folder / "files")
        if each.is_file() and not target.exists():
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            each.replace(target)
            added.append(target)
    return added


def _put_the_rest(
    folder: Path, contents: Contents, settings: Settings, kept: Path | None
) -> None:
    if kept is not None and archive.is_archive(kept):
        _remove_later_files(contents, settings)
        shutil.rmtree(settings.plans, ignore_errors=True)
    for each in (folder / "plans").glob("*"):
        settings.plans.mkdir(mode=0o700, exist_ok=True)
        each.replace(settings.plans / each.name)
    for name in KEYS:
        if (folder / "keys" / name).exists():
            (folder / "keys" / name).replace(settings.home / name)


def _remove_later_files(contents: Contents, settings: Settings) -> None:
    """Remove files no row speaks of any more, which nobody would ever delete; they are in what was
    kept.
    """
    wanted = set(contents.under("files"))
    for each in settings.files.glob("??/*"):
        if f"files/{each.relative_to(settings.files).as_posix()}" not in wanted:
            each.unlink()
