"""``evidence``: put a pack together, and prove one."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from app.auth.console import actor
from app.core.parts import parts
from app.core.terminal import CONFLICT, REFUSED, RungGroup, emit, table
from app.directory.rules import asked_moment
from app.insight.evidence.actions import make_pack, prove_pack
from app.insight.evidence.queries import EvidenceSpan

FOLDER = click.Path(file_okay=False, path_type=Path)


class _MakesUnlessSaid(RungGroup):
    """``rung evidence --since DATE`` makes a pack: nobody has to say ``make``."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take what begins with an option as said of ``make``."""
        said_first = args[:1] and args[0].startswith("--") and args[0] != "--help"
        return super().parse_args(
            ctx,
            ["make", *args] if said_first else args,
        )


@click.group("evidence", cls=_MakesUnlessSaid)
def evidence() -> None:
    """Evidence for who looks from outside: who held what, what changed and why, sealed."""


@evidence.command("make")
@click.option(
    "--since",
    required=True,
    metavar="DATE",
    help="The end of this day, or a time such as 2026-03-14T09:30.",
)
@click.option(
    "--until",
    default="",
    metavar="DATE",
    help="Likewise; now, unless said.",
)
@click.option(
    "--out", type=FOLDER, help="An empty folder for the files; made when missing."
)
def make(since: str, until: str, out: Path | None) -> int:
    """Write population, grants, roles, changes, decisions and removals after DATE, sealed.

    Ends with 3 where the balance of a directory does not come to zero.
    """
    here = parts()
    span = EvidenceSpan(
        _moment(since),
        _moment(until) if until else here.now(),
    )
    folder = out or Path(f"evidence-{here.now():%Y-%m-%d-%H%M%S}")
    pack = make_pack(here, span, folder, by=actor())
    rows = [tuple(line[name] for name in COLUMNS) for line in pack.balance]
    data = {
        "folder": pack.folder,
        "files": pack.files,
        "balance": pack.balance,
        "hash": pack.hash,
        "seal": pack.seal,
    }
    told = f"{len(pack.files)} files in {pack.folder}, sealed: {pack.hash}"
    emit(data, [told, table(HEADS, rows)])
    return 0 if pack.adds_up else CONFLICT


COLUMNS = (
    "directory",
    "start",
    "given",
    "taken",
    "foreign_given",
    "foreign_taken",
    "end",
    "difference",
)
HEADS = (
    "Directory",
    "Start",
    "+ given",
    "- taken",
    "+ by others",
    "- by others",
    "= end",
    "Difference",
)


def _moment(text: str) -> datetime:
    return asked_moment(
        text,
        parts().settings.timezone,
        parts().now(),
    )


@evidence.command("verify")
@click.argument(
    "folder",
    type=click.Path(
        exists=True,
        file_okay=False,
        path_type=Path,
    ),
)
def verify(folder: Path) -> int:
    """Prove that the pack in FOLDER is as it was made here."""
    faults = prove_pack(parts(), folder)
    whole = f"The pack in {folder} is as it was made."
    emit(
        {"whole": not faults, "faults": faults},
        faults or whole,
    )
    return REFUSED if faults else 0


COMMANDS = [evidence]
