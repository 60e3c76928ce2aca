"""Put an evidence pack together, seal it, and prove one."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access.plan.values import unheard
from app.core import audit
from app.core.acting import Acting
from app.core.canonical import canonical, fingerprint
from app.core.changes import Change
from app.core.errors import Invalid, Refused
from app.core.formulas import guarded
from app.core.parts import Parts
from app.core.said import said
from app.core.sealing import KeyFile, Ring
from app.insight.evidence import holding, queries
from app.insight.evidence.queries import AT_ONCE, EvidenceSpan, Row
from app.models.directory import Directory

MANIFEST = "manifest.json"
LARGEST_MANIFEST = 1 << 20
TABLES = (
    "population",
    "readings",
    "grants",
    "roles",
    "changes",
    "decisions",
    "removals",
    "trail",
    "balance",
)
LEFT_OUT = (
    said(
        "The primary group of Active Directory: it stands at the person, in no group's list."
    ),
    said("Rights inside applications that the directory does not hold."),
    said("What applications made of a membership (their lens) in the past."),
    said(
        "Memberships of groups in groups are not counted in the balance: it is of people."
    ),
    said(
        "Who made changes outside of Rung, where the directory does not tell it to Rung."
    ),
    said(
        "Content of events of the audit trail that needs more than the permission “read”."
    ),
    said("Anything before a directory was first read completely."),
)


@dataclass(frozen=True, slots=True)
class PackFile:
    """One file of a pack: its name, the SHA-256 of its bytes, and how many rows it holds."""

    name: str
    sha256: str
    rows: int


@dataclass(frozen=True, slots=True)
class EvidencePack:
    """What was put together: where, its files, its balance, and what proves it."""

    folder: Path
    files: tuple[PackFile, ...]
    balance: tuple[Row, ...]
    hash: str
    seal: str

    @property
    def adds_up(self) -> bool:
        """Tell whether the line of every directory comes to zero."""
        return all(line["difference"] == 0 for line in self.balance)


def demand_span(span: EvidenceSpan, now: datetime) -> None:
    """Raise ``Invalid`` for a time that ends before it begins or has not come."""
    if not span.since < span.until:
        raise Invalid(
            said("The time ends before it begins."),
            field="until",
        )
    if span.until > now:
        raise Invalid(
            said("That time has not come yet."),
            field="until",
        )


def make_pack(
    parts: Parts,
    span: EvidenceSpan,
    folder: Path,
    *,
    by: str,
    tell: Callable[[int], None] = unheard,
) -> EvidencePack:
    """Write the evidence of a time into an empty folder, seal it, and note that in the trail.

    ``tell`` hears how many of the ``TABLES`` are written. Raises ``Invalid`` for a time that cannot
    be, ``Refused`` for a folder that holds something.
    """
    demand_span(span, parts.now())
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise Refused(
            said(
                "%(folder)s is not empty; name another.",
                folder=folder,
            )
        )
    with parts.database.read() as session:
        tables, lines = _tables(session, span)
        head = audit.head_of(session)
        files = _written(folder, tables, tell)
    content = {
        "made_at": parts.now().isoformat(),
        "made_by": by,
        "since": span.since.isoformat(),
        "until": span.until.isoformat(),
        "files": [asdict(one) for one in files],
        "balance": lines,
        "trail": {"event": head[0], "hash": head[1]},
        "leaves_out": list(LEFT_OUT),
    }
    with parts.acting(by) as act:
        hashed = _noted(act, content)
    seal = KeyFile(parts.settings.audit_key).ring().keys[-1].seal(hashed)
    proof = json.dumps(
        {**content, "hash": hashed, "seal": seal}, ensure_ascii=False, indent=2
    )
    (folder / MANIFEST).write_text(
        proof,
        encoding="utf-8",
    )
    return EvidencePack(
        folder,
        files,
        tuple(lines),
        hashed,
        seal,
    )


def _noted(act: Acting, content: Mapping[str, Any]) -> str:
    hashed = fingerprint(canonical(content))
    told = f"Evidence from {content['since']} to {content['until']} was put together"
    change = Change(after={"hash": hashed})
    change.record(
        act,
        "evidence:pack",
        "evidence.make",
        told,
    )
    return hashed


def _written(
    folder: Path, tables: Mapping[str, Iterable[Row]], tell: Callable[[int], None]
) -> tuple[PackFile, ...]:
    files: list[PackFile] = []
    for done, (name, rows) in enumerate(tables.items()):
        told = _telling(rows, partial(tell, done))
        files += _table(folder, name, told)
    tell(len(tables))
    return tuple(files)


def _telling(rows: Iterable[Row], tell: Callable[[], None]) -> Iterator[Row]:
    """Yield rows, with a sign of life among many."""
    for number, row in enumerate(rows):
        if number % AT_ONCE == 0:
            tell()
        yield row


def _tables(
    session: Session, span: EvidenceSpan
) -> tuple[dict[str, Iterable[Row]], list[Row]]:
    names = queries.names_of(session)
    held = holding.held_by_directory(session, names)
    known = select(Directory.id, Directory.name).order_by(Directory.name)
    places = {row.id: row.name for row in session.execute(known)}
    lines = [
        _balance(*one)
        for one in holding.balances(
            session,
            held,
            places,
            span,
        )
    ]
    rows: tuple[Iterable[Row], ...] = (
        queries.population(session, span),
        queries.readings(session, span),
        holding.grants(held, names, places, span),
        queries.roles(session),
        queries.changes(session, span),
        queries.decisions(session, span),
        holding.removals(session, held, names, places, span),
        queries.trail(session, span),
        lines,
    )
    return dict(zip(TABLES, rows, strict=True)), lines


def _balance(place: str, known: datetime | None, line: Any) -> Row:
    counted = asdict(line)
    on_record = known.isoformat() if known else None
    told = {"directory": place, "known_since": on_record, **counted}
    return {**told, "difference": line.difference}


def _table(folder: Path, name: str, rows: Iterable[Row]) -> Iterator[PackFile]:
    """Write rows as JSONL and as CSV, one after the other: there may be very many."""
    lines, cells = folder / f"{name}.jsonl", folder / f"{name}.csv"
    count = 0
    with (
        lines.open("w", encoding="utf-8") as jsonl,
        cells.open(
            "w",
            encoding="utf-8",
            newline="",
        ) as table,
    ):
        writer = csv.writer(table)
        for row in rows:
            if not count:
                writer.writerow(row)
            jsonl.write(
                json.dumps(
                    row,
                    ensure_ascii=False,
                    default=_plain,
                )
                + "\n"
            )
            writer.writerow([guarded(_cell(value)) for value in row.values()])
            count += 1
    for file in (lines, cells):
        yield PackFile(file.name, _sum(file), count)


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def _cell(value: object) -> object:
    if isinstance(value, dict | list):
        return json.dumps(
            value,
            ensure_ascii=False,
            default=_plain,
        )
    return _plain(value) if isinstance(value, date) else value


def _sum(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def prove_pack(parts: Parts, folder: Path) -> list[str]:
    """Return what does not hold of a pack: files changed, missing or put there, or the seal.

    Nothing is wrong with an empty answer. Raises ``Invalid`` for a folder that is no pack.
    """
    manifest = _manifest(folder)
    listed = {str(one.get("name")): one for one in manifest["files"]}
    here = {path.name for path in folder.iterdir()} - {MANIFEST}
    faults = [
        f"{name} is not part of the pack." for name in sorted(here - listed.keys())
    ]
    for name, one in sorted(listed.items()):
        if name not in here:
            faults.append(f"{name} is missing.")
        elif _sum(folder / name) != one.get("sha256"):
            faults.append(f"{name} was changed.")
    ring = KeyFile(parts.settings.audit_key).ring()
    faults += _seal_faults(manifest, ring)
    with parts.database.read() as session:
        faults += _trail_faults(session, manifest)
    return faults


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        with (folder / MANIFEST).open(encoding="utf-8") as file:
            found = json.loads(file.read(LARGEST_MANIFEST))
    except (OSError, ValueError):
        found = None
    parts = found.get("files") if isinstance(found, dict) else None
    if not isinstance(parts, list) or not all(isinstance(one, dict) for one in parts):
        problem = said(
            "%(folder)s is no evidence pack.",
            folder=folder,
        )
        raise Invalid(problem, field="folder")
    return dict(found)


def _seal_faults(manifest: Mapping[str, Any], ring: Ring) -> Iterator[str]:
    content = {
        key: value for key, value in manifest.items() if key not in ("hash", "seal")
    }
    hashed, seal = fingerprint(canonical(content)), str(manifest.get("seal"))
    if hashed != manifest.get("hash"):
        yield f"{MANIFEST} was changed."
    elif not ring.knows(seal):
        yield "The key that sealed it is not here."
    elif not ring.fits(seal, hashed):
        yield "The seal does not fit."


def _trail_faults(session: Session, manifest: Mapping[str, Any]) -> Iterator[str]:
    kept = manifest.get("trail")
    noted = kept if isinstance(kept, dict) else {}
    event = noted.get("event")
    if not isinstance(event, int) or not event:
        return
    found = session.get(audit.AuditEvent, event)
    if found is None or found.hash != noted.get("hash"):
        yield f"Event {event} of the audit trail here is another one than in the pack."
