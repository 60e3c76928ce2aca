"""The command ``rung``: every room's commands under one roof."""

from __future__ import annotations

import gc
import logging
import os
import sys
from functools import cache, partial
from importlib import import_module

import click
from flask import Flask

from app.core.parts import DEMO, KEY
from app.core.settings import demand_home, load, with_secret
from app.core.terminal import RungGroup
from app.upkeep.logs import configure_logs

ROOMS = {
    "upkeep": "audit config db demo doctor init mail serve worker",
    "auth": "operator token",
    "directory": "directory freeze sync unfreeze who",
    "people": "person",
    "catalog": "script service",
    "access": "apart drift drill exceptions explain leftovers rehearse review right role "
    "suggest trial turnover undo-health wave",
    "incidents.api": "incident",
    "improvements": "case improvement iteration measure",
    "sponsors": "adoption meeting objection pulse rollout stakeholder status visit",
    "insight.evidence": "evidence",
    "insight.programme": "programme",
    "insight.report": "report",
    "insight.today": "today",
}
"""The commands of each room, whose modules are imported when one of them is called."""


class Roof(RungGroup):
    """All commands of all rooms, each imported when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        return sorted(name for names in ROOMS.values() for name in names.split())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return a command; None when there is none of this name."""
        room = next(
            (room for room, names in ROOMS.items() if cmd_name in names.split()), None
        )
        if room is None:
            return None
        commands: list[click.Command] = import_module(f"app.{room}.commands").COMMANDS
        return next(command for command in commands if command.name == cmd_name)


@click.group("rung", cls=Roof)
@click.version_option(package_name="rung", prog_name="rung")
@click.pass_context
def cli(ctx: click.Context) -> None:
    """Change IT one rung at a time, and be able to step back down.

    Every command takes --json and ends with 0 done, 1 refused, 2 wrong usage, 3 conflict or drift,
    4 unavailable.
    """
    if ctx.obj is None:
        ctx.obj = cache(partial(_app, ctx))


def main() -> None:
    """Run the command line of this process. What it writes can be read by its own user only."""
    os.umask(0o077)
    # Nothing that a start makes is garbage: to look for some took a sixth of its time.
    gc.disable()
    cli.main(sys.argv[1:], prog_name="rung")


def part() -> None:
    """Be one of the processes of `rung serve`, which died and is started anew."""
    settings = with_secret(load())
    configure_logs(settings, logging.INFO)
    app: Flask = import_module("app.factory").create_app(settings)
    import_module("app.upkeep.part").be(app)


def _app(ctx: click.Context) -> Flask:
    settings = load()
    if not getattr(click.get_current_context().command, "makes_data", False):
        demand_home(settings)
    configure_logs(settings)
    app: Flask = import_module("app.factory").create_app(with_secret(settings))
    ctx.call_on_close(app.extensions[KEY].database.dispose)
    ctx.call_on_close(app.extensions[DEMO].close)
    # What was imported stays: looking through it for garbage took a fifth of moving people.
    gc.freeze()
    gc.enable()
    return app


if __name__ == "__main__":
    main()
