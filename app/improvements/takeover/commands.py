"""The register on the command line: out as CSV and in again, and what drifted of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from app.auth.console import actor
from app.core.formulas import written
from app.core.parts import parts
from app.core.said import nsaid
from app.core.table_columns import Said
from app.core.terminal import CONFLICT, MONTH_FIRST, emit, group
from app.core.texts import decoded
from app.improvements.board.actions import reopen_drifted
from app.improvements.board.listing import RegisterFilter
from app.improvements.board.queries import Drifted, gone_back
from app.improvements.takeover.actions import import_register
from app.improvements.takeover.queries import (
    CSI_HEADER,
    HEADER,
    csi_rows,
    register_rows,
)
from app.improvements.takeover.rules import CHOICES
from app.models.improvements.words import ImprovementState


@group("improvement")
def improvement() -> None:
    """Improvements: raised, accepted, climbed rung by rung, embedded or stopped with learning."""


@improvement.command("export")
@click.argument(
    "file",
    type=click.Path(dir_okay=False, path_type=Path),
    required=False,
)
@click.option(
    "--itil",
    is_flag=True,
    help="In the columns of an ITIL CSI register.",
)
def export(file: Path | None, itil: bool) -> None:
    """Write the register as CSV to FILE, or to standard output."""
    today = parts().now().date()
    with parts().database.read() as session:
        made = (csi_rows if itil else register_rows)(
            session,
            RegisterFilter(),
            "rank",
            today,
        )
        rows = list(made)
    header = CSI_HEADER if itil else HEADER
    text = written(header, rows)
    if file is not None:
        file.write_text(text, encoding="utf-8")
    emit(
        {
            "improvements": [
                dict(
                    zip(
                        header,
                        row,
                        strict=True,
                    )
                )
                for row in rows
            ]
        },
        f"Wrote {nsaid('%(number)s improvement', '%(number)s improvements', len(rows))} to {file}."
        if file
        else text.rstrip("\n"),
    )


@improvement.command("import")
@click.argument(
    "file",
    type=click.Path(
        exists=True,
        dir_okay=False,
        path_type=Path,
    ),
)
@click.option(
    "--keep-good",
    is_flag=True,
    help="Raise the lines that can be used even if others cannot.",
)
@click.option(
    "--word",
    "words",
    nargs=3,
    multiple=True,
    metavar="FIELD WORD MEANING",
    help="What a word means, as in: state Done rejected.",
)
@MONTH_FIRST
def import_(
    file: Path,
    keep_good: bool,
    words: tuple[tuple[str, str, str], ...],
    months_first: bool | None,
) -> None:
    """Raise every line of a register in CSV."""
    by, said = actor(), Said(words=_words(words), months_first=months_first)
    with parts().acting(by) as act:
        found = import_register(
            act, decoded(file.read_bytes()), said=said, keep_good=keep_good
        )
    rejects = [{"line": each.line, "why": list(each.why)} for each in found.rejects]
    lines = [f"Raised {len(found.rows)} improvements."]
    lines += [f"Line {each.line}: {' '.join(each.why)}" for each in found.rejects]
    emit(
        {"raised": len(found.rows), "rejects": rejects, "ignored": list(found.ignored)},
        lines,
    )


def _words(given: tuple[tuple[str, str, str], ...]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for field, word, meaning in given:
        fitting = {str(one): one for one in CHOICES.get(field, ())}
        if meaning not in fitting:
            several = ", ".join(fitting or CHOICES)
            raise click.BadParameter(f"{meaning} is none of: {several}.")
        found.setdefault(field, {})[word] = fitting[meaning]
    return found


@improvement.command("drift")
@click.option(
    "--reopen",
    is_flag=True,
    help="Take up again what is embedded still.",
)
def drift(reopen: bool) -> int:
    """Name what goes back from the level it was embedded at. Exit 3 when there is any."""
    if reopen:
        with parts().acting(actor()) as act:
            reopen_drifted(act)
    with parts().database.read() as session:
        found = gone_back(session)
    data = [_told(one) for one in found]
    emit({"drifted": data}, [_line(one) for one in found] or "Nothing drifted.")
    return CONFLICT if found else 0


def _line(one: Drifted) -> str:
    opened = "" if one.state is ImprovementState.EMBEDDED else " It was opened again."
    return f"{one.improvement_id} {one.title}. {one.sentence}{opened}"


def _told(one: Drifted) -> dict[str, object]:
    return {
        "improvement": one.improvement_id,
        "title": one.title,
        "owner": one.owner,
        "metric": one.metric_id,
        "state": one.state.value,
        "why": str(one.sentence),
    }
