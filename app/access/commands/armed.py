"""``wave arm`` and ``wave disarm``: let a wave begin by itself within its window."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import click

from app.access.commands.lookup import WAVE, told_wave
from app.access.commands.texts import wave_name
from app.access.waves import armed
from app.access.waves.terms import CanaryWait, Terms
from app.auth.console import actor
from app.core.errors import Invalid
from app.core.parts import parts
from app.core.terminal import command, emit
from app.core.times_in import moment_of

USUAL = Terms()


@command("arm")
@WAVE
@click.option(
    "--opens",
    default="",
    metavar="TIME",
    help="Not before; at once, unless said.",
)
@click.option(
    "--closes",
    default="",
    metavar="TIME",
    help="Not after; no end, unless said.",
)
@click.option("--office", is_flag=True, help="Only within office hours.")
@click.option(
    "--canary",
    type=click.Choice([one.value for one in CanaryWait]),
    default=str(USUAL.canary),
    show_default=True,
    help="What the others wait for once the first person is moved.",
)
@click.option(
    "--hours",
    default=USUAL.hours,
    show_default=True,
    help="For --canary hours.",
)
@click.option(
    "--stop-failed",
    "failed",
    default=USUAL.failed,
    show_default=True,
    help="So many not moved.",
)
@click.option(
    "--stop-drift",
    "drift",
    default=USUAL.drift,
    show_default=True,
    help="So many differences.",
)
@click.option(
    "--stop-undone",
    "percent",
    default=20.0,
    show_default=True,
    help="More per cent taken back.",
)
@click.option(
    "--no-incidents",
    is_flag=True,
    help="Do not stop because of incidents.",
)
@click.option(
    "--undo",
    is_flag=True,
    help="When a rule stops it, take everybody back.",
)
def arm(
    wave_id: int,
    opens: str,
    closes: str,
    percent: float,
    no_incidents: bool,
    **said: Any,
) -> None:
    """Let approved wave W begin by itself within its window, under rules that stop it."""
    terms = Terms(undone=percent / 100, incidents=not no_incidents, **said)
    window = armed.Window(_moment(opens, "opens"), _moment(closes, "closes"))
    with parts().acting(actor()) as act:
        armed.arm(act, wave_id, terms, window)
        told = told_wave(act.session, wave_id, parts().now())
    parts().ring()
    emit(
        told,
        f"Armed {wave_name(told)}; the worker begins it within its window.",
    )


@command("disarm")
@WAVE
def disarm(wave_id: int) -> None:
    """Let armed wave W not begin by itself; its plan stays approved."""
    with parts().acting(actor()) as act:
        armed.disarm(act, wave_id)
        told = told_wave(act.session, wave_id, parts().now())
    emit(told, f"Disarmed {wave_name(told)}.")


def _moment(text: str, field: str) -> datetime | None:
    if not text.strip():
        return None
    try:
        return moment_of(text, parts().settings.timezone)
    except ValueError as error:
        raise Invalid(str(error), field=field) from None
