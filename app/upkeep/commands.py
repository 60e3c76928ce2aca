"""Commands that keep Rung itself running: init, serve, worker, doctor, db, audit, config."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import asdict, replace
from pathlib import Path

import click
from flask import Flask

from app.auth import actions
from app.auth.console import actor
from app.core import schema
from app.core.addresses import noted_address
from app.core.parts import parts
from app.core.settings import make_folder_for_secrets, masked
from app.core.terminal import REFUSED, address_of, command, emit, group, table
from app.shell.compiled import compile_all, keep_compiled
from app.upkeep import backup, doctor, supervisor
from app.upkeep.audit_commands import audit_trail
from app.upkeep.demo import the_demo
from app.upkeep.front import address_of_socket
from app.upkeep.left_open import Moved, reverse_ldif
from app.upkeep.logs import configure_logs
from app.upkeep.mail_commands import COMMANDS as MAIL
from app.upkeep.processes import give_back_large_buffers, in_one_of_its_own
from app.upkeep.stories import company
from app.upkeep.worker_commands import COMMANDS as WORKER
from app.upkeep.worker_commands import work_beside


@command("init", needs_tables=False, makes_data=True)
def init() -> None:
    """Make the data folder and the database, and print a link, usable once, for the first
    operator.
    """
    if not schema.is_current(parts().database):
        schema.upgrade(parts().database)
        schema.told_after_upgrade(parts())
    make_folder_for_secrets(parts().settings)
    with parts().database.write() as session:
        link = address_of(actions.make_setup_link(session, now=parts().now()))
    home = parts().settings.home
    advice = (
        "Start Rung with `rung serve`, then choose the first operator's name and password within "
        "48 hours at"
    )
    emit({"home": home, "link": link}, [f"Data folder: {home}", advice, link])


@command("serve", makes_data=True)
@click.option("--host", help="Address to listen on; 127.0.0.1 unless set.")
@click.option(
    "--port", type=click.IntRange(0, 65535), help="Port to listen on; 8000 unless set."
)
@click.option(
    "--demo",
    "with_demo",
    is_flag=True,
    help="Fill Rung with the demo company first, as `rung demo` does.",
)
@click.pass_obj
def serve(
    app: Callable[[], Flask], host: str | None, port: int | None, with_demo: bool
) -> None:
    """Start the web server and its worker, and keep both running until Ctrl-C."""
    settings = replace(
        parts().settings,
        host=parts().settings.host if host is None else host,
        port=parts().settings.port if port is None else port,
    )
    give_back_large_buffers()
    configure_logs(settings, logging.INFO)
    make_folder_for_secrets(settings)
    with supervisor.running(settings) as lock, ExitStack() as opened:
        listeners = supervisor.listening(settings)
        for listener in listeners:
            opened.enter_context(listener)
        made, address = app(), address_of_socket(listeners[0])
        parts().database.dispose()  # no connection goes through a fork
        sign_ins = in_one_of_its_own(seed_demo) if with_demo else []
        if not keep_compiled(made, settings.home):
            in_one_of_its_own(compile_all)
        if company.is_here(parts()):
            find_free_demo()
        ready = f"Rung is ready at {address} (Ctrl-C ends it)."
        open_to = address + company.status_path(parts()) if sign_ins else ""
        emit(
            {"address": address, "sign_in": sign_ins, "sponsor": open_to},
            [*told(sign_ins, open_to), ready],
        )
        parts().database.dispose()
        with noted_address(settings, address):
            supervisor.serve(made, listeners, settings, work_beside, lock)


def _teller() -> str:
    """Return who did what is told of the demo company: one of its persons, not this machine."""
    return actor() if parts().settings.operator else company.TELLER


def find_free_demo() -> None:
    """Make sure that the worker will get the demo directory. Raises ``Away`` when it will not."""
    with closing(the_demo()) as demo:
        demo.hold()


def seed_demo() -> list[company.DemoSignIn]:
    """Fill Rung with the demo company, and let go of its directory."""
    with closing(the_demo()) as demo:
        return company.seed(parts(), demo, by=_teller())


@command("doctor", needs_tables=False)
@click.option(
    "--strict",
    is_flag=True,
    help="End with 1 also for warnings, such as a worker that does not run.",
)
def examine(strict: bool) -> int:
    """Look at settings, data folder, database, worker and audit trail, and say what is wrong."""
    checks = doctor.examine(parts())
    emit(
        {"checks": checks},
        table(
            ("Subject", "", "Finding"), [(c.subject, c.level, c.text) for c in checks]
        ),
    )
    worst = max((check.exit_code for check in checks), default=0)
    warned = any(check.level != "ok" for check in checks)
    return worst or (REFUSED if strict and warned else 0)


@command("demo", makes_data=True)
@click.option(
    "--reset", is_flag=True, help="Throw away what was done in the demo and start over."
)
def demo(reset: bool) -> None:
    """Fill Rung with an invented company, in a small directory of its own, and say whom to sign in
    as.
    """
    if reset:
        with supervisor.alone(parts().settings, "start the demo over"):
            company.start_over(parts(), the_demo(), by=actor())
    sign_ins = company.seed(parts(), the_demo(), by=_teller())
    open_to = address_of(company.status_path(parts())) if sign_ins else ""
    advice = told(sign_ins, open_to) or [
        "Sign in as one of the operators you have; the demo adds none to them."
    ]
    emit(
        {
            "directory": company.NAME,
            "address": address_of("/"),
            "sign_in": sign_ins,
            "sponsor": open_to,
        },
        advice,
    )


@group("db")
def db() -> None:
    """The database: bring it up to date, back it up, restore it."""


@db.command("upgrade", needs_tables=False)
def upgrade() -> None:
    """Bring the tables up to date with this version of Rung; the embedded database is copied
    first.
    """
    database = parts().database
    before, current = schema.revision_of(database), schema.is_current(database)
    if not current:
        schema.keep_copy(database, parts().settings.backups)
        schema.upgrade(database)
    after, told = schema.head(), schema.told_after_upgrade(parts())
    sentence = (
        f"Up to date ({after})."
        if current
        else f"Upgraded from {before or 'nothing'} to {after}."
    )
    emit({"before": before, "after": after, "told": told}, [sentence, *told])


@db.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def back_up(file: Path) -> None:
    """Write database, files, plans and keys to FILE, also while Rung runs.

    Whoever reads it can act as Rung.
    """
    contents = backup.back_up(parts().database, parts().settings, file)
    size = file.stat().st_size
    files, plans = len(contents.under("files")), len(contents.under("plans"))
    emit(
        {"file": file, "bytes": size, "files": files, "plans": plans},
        f"Wrote {file} ({size / 1_000_000:.1f} MB): the database, {files} files and {plans} plans.",
    )


@db.command("restore", needs_tables=False)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--unproved",
    is_flag=True,
    help="Also when the key that seals its audit trail is lost.",
)
def restore(file: Path, unproved: bool) -> None:
    """Put the backup FILE in place of everything, once its audit trail is proved; what is there now
    is kept.

    Then it says who is moved in the directory, above all whom the backup does not know of.
    """
    settings = parts().settings
    with supervisor.alone(settings, "restore a backup"):
        done = backup.restore(
            parts().database, settings, file, unproved_by=actor() if unproved else ""
        )
    told = schema.told_after_upgrade(parts())
    emit(
        {
            "restored": file,
            "made_at": done.contents.made_at if done.contents else None,
            "kept": done.kept,
            "plans": done.plans,
            "seen_before": done.seen_before,
            "open": done.moves.open,
            "forgotten": [
                _with_ldif(each, done.plans) for each in done.moves.forgotten
            ],
            "ended": done.moves.ended,
            "told": told,
        },
        [*told_of_restore(file, done), *told],
    )


def told_of_restore(file: Path, done: backup.Restored) -> list[str]:
    """Say what a restore did, and what a person has to do now."""
    lines = [f"Restored {file}."]
    if done.contents is None:
        lines.append(
            "It holds the database alone: files, plans and keys stay as they were."
        )
    if done.kept:
        lines.append(f"What was there before is kept at {done.kept}.")
    if not done.seen_before:
        lines.append(
            "The database before could not be read: nobody can say who was moved after this backup."
        )
        lines += (
            [f"Plans of then, forward and back, are in {done.plans}."]
            if done.plans
            else []
        )
    lines += done.moves.lines(done.plans or parts().settings.plans)
    return [
        *lines,
        "The directory may be ahead of the database: run `rung sync` before anything else.",
    ]


def _with_ldif(moved: Moved, plans: Path | None) -> dict[str, object]:
    return {**asdict(moved), "ldif": reverse_ldif(plans, moved) if plans else None}


@command("config", needs_tables=False)
def config() -> None:
    """Print every setting with its value, secrets masked."""
    shown = masked(parts().settings)
    emit(shown, table(("Setting", "Value"), list(shown.items())))


def told(sign_ins: list[company.DemoSignIn], open_to: str = "") -> list[str]:
    """Say whom one can sign in as and what each is there for; and what the sponsor opens."""
    heads = ("Sign in as", "Password", "Sees")
    rows = [(each.name, each.password, company.SEES[each.name]) for each in sign_ins]
    sponsor = [f"The sponsor reads without signing in: {open_to}"] if open_to else []
    return [table(heads, rows), *sponsor] if rows else []


COMMANDS = [init, serve, *WORKER, examine, demo, db, audit_trail, config, *MAIL]
