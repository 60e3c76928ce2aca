"""Directories, readings, rights and the freeze on the command line."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from app.auth.console import actor
from app.core.errors import Refused
from app.core.parts import parts
from app.core.said import said
from app.core.spoken_times import minute_at
from app.core.terminal import AWAY, REFUSED, emit, group, progress_line, table
from app.core.terminal import command as top_level
from app.directory import actions, queries
from app.directory.connection_commands import add, change
from app.directory.right_commands import who
from app.directory.rules import DirectoryValues
from app.models.directory import Repair

PAUSE_SECONDS = 0.2
NAMED = 5


@group("directory")
def directory() -> None:
    """The directories people and rights come from."""


directory.add_command(add)
directory.add_command(change)


@directory.command("check")
@click.argument("name", required=False, default="")
def check(name: str) -> int:
    """Test what the directory NAME can do and what Rung may see and change there.

    Ends with 1 where problems are.
    """
    with parts().database.read() as session:
        found = queries.find_directory(session, name)
    report = actions.check_directory(parts(), found.id, by=actor())
    content = {"directory": found.name, "ok": report.ok, **asdict(report)}
    rows = (
        (finding.level, finding.subject, finding.text, finding.advice)
        for finding in report.findings
    )
    emit(
        content,
        [
            f"{level:8} {subject}: {' '.join((text, advice)).strip()}"
            for level, subject, text, advice in rows
        ],
    )
    return 0 if report.ok else AWAY if actions.is_out_of_reach(report) else REFUSED


@directory.command("repair-memberof")
@click.argument("name", required=False, default="")
def repair_memberof(name: str) -> int:
    """Let the server work out anew what memberOf shows wrongly in the directory NAME; groups stay
    as they are.
    """
    with parts().acting(actor()) as act:
        found = queries.find_directory(act.session, name)
        repair = actions.ask_repair(act, found.id)
    ended = _repaired(repair.id)
    with parts().database.read() as session:
        line = queries.last_repair(session, found.id)
    values = [asdict(value) for value in line.values] if line else []
    left = [asdict(value) for value in line.left] if line else []
    content = {
        "directory": found.name,
        "state": ended.state.value,
        "message": ended.message,
        "values": values,
    }
    emit(
        content,
        [ended.message, *(f"{one['sentence']} {one['text']}".strip() for one in left)],
    )
    return REFUSED if left else 0


@directory.command("stop-reading")
@click.argument("name", required=False, default="")
def stop_reading(name: str) -> None:
    """Stop the reading of the directory NAME that waits or runs; what was read before stays."""
    with parts().acting(actor()) as act:
        found = queries.find_directory(act.session, name)
        line = queries.directory_line(act.session, found.id)
        if line.current is None:
            raise Refused(said("%(name)s is not being read.", name=found.name))
        actions.stop_reading(act, line.current.id)
    emit(
        {"directory": found.name, "stopped": True},
        f"The reading of {found.name} is stopped; what was read before stays.",
    )


@directory.command("list")
def list_directories() -> None:
    """List all directories with their last complete reading."""
    with parts().database.read() as session:
        lines = queries.directory_lines(session)
    content = [_facts(line) for line in lines]
    headers = (
        "Name",
        "Address",
        "Changes",
        "People",
        "Groups",
        "Grants",
        f"Read ({parts().settings.timezone})",
        "State",
    )
    rows = [list(map(_cell, facts.values())) for facts in content]
    shown = table(headers, [row[: len(headers)] for row in rows])
    emit(
        {"directories": content},
        shown or "No directory yet. `rung directory add` connects one.",
    )


@directory.command("remove")
@click.argument("name")
def remove(name: str) -> None:
    """Forget the directory NAME and what was read from it; the directory itself is not touched."""
    with parts().acting(actor()) as act:
        found = queries.find_directory(act.session, name)
        actions.forget_directory(act, found.id)
    emit(
        {"directory": found.name, "removed": True},
        f"Removed {found.name} from Rung; it was not touched itself.",
    )


@top_level("sync")
@click.argument("name", required=False, default="")
@click.option(
    "--ldif",
    type=click.Path(path_type=Path),
    help="Read this LDIF export instead of a directory.",
)
@click.option(
    "--name",
    "called",
    default="",
    metavar="NAME",
    help="What the export is called, if not as its file.",
)
@click.option(
    "--role-base",
    default="",
    metavar="DN",
    help="Where in the export the groups of roles are.",
)
@click.option(
    "--off-when",
    multiple=True,
    metavar="RULE",
    help="attribute=value that means an account is off.",
)
@click.option(
    "--placeholder",
    "placeholders",
    multiple=True,
    metavar="DN",
    help="A member that stands for nobody.",
)
@click.option(
    "--accept-shrinkage",
    is_flag=True,
    help="Take it over although more than half of what was known is missing.",
)
@click.option("--full", is_flag=True, help="Read everything, not only what changed.")
def sync(
    name: str, ldif: Path | None, called: str, accept_shrinkage: bool, **said: Any
) -> None:
    """Read the directory NAME, or all of them: what changed where the server tells it and who is
    there, else everything. What changed since the last reading is counted.
    """
    by, full = actor(), said.pop("full")
    if ldif is not None:
        values = DirectoryValues(called or name or ldif.stem, **said)
        results = [
            _result(
                actions.read_ldif(
                    parts(), values, ldif, by=by, forced=accept_shrinkage
                ),
                values.name,
            )
        ]
    elif any(said.values()):
        given = "--role-base, --placeholder and --off-when"
        raise click.UsageError(
            f"{given} go with --ldif; a connected directory has its own."
        )
    else:
        results = [
            _read(directory_id, shown, by, forced=accept_shrinkage, full=full)
            for directory_id, shown in _to_read(name or called)
        ]
    sums = {
        key: sum(result[key] for result in results)
        for key in ("people", "groups", "grants", "changes")
    }
    content = {**sums, "complete": True, "directories": results}
    emit(content, [_told(result) for result in results])


@top_level("freeze")
@click.option("--reason", default="", help="Why; shown on every page.")
def freeze(reason: str) -> None:
    """Stop all changes to directories before the next one; everyone keeps the access they have."""
    with parts().acting(actor()) as act:
        stop = actions.freeze(act, reason=reason)
    emit(
        {"frozen": True, "by": stop.by, "at": stop.at, "reason": stop.reason},
        "All changes are frozen.",
    )


@top_level("unfreeze")
@click.option("--of", default="", metavar="NAME", help="Who hung it, if not you.")
@click.option("--reason", default="", help="Why you lift what another hung.")
def unfreeze(of: str, reason: str) -> None:
    """Lift your freeze, or with a reason another's; changes go on when the last one is lifted."""
    with parts().acting(actor()) as act:
        actions.unfreeze(act, of=of, reason=reason)
        left = queries.current_freeze(act.session)
    told = "Changes are allowed again."
    if left:
        told = f"Lifted; it stays frozen by {left.names}."
    by = [one.by for one in left.all] if left else []
    emit({"frozen": bool(left), "by": by}, told)


