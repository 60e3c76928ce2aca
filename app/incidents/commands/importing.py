"""Take over incidents of another tool."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import click

from app.catalog.rules.services_csv import guarded
from app.incidents.actions.importing import take_over
from app.incidents.commands.desk import incident
from app.incidents.rules.importing import Reject, decoded, read
from app.parts import parts
from app.terminal import actor, emit

BATCH = 500


@incident.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--tool", default="import", help="Where it comes from; its numbers are remembered under this name.")
@click.option("--column", "columns", multiple=True, help="What a heading holds, as in title=Betreff; repeat.")
@click.option("--rejects", type=click.Path(dir_okay=False, path_type=Path), help="Keep what is not taken in this file.")
@click.option("--preview", is_flag=True, help="Say what would be taken, and take nothing.")
def import_file(file: Path, tool: str, columns: tuple[str, ...], rejects: Path | None, preview: bool) -> None:
    """Take over the incidents of the CSV in FILE; those that are there already are left alone."""
    by, now = actor(), parts().now()
    text, encoding = decoded(file.read_bytes())
    rows, bad = read(text, now, _chosen(columns))
    taken = 0
    for start in range(0, 0 if preview else len(rows), BATCH):
        with parts().database.write() as session:
            count, broken = take_over(session, tool, rows[start : start + BATCH], by=by, now=now)
        taken += count
        bad += broken
    if rejects is not None:
        _keep(rejects, bad)
    why = [{"line": each.line, "why": each.why} for each in bad]
    data = {"encoding": encoding, "rows": len(rows), "taken": taken, "rejects": why}
    lines = [f"Line {each.line}: {each.why}." for each in bad]
    emit(data, [f"{encoding}: {len(rows)} can be taken, {taken} were new, {len(bad)} rejected.", *lines])


def _keep(path: Path, bad: Sequence[Reject]) -> None:
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["line", "why", *(bad[0].cells if bad else ())])
        writer.writerows([each.line, each.why, *map(guarded, each.cells.values())] for each in bad)


def _chosen(columns: Sequence[str]) -> dict[str, str]:
    """Return headings by what they hold. Raises ``UsageError`` for an option without “=”."""
    for each in columns:
        if "=" not in each:
            raise click.UsageError(f"--column wants FIELD=HEADING, as in title=Betreff, not “{each}”.")
    return dict(each.split("=", 1) for each in columns)
