"""Measured values on the command line: a file of them."""

from __future__ import annotations

from pathlib import Path

import click

from app.auth.console import actor
from app.core.parts import parts
from app.core.terminal import MONTH_FIRST, emit, group
from app.core.texts import decoded
from app.improvements.metrics import measuring


@group("measure")
def measure() -> None:
    """Measured values of metrics. A wrong one is corrected beside it, never changed."""


@measure.command("load")
@click.argument("metric_id", metavar="M", type=click.IntRange(1))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--keep-good",
    is_flag=True,
    help="Keep the lines that can be used even if others cannot.",
)
@MONTH_FIRST
def load(
    metric_id: int, file: Path, keep_good: bool, months_first: bool | None
) -> None:
    """Write down the values in FILE: one day and one value a line."""
    text, by = decoded(file.read_bytes()), actor()
    with parts().acting(by) as act:
        found = measuring.measure_pasted(
            act,
            metric_id,
            text,
            origin=file.name,
            keep_good=keep_good,
            months_first=months_first,
        )
    rejects = [line.sentence for line in found.wrong]
    data = {"added": len(found.rows), "missing": len(found.missing), "rejects": rejects}
    emit(data, [f"Added {len(found.rows)} values.", *rejects])