def _repaired(repair_id: int) -> Repair:
    """Run a repair here; while another process writes to the directory, wait until it is over."""
    while True:
        try:
            return actions.run_repair(parts(), repair_id)
        except actions.RepairBusy:
            time.sleep(PAUSE_SECONDS)


def _to_read(name: str) -> list[tuple[int, str]]:
    """Return which directories to read: the one named, or all that have an address."""
    with parts().database.read() as session:
        if name:
            found = queries.find_directory(session, name)
            return [(found.id, found.name)]
        reachable = [
            (line.id, line.name)
            for line in queries.directory_lines(session)
            if line.url
        ]
        return reachable or [(queries.find_directory(session).id, "")]


def _read(directory_id: int, name: str, by: str, **how: bool) -> dict[str, Any]:
    with progress_line() as tell:
        reading = actions.read_now(parts(), directory_id, by=by, progress=tell, **how)
    return _result(reading, name)


def _result(reading: Any, name: str) -> dict[str, Any]:
    counts = {
        key: getattr(reading, key) for key in ("people", "groups", "grants", "changes")
    }
    aside = {"left_out_count": reading.left_out_count, "left_out": reading.left_out}
    outside = {"outside_count": reading.outside_count, "outside": reading.outside}
    way = {
        key: getattr(reading, key)
        for key in ("full", "note", "missed_count", "missed", "server")
    }
    told = {**counts, **aside, **outside, **way}
    return {"directory": name, **told, "complete": True}


def _told(result: Mapping[str, Any]) -> str:
    counted = "{people:,} people, {groups:,} groups, {grants:,} direct grants; {changes:,} changes"
    counts = counted.format_map(result)
    told = f"{result['directory']}: {counts}."
    if result["left_out_count"]:
        named = "; ".join(
            f"{entry['dn']} ({entry['why']})" for entry in result["left_out"][:NAMED]
        )
        more = result["left_out_count"] - NAMED
        rest = f"; and {more} more" if more > 0 else ""
        told += f" Left out: {named}{rest}."
    if result["server"]:
        told += f" Read from {result['server']}."
    if result["note"]:
        told += f" Everything was read: {result['note']}"
    if result["missed"]:
        missed = "; ".join(result["missed"][:NAMED])
        count = result["missed_count"]
        told += f" Readings of changes had missed {count:,}: {missed}."
    return told + _told_outside(result)


def _told_outside(result: Mapping[str, Any]) -> str:
    """Name the groups in no base that list people, or say why nobody knows."""
    unknown = [place["why"] for place in result["outside"] if place["why"]]
    if unknown:
        return f" Whether groups outside of the bases list people is not known: {unknown[0]}"
    if not result["outside_count"]:
        return ""
    named = "; ".join(
        f"{group['dn']} ({group['people']:,})" for group in result["outside"][:NAMED]
    )
    more = result["outside_count"] - NAMED
    rest = f"; and {more} more" if more > 0 else ""
    return f" Groups outside of the bases that list people: {named}{rest}."


def _facts(line: queries.DirectoryLine) -> dict[str, Any]:
    last = line.last
    state = (
        "being read"
        if line.current
        else "last reading refused"
        if line.refused
        else ""
        if last
        else "not read yet"
    )
    return {
        "name": line.name,
        "url": line.url,
        "writable": line.writable,
        "people": last.people if last else None,
        "groups": last.groups if last else None,
        "grants": last.grants if last else None,
        "read_at": last.ended_at if last else None,
        "state": state,
        "servers": line.servers,
        "server": line.server or None,
    }


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return (
        minute_at(value, parts().settings.timezone)
        if isinstance(value, datetime)
        else ""
        if value is None
        else value
    )


COMMANDS = [directory, sync, who, freeze, unfreeze]
