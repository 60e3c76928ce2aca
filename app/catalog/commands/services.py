"""Services on the command line: listed, shown, published, retired, out as CSV and in again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import click

from app.auth.console import actor
from app.catalog.actions import importing, lifecycle, services
from app.catalog.queries.export import HEADER, catalogue_rows
from app.catalog.queries.pages_service import ServicePage, open_incidents, service_page
from app.catalog.queries.public import public_services
from app.catalog.queries.services import ServiceFilter, progress, service_lines
from app.core.figures import counted
from app.core.formulas import written
from app.core.parts import parts
from app.core.plain import fields
from app.core.terminal import emit, group, table
from app.core.texts import decoded
from app.models.catalog.words import ServiceKind, ServiceState

SERVICE = click.argument("service_id", metavar="S", type=click.IntRange(1))


@group("service")
def service() -> None:
    """Services for customers and parts for IT, each with exactly one owner."""


@service.command("list")
@click.option(
    "--kind",
    type=click.Choice([kind.value for kind in ServiceKind]),
    default=None,
    help="Only this kind.",
)
@click.option(
    "--state",
    type=click.Choice([each.value for each in ServiceState]),
    default=None,
    help="Only these.",
)
@click.option("--owner", default="", help="Only those of one owner; - for nobody.")
@click.option("--text", "q", default="", help="Only those with these words.")
def list_services(kind: str | None, state: str | None, owner: str, q: str) -> None:
    """List services with what each still lacks."""
    with parts().database.read() as session:
        lines = service_lines(session, ServiceFilter(q, kind or "", state or "", owner))
        far = progress(session)
    shown = [
        {
            "service": line.id,
            **{k: v for k, v in asdict(line).items() if k not in ("id", "summary")},
        }
        for line in lines
    ]
    aspects = [{"aspect": aspect, "have": have, "of": total} for aspect, have, total in far.aspects]
    header = ("S", "Name", "Kind", "State", "Owner", "Urgency", "Missing")
    rows = [
        (
            line.id,
            line.name,
            line.kind,
            line.state,
            line.owner or "nobody",
            line.urgency,
            ", ".join(line.missing),
        )
        for line in lines
    ]
    emit(
        {"services": shown, "progress": aspects, "published": far.published, "total": far.total},
        table(header, rows)
        or "No services here. Add them in the browser, or with `rung service import FILE`.",
    )


@service.command("show")
@SERVICE
def show(service_id: int) -> None:
    """Show service S with its parts, who does what and who uses it."""
    with parts().database.read() as session:
        page = service_page(session, service_id)
        objections = services.publish_objections(session, page.one)
    one = page.one
    needs, needed = (
        [{"service": link.id, "name": link.name} for link in links]
        for links in (page.parts, page.users)
    )
    duties = [
        {"process": cell.process, "party": cell.party, "letter": cell.letter}
        for row in page.duties
        for cell in row.cells
    ]
    rights = [
        {"right": right.cn, "lens": right.lens, "holders": right.holders} for right in page.rights
    ]
    data = {
        **fields(one),
        "needs": needs,
        "needed_by": needed,
        "duties": duties,
        "rights": rights,
        "users": page.people,
        "facts": [fact.name for fact in page.facts],
        "open_incidents": page.open_incidents,
        "objections": objections,
    }
    emit(data, _told(page))


@service.command("publish")
@SERVICE
@click.option("--back", is_flag=True, help="Take it back instead.")
def publish(service_id: int, back: bool) -> None:
    """Offer service S to customers; an owner who can sign in is needed."""
    step = services.unpublish if back else services.publish
    with parts().acting(actor()) as act:
        one = step(act, service_id)
        data = {"service": one.id, "name": one.name, "state": one.state}
    emit(data, f"“{data['name']}” is {'a draft again' if back else 'published'}.")


@service.command("retire")
@SERVICE
@click.option("--reason", required=True, help="Why, for those who look for it later.")
@click.option(
    "--successor", type=click.IntRange(1), default=None, metavar="S", help="What takes its place."
)
def retire(service_id: int, reason: str, successor: int | None) -> None:
    """End service S; incidents and articles keep their reference to it."""
    by = actor()
    with parts().acting(by) as act:
        one = lifecycle.retire(act, service_id, reason, successor)
        waiting = open_incidents(act.session, service_id)
        data = {"service": one.id, "name": one.name, "state": one.state, "successor": one.became_id}
    kept = (
        f"{counted(waiting, 'open incident')} keep{'s' if waiting == 1 else ''} the reference to "
        "it."
    )
    emit({**data, "open_incidents": waiting}, f"“{data['name']}” is retired. {kept}")


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
        f"Wrote {counted(len(shown), 'service')} to {file}." if file else text.rstrip("\n"),
    )


@service.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--encoding",
    type=click.Choice(["utf-8", "cp1252"]),
    help="How it is written; found out unless it is said.",
)
@click.option(
    "--keep-good", is_flag=True, help="Take the lines that can be used even if others cannot."
)
@click.option("--preview", is_flag=True, help="Only say what would happen.")
def import_(file: Path, encoding: str | None, keep_good: bool, preview: bool) -> None:
    """Add and complete services from the CSV FILE."""
    by = actor()
    text = decoded(file.read_bytes(), encoding or "")
    if preview:
        with parts().database.read() as session:
            found = importing.preview_services(session, text)
    else:
        with parts().acting(by) as act:
            found = importing.import_services(act, text, keep_good=keep_good)
    _tell_import(found, preview)


def _tell_import(found: importing.Preview, preview: bool) -> None:
    added, completed = ([row.values["name"] for row in rows] for rows in (found.new, found.known))
    rejects = [{"line": reject.line, "why": list(reject.why)} for reject in found.rejects]
    data = {
        "added": added,
        "completed": completed,
        "rejects": rejects,
        "ignored": list(found.ignored),
    }
    verb = "Would add" if preview else "Added"
    lines = [
        f"{verb} {len(added)}, completed {len(completed)}, could not use "
        f"{counted(len(rejects), 'line')}."
    ]
    lines += [f"Line {reject.line}: {' '.join(reject.why)}" for reject in found.rejects]
    emit(data, lines)


def _told(page: ServicePage) -> list[str]:
    one = page.one
    lines = [
        f"{one.name} ({one.kind}, {one.state}), owner {one.owner or 'nobody'}, urgency "
        f"{one.urgency or 'not set'}"
    ]
    lines += [one.summary] if one.summary else []
    lines += [f"Needs {', '.join(link.name for link in page.parts)}"] if page.parts else []
    lines += [f"Needed by {', '.join(link.name for link in page.users)}"] if page.users else []
    for row in page.duties:
        lines += [
            f"{cell.letter} {cell.party}: {row.process or 'the service itself'}"
            for cell in row.cells
        ]
    lines += [f"Right {right.cn} ({right.lens}): {right.holders}" for right in page.rights]
    return [*lines, f"Used by {page.people}; {counted(page.open_incidents, 'open incident')}"]


def _csv(header: Sequence[str], rows: Iterable[Mapping[str, object]]) -> str:
    return written(header, [[row[name] for name in header] for row in rows])
