"""The file a backup is: a tar archive of the database, files, plans and keys, with a list of its
contents at its end.

`rung.db` (SQLite) or `rung.dump` (pg_dump's custom format), `keys/secret_key`, `plans/…`,
`files/…`, and last `contents.json`, which names every member with its size and SHA-256: an archive
that was cut has no such end.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import BinaryIO, cast

from app.core.errors import Refused
from app.core.said import said

CONTENTS = "contents.json"
FORMAT = 1
PIECE = 1024 * 1024  # bytes
LARGEST_CONTENTS = 512 * 1024 * 1024  # bytes; about two million files
ALLOWED = re.compile(
    r"rung\.(db|dump)"
    r"|keys/[a-z][a-z_]{0,40}"
    r"|plans/[A-Za-z0-9][A-Za-z0-9._-]{0,200}"
    r"|files/[0-9a-f]{2}/[0-9a-f]{64}\.[0-9]{1,20}"
)
"""The names a backup may hold. None of them leads out of the folder it is unpacked into."""

DAMAGES = (tarfile.TarError, EOFError, ValueError, KeyError, TypeError, OverflowError)


@dataclass(frozen=True, slots=True)
class Member:
    """One file in a backup: its size in bytes and the SHA-256 of its content."""

    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Contents:
    """What a backup holds, and when (UTC) it was made by which version."""

    made_at: datetime
    version: str
    members: Mapping[str, Member]

    def under(self, folder: str) -> list[str]:
        """Return the names in ``folder``, such as ``files``."""
        return [name for name in self.members if name.startswith(f"{folder}/")]


def write(file: Path, sources: Iterator[tuple[str, Path]]) -> Contents:
    """Write a new archive of ``sources``, each a name and the file to read.

    What vanished meanwhile is left out.
    """
    members: dict[str, Member] = {}
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as out:
        with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as archive:
            for name, source in sources:
                try:
                    opened = source.open("rb")
                except FileNotFoundError:
                    continue  # a recording whose day of deletion came while we copied
                with closing(opened):
                    members[name] = _add(archive, name, opened)
            contents = Contents(datetime.now(UTC), version("rung"), members)
            text = json.dumps(
                {"format": FORMAT, **asdict(contents)}, default=str
            ).encode()
            archive.addfile(_info(CONTENTS, len(text)), io.BytesIO(text))
        out.flush()
        os.fsync(out.fileno())
    return contents


def unpack(file: Path, folder: Path) -> Contents:
    """Unpack a backup into an empty ``folder``.

    Raises ``Refused`` unless it is whole and holds nothing else.
    """
    found: dict[str, Member] = {}
    try:
        with tarfile.open(file, mode="r:") as archive:
            for info in archive:
                stream = archive.extractfile(info) if info.isreg() else None
                if stream is None:
                    raise Refused(
                        said(
                            "%(file)s is no backup of Rung: %(name)s in it is no plain "
                            "file.",
                            file=file,
                            name=f"{info.name!r}",
                        )
                    )
                if info.name == CONTENTS:
                    return _proved(file, stream.read(LARGEST_CONTENTS), found)
                if info.name in found or not ALLOWED.fullmatch(info.name):
                    raise Refused(
                        said(
                            "%(file)s is no backup of Rung: %(name)s does not belong into "
                            "one.",
                            file=file,
                            name=f"{info.name!r}",
                        )
                    )
                found[info.name] = _extracted(
                    cast(BinaryIO, stream), folder / info.name, info.size
                )
    except DAMAGES as error:
        raise Refused(
            said(
                "%(file)s is no whole backup of Rung (%(error)s).",
                file=file,
                error=error,
            )
        ) from error
    raise Refused(
        said("%(file)s is no whole backup of Rung: its end is missing.", file=file)
    )


def is_archive(file: Path) -> bool:
    """Tell whether a file is a tar archive, whole or not."""
    with file.open("rb") as stream:
        return stream.read(262)[257:] == b"ustar"


def _proved(file: Path, text: bytes, found: Mapping[str, Member]) -> Contents:
    told = json.loads(text)
    if told["format"] != FORMAT:
        raise Refused(
            said(
                "%(file)s was made by a newer version of Rung. Install that version.",
                file=file,
            )
        )
    members = {name: Member(**each) for name, each in told["members"].items()}
    if wrong := sorted(
        name for name in {*members, *found} if members.get(name) != found.get(name)
    ):
        raise Refused(
            said(
                "%(file)s is damaged: %(value)s is not what was put into it.",
                file=file,
                value=wrong[0],
            )
        )
    return Contents(
        datetime.fromisoformat(told["made_at"]), str(told["version"]), members
    )


class _Hashing:
    """Reads a stream and hashes what it gave."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        piece = self._source.read(size)
        self.digest.update(piece)
        return piece


def _add(archive: tarfile.TarFile, name: str, source: BinaryIO) -> Member:
    size = os.fstat(source.fileno()).st_size
    hashing = _Hashing(source)
    archive.addfile(_info(name, size), cast(BinaryIO, hashing))
    return Member(size, hashing.digest.hexdigest())


def _info(name: str, size: int) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.size = size
    info.mode = 0o600
    info.mtime = datetime.now(UTC).timestamp()
    return info


def _extracted(source: BinaryIO, target: Path, size: int) -> Member:
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    digest, left = hashlib.sha256(), size
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as out:
        while piece := source.read(min(PIECE, left)):
            digest.update(piece)
            out.write(piece)
            left -= len(piece)
    if left:
        raise EOFError("it was cut")
    return Member(size, digest.hexdigest())
