"""The command ``rung``: every room's commands under one roof."""

from __future__ import annotations

import os
import sys
from functools import cache, partial

import click
from flask import Flask

from app import create_app
from app.access.commands import COMMANDS as ACCESS
from app.auth.commands import COMMANDS as AUTH
from app.catalog.commands import COMMANDS as CATALOG
from app.directory.commands import COMMANDS as DIRECTORY
from app.improvements.commands import COMMANDS as IMPROVEMENTS
from app.incidents.commands import COMMANDS as INCIDENTS
from app.insight.commands import COMMANDS as INSIGHT
from app.parts import DEMO, KEY
from app.people.commands import COMMANDS as PEOPLE
from app.settings import demand_home, load, with_secret
from app.terminal import RungGroup
from app.upkeep.commands import COMMANDS as UPKEEP
from app.upkeep.logs import configure_logs


@click.group("rung", cls=RungGroup)
@click.version_option(package_name="rung", prog_name="rung")
@click.pass_context
def cli(ctx: click.Context) -> None:
    """Change IT one rung at a time, and be able to step back down.

    Every command takes --json and ends with 0 done, 1 refused, 2 wrong usage, 3 conflict or drift, 4 unavailable.
    """
    if ctx.obj is None:
        ctx.obj = cache(partial(_app, ctx))


for _command in (*UPKEEP, *AUTH, *DIRECTORY, *PEOPLE, *CATALOG, *ACCESS, *INCIDENTS, *IMPROVEMENTS, *INSIGHT):
    cli.add_command(_command)


def main() -> None:
    """Run the command line of this process. What it writes can be read by its own user only."""
    os.umask(0o077)
    cli.main(sys.argv[1:], prog_name="rung")


def _app(ctx: click.Context) -> Flask:
    settings = load()
    if not getattr(click.get_current_context().command, "makes_data", False):
        demand_home(settings)
    configure_logs(settings)
    app = create_app(with_secret(settings))
    ctx.call_on_close(app.extensions[KEY].database.dispose)
    ctx.call_on_close(app.extensions[DEMO].close)
    return app


if __name__ == "__main__":
    main()
