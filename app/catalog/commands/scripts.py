"""Influence scripts on the command line: listed, checked, shown, run over recorded answers,
published.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from app.auth.console import actor
from app.catalog.actions import scripts as actions
from app.catalog.queries.scripts import Version, asking, run_bench, version, versions
from app.catalog.rules.script_bench import BenchLine, BenchOutcome
from app.catalog.rules.script_outline import Branch, outline
from app.core.figures import counted
from app.core.parts import parts
from app.core.terminal import emit, group, table

SCRIPT = click.argument("script_id", metavar="V", type=click.IntRange(1))
REFUSED = 1


@group("script")
def script() -> None:
    """Influence scripts: the questions that lead to the impact on a service.

    V is a version's number in addresses.
    """


@script.command("list")
def list_scripts() -> None:
    """List services with the version asked now and the drafts that wait."""
    with parts().database.read() as session:
        found = asking(session)
    rows = [
        (each.service_id, each.service, each.published or "none", each.drafts) for each in found
    ]
    emit(
        found, table(("S", "Service", "Asked now", "Drafts"), rows) or "There are no services yet."
    )


@script.command("versions")
@click.argument("service_id", metavar="S", type=click.IntRange(1))
def list_versions(service_id: int) -> None:
    """List the versions of the script of service S, the newest first."""
    with parts().database.read() as session:
        found = versions(session, service_id)[1]
    rows = [(each.id, each.number, each.state, len(each.faults), each.note) for each in found]
    emit(
        [_told(each) for each in found],
        table(("V", "Version", "State", "Faults", "Note"), rows) or "No script yet.",
    )


@script.command("show")
@SCRIPT
def show(script_id: int) -> None:
    """Show version V: what is asked after what."""
    found = _version(script_id)
    head = f"{found.service}, version {found.number}, {found.state}"
    emit({**_told(found), "questions": found.tree.questions}, [head, *_drawn(outline(found.tree))])


@script.command("check")
@SCRIPT
def check(script_id: int) -> int:
    """Check version V: every fault that keeps it from being published; ends with 1 when there is
    any.
    """
    found = _version(script_id)
    emit(
        _told(found),
        [fault.sentence for fault in found.faults] or "No faults: every choice of answers ends.",
    )
    return REFUSED if found.faults else 0


@script.command("bench")
@SCRIPT
@click.option(
    "--last",
    "most",
    type=click.IntRange(1, 1000),
    default=50,
    show_default=True,
    help="How many incidents.",
)
def run(script_id: int, most: int) -> None:
    """Run version V over the recorded answers of the last incidents of its service."""
    with parts().database.read() as session:
        found = version(session, script_id)
        lines = run_bench(session, found, most=most)
    emit([_line(line) for line in lines], _lines(lines))


@script.command("publish")
@SCRIPT
@click.option("--note", default="", help="What is new in it.")
def publish(script_id: int, note: str) -> None:
    """Publish draft V; it is asked from now on."""
    by = actor()
    with parts().acting(by) as act:
        actions.publish(act, script_id, note=note)
        act.session.flush()
        found = version(act.session, script_id)
    emit(_told(found), f"{found.service}: version {found.number} is asked from now on.")


def _version(script_id: int) -> Version:
    with parts().database.read() as session:
        return version(session, script_id)


def _told(found: Version) -> dict[str, Any]:
    return {
        "script": found.id,
        "service": found.service,
        "version": found.number,
        "state": found.state.value,
        "faults": found.faults,
    }


def _drawn(branch: Branch, depth: int = 0) -> Iterator[str]:
    said = f"{branch.answer or '(no words yet)'} -> " if depth else ""
    end = f"impact {branch.impact}" if branch.impact else "nowhere yet"
    question = (
        f"{branch.question.text}{' (see above)' if branch.again else ''}"
        if branch.question
        else end
    )
    yield f"{'  ' * depth}{said}{question}"
    for each in branch.branches:
        yield from _drawn(each, depth + 1)


def _line(line: BenchLine) -> dict[str, Any]:
    return {
        "incident": line.record.incident_id,
        "outcome": line.outcome.value,
        "impact": line.record.impact,
        "new_impact": line.impact,
        "priority": line.priority,
        "new_priority": line.new_priority,
        "why": line.why,
    }


def _lines(lines: list[BenchLine]) -> list[str]:
    count = {outcome: sum(line.outcome is outcome for line in lines) for outcome in BenchOutcome}
    told = [
        f"{counted(len(lines), 'incident')}: {count[BenchOutcome.CHANGED]} would change, "
        f"{count[BenchOutcome.UNANSWERED]} "
        f"can no longer be answered, {count[BenchOutcome.SAME]} stay."
    ]
    for line in lines:
        if line.outcome is BenchOutcome.CHANGED:
            told.append(
                f"#{line.record.incident_id}: impact {line.record.impact} -> {line.impact}, "
                f"P{line.priority} -> P{line.new_priority}"
            )
        elif line.outcome is BenchOutcome.UNANSWERED:
            told.append(f"#{line.record.incident_id}: {line.why}")
    return told
