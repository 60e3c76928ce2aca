"""Services on the command line: out as CSV and in again, published."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import click

from app.auth.console import actor
from app.catalog.services import actions as services_actions
from app.catalog.services.queries import ServiceFilter, public_services
from app.catalog.takeover import actions
from app.catalog.takeover.queries import HEADER, catalogue_rows
from app.core.formulas import written
from app.core.parts import parts
from app.core.said import nsaid
from app.core.terminal import emit, group
from app.core.texts import decoded

SERVICE = click.argument("service_id", metavar="S", type=click.IntRange(1))


@group("service")
def service() -> None:
    """Services for customers and parts for IT, each with exactly one owner."""


@service.command("publish")
@SERVICE
@click.option("--back", is_flag=True, help="Take it back instead.")
def publish(service_id: int, back: bool) -> None:
    """Offer service S to customers; an owner who can sign in is needed."""
    step = services_actions.unpublish if back else services_actions.publish
    with parts().acting(actor()) as act:
        one = step(act, service_id)
        data = {"service": one.id, "name": one.name, "state": one.state}
    emit(data, f"“{data['name']}” is {'a draft again' if back else 'published'}.")


@service.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), required=False)
@click.option("--public", is_flag=True, help="Only what customers see.")
def export(file: Path | None, public: bool) -> None:
    """Write the catalogue as CSV to FILE, or to standard output."""
    with parts().database.read() as session:
        if public:
            shown = [asdict(one) for one in public_services(session)]
        else:
            shown = [
                dict(zip(HEADER, row, strict=True))
                for row in catalogue_rows(session, ServiceFilter())
            ]
    text = _csv(list(shown[0]) if shown else list(HEADER), shown)
    if file is not None:
        file.write_text(text, encoding="utf-8")
    emit(
        {"services": shown},
        f"Wrote {nsaid('%(number)s service', '%(number)s services', len(shown))} to {file}."
        if file
        else text.rstrip("\n"),
    )


@service.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--encoding",
    type=click.Choice(["utf-8", "cp1252"]),
    help="How it is written; found out unless it is said.",
)
@click.option(
    "--keep-good",
    is_flag=True,
    help="Take the lines that can be used even if others cannot.",
)
@click.option("--preview", is_flag=True, help="Only say what would happen.")
def import_(file: Path, encoding: str | None, keep_good: bool, preview: bool) -> None:
    """Add and complete services from the CSV FILE."""
    by = actor()
    text = decoded(file.read_bytes(), encoding or "")
    if preview:
        with parts().database.read() as session:
            found = actions.preview_services(session, text)
    else:
        with parts().acting(by) as act:
            found = actions.import_services(act, text, keep_good=keep_good)
    _tell_import(found, preview)


def _tell_import(found: actions.Preview, preview: bool) -> None:
    added, completed = (
        [row.values["name"] for row in rows] for rows in (found.new, found.known)
    )
    rejects = [
        {"line": reject.line, "why": list(reject.why)} for reject in found.rejects
    ]
    data = {
        "added": added,
        "completed": completed,
        "rejects": rejects,
        "ignored": list(found.ignored),
    }
    verb = "Would add" if preview else "Added"
    lines = [
        f"{verb} {len(added)}, completed {len(completed)}, could not use "
        f"{nsaid('%(number)s line', '%(number)s lines', len(rejects))}."
    ]
    lines += [f"Line {reject.line}: {' '.join(reject.why)}" for reject in found.rejects]
    emit(data, lines)


def _csv(header: Sequence[str], rows: Iterable[Mapping[str, object]]) -> str:
    return written(header, [[row[name] for name in header] for row in rows])
