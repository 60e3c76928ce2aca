"""The worker on the command line: run it, see what it set aside, try that again."""

from __future__ import annotations

import logging
from typing import Any

import click
import structlog

from app.auth.console import actor
from app.core import aside
from app.core.acting import Acting
from app.core.errors import Away, NotFound, Refused
from app.core.jobs import Worker
from app.core.parts import parts
from app.core.terminal import REFUSED, RungGroup, command, emit, table
from app.upkeep import supervisor
from app.upkeep.demo import the_demo
from app.upkeep.logs import configure_logs
from app.upkeep.restarting import has_ended, restart
from app.upkeep.stories import company
from app.upkeep.work import WORKS

log = structlog.get_logger("rung.worker")


def work_until_told() -> None:
    """Do the work that is due until SIGTERM or SIGINT."""
    stop = supervisor.stop_at_signals()
    with supervisor.running(parts().settings):
        Worker(parts(), WORKS).run(stop)


def work_beside() -> None:
    """Do the work that is due beside a web server, and keep the demo directory open where there is
    one.
    """
    if company.is_here(parts()):
        try:
            the_demo().url()
        except Away as error:
            log.warning("demo.away", reason=error.message)
    work_until_told()


@command("run")
def run() -> None:
    """Do the work that is due until Ctrl-C."""
    configure_logs(parts().settings, logging.INFO)
    work_until_told()


@click.group("worker", cls=RungGroup, invoke_without_command=True)
@click.option(
    "--json", "as_json", is_flag=True, hidden=True, help="Print JSON instead of text."
)
@click.pass_context
def worker(ctx: click.Context, as_json: bool) -> None:
    """Do the work that is due, until Ctrl-C; or see what was set aside, and try it again.

    `rung serve` starts a worker by itself.
    """
    if ctx.invoked_subcommand is None:
        words = ["--json"] if as_json else []
        with run.make_context("run", words, parent=ctx) as running:
            run.invoke(running)


@worker.command("set-aside")
def set_aside() -> None:
    """List the rows that failed and were not done since, with the reason."""
    with parts().database.read() as session:
        found = aside.entries(session)
    shown = [
        {
            "id": one.id,
            "lane": one.lane,
            "key": one.key,
            "attempts": one.attempts,
            "reason": one.reason,
            "last_at": one.last_at,
            "next_at": one.next_at,
            "aside": one.aside_at is not None,
        }
        for one in found
    ]
    rows = [
        (
            one.id,
            one.lane,
            one.key,
            one.attempts,
            "set aside" if one.aside_at else "tried again",
            one.reason,
        )
        for one in found
    ]
    lines = table(("Number", "Lane", "Row", "Tries", "", "Why"), rows)
    emit({"set_aside": shown}, lines or "Nothing is set aside.")


@worker.command("retry")
@click.argument("numbers", type=click.IntRange(1, 2**31 - 1), nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Try all of them again.")
def retry(numbers: tuple[int, ...], everything: bool) -> int:
    """Give the rows with these NUMBERS, as `set-aside` lists them, all their tries again.

    A row that ended itself begins anew where nothing can happen twice; the others stay on the list,
    with the reason.
    """
    if not numbers and not everything:
        raise click.UsageError("Say which NUMBERS, or --all.")
    by = actor()
    with parts().acting(by) as act:
        known = {entry.id: entry for entry in aside.entries(act.session)}
        missing = [number for number in numbers if number not in known]
        if missing:
            raise NotFound(f"Nothing set aside has the number {missing[0]}.")
        chosen = (
            list(known.values())
            if everything
            else [known[number] for number in dict.fromkeys(numbers)]
        )
        left = _left(act, chosen)
        ids = [
            entry.id for entry in chosen if entry.id not in {one["id"] for one in left}
        ]
        count = aside.try_again(act, ids)
    parts().ring()
    told = [
        f"{one['lane']} {one['key']} stays on the list: {one['why']}." for one in left
    ]
    emit({"tried_again": count, "left": left}, [f"{count} tried again.", *told])
    return REFUSED if left else 0


def _left(act: Acting, chosen: list[aside.SetAside]) -> list[dict[str, Any]]:
    """Begin anew what ended itself; return what cannot, with the reason."""
    left: list[dict[str, Any]] = []
    for entry in filter(has_ended, chosen):
        try:
            restart(act.at(parts().now()), entry)
        except Refused as error:
            left.append(
                {
                    "id": entry.id,
                    "lane": entry.lane,
                    "key": entry.key,
                    "why": error.message.rstrip("."),
                }
            )
    return left


COMMANDS = [worker]
