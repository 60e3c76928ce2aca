"""Take over incidents of another tool."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from app.auth.console import actor
from app.core.formulas import written
from app.core.parts import parts
from app.core.table_columns import Said
from app.core.terminal import MONTH_FIRST, emit
from app.core.texts import decoded_with_name
from app.incidents.actions.importing import take_over
from app.incidents.commands.desk import incident
from app.incidents.rules.importing import MEANINGS, Reject, read_backlog

BATCH = 500


@incident.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--tool",
    default="import",
    help="Where it comes from; its numbers are remembered under this name.",
)
@click.option(
    "--column", "columns", multiple=True, help="What a heading holds, as in title=Betreff; repeat."
)
@click.option(
    "--state",
    "states",
    multiple=True,
    help="What a word for a state means, as in Lost=closed; repeat.",
)
@MONTH_FIRST
@click.option(
    "--rejects",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Keep what is not taken in this file.",
)
@click.option("--preview", is_flag=True, help="Say what would be taken, and take nothing.")
def import_file(
    file: Path,
    tool: str,
    columns: tuple[str, ...],
    states: tuple[str, ...],
    months_first: bool | None,
    rejects: Path | None,
    preview: bool,
) -> None:
    """Take over the incidents of the CSV in FILE; those that are there already are left alone."""
    by, now = actor(), parts().now()
    text, encoding = decoded_with_name(file.read_bytes())
    words = {"state": _pairs("--state", states, MEANINGS)}
    said = Said(_pairs("--column", columns), words, months_first, parts().settings.timezone)
    found = read_backlog(text, now, said)
    rows, bad = found.rows, list(found.rejects)
    taken = 0
    for start in range(0, 0 if preview else len(rows), BATCH):
        with parts().acting(by) as act:
            count, broken = take_over(act, tool, rows[start : start + BATCH])
        taken += count
        bad += broken
    if rejects is not None:
        _keep(rejects, bad)
    why = [{"line": each.line, "why": each.why} for each in bad]
    data = {"encoding": encoding, "rows": len(rows), "taken": taken, "rejects": why}
    lines = [f"Line {each.line}: {each.why}." for each in bad]
    emit(
        data,
        [f"{encoding}: {len(rows)} can be taken, {taken} were new, {len(bad)} rejected.", *lines],
    )


def _keep(path: Path, bad: Sequence[Reject]) -> None:
    heads = list(bad[0].cells if bad else ())
    rows = [(each.line, each.why, *(each.cells.get(head, "") for head in heads)) for each in bad]
    path.write_text(written(["line", "why", *heads], rows), encoding="utf-8")


def _pairs(option: str, given: Sequence[str], allowed: Sequence[str] = ()) -> dict[str, str]:
    """Return NAME=VALUE options as a mapping. Raises ``UsageError`` for one without “=”."""
    pairs = {}
    for each in given:
        name, equals, value = each.rpartition("=") if allowed else each.partition("=")
        if not equals or not name or not value or (allowed and value not in allowed):
            wanted = f"WORD={'|'.join(allowed)}" if allowed else "NAME=HEADING"
            raise click.UsageError(f"{option} wants {wanted}, not “{each}”.")
        pairs[name] = value
    return pairs
