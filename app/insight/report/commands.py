"""The first report on the command line."""

from __future__ import annotations

import click

from app.core.errors import Refused
from app.core.parts import parts
from app.core.said import nsaid
from app.core.spoken_times import stamped_at
from app.core.terminal import command, emit, table
from app.directory.queries import directory_line, find_directory
from app.insight.report.queries import InsightReport, report_of, right_names
from app.insight.report.rules import as_json


@command("report")
@click.argument("name", required=False, default="")
def report(name: str) -> None:
    """Say in ten lines how rights stand in the directory NAME (the only one, if there is one) and
    where to begin.
    """
    with parts().database.read() as session:
        directory = find_directory(session, name)
        found = report_of(session, directory_line(session, directory.id))
    if found is None:
        raise Refused(
            f"{directory.name} was not read completely yet. Run `rung sync {directory.name}`."
        )
    emit(_content(found), _text(found))


def _content(found: InsightReport) -> dict[str, object]:
    called = {
        right_id: right_names(found.graph, frozenset({right_id}))[0]
        for right_id in found.graph.rights
    }
    content = as_json(found.graph, found.numbers, found.proposal, called)
    drift = found.moves.drift
    return {
        "directory": found.directory,
        "read_at": found.read_at,
        **content,
        "drift": drift,
    }


def _text(found: InsightReport) -> list[str]:
    rows = [
        (
            f"{line.value:,}",
            "" if line.of is None else f"of {line.of:,}",
            line.label,
            line.note,
        )
        for line in found.lines
    ]
    zone = parts().settings.timezone
    lines = [
        f"{found.directory}, read {stamped_at(found.read_at, zone)}",
        "",
        table(("Number", "", "What", "More"), rows),
    ]
    if found.moves.drift:
        told = nsaid(
            "%(number)s open difference to what plans promised: rung drift list",
            "%(number)s open differences to what plans promised: rung drift list",
            found.moves.drift,
        )
        lines += ["", told]
    if found.proposal:
        graph, proposal = found.graph, found.proposal
        uid = graph.people[proposal.first].uid
        rights = ", ".join(right_names(graph, proposal.twins.rights))
        lines += [
            "",
            f"First role: {rights}",
            f"Make it with: rung role new NAME --from-person {uid}",
        ]
    return lines


COMMANDS = [report]
