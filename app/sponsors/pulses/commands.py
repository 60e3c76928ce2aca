"""Pulses on the command line: asked, closed, read."""

from __future__ import annotations

from datetime import date
from typing import Any

import click

from app.auth.console import actor
from app.core.parts import parts
from app.core.terminal import emit, group
from app.improvements.metrics.rules import as_day
from app.models.sponsors.pulse import Pulse
from app.models.sponsors.words import PulseKind, PulseSplit, ThemeAnswer
from app.sponsors.pulses import themes
from app.sponsors.pulses.actions import revoke_pulse
from app.sponsors.pulses.closing import close_pulse
from app.sponsors.pulses.queries import PulsePage, pulse_lines, pulse_page
from app.sponsors.pulses.starting import PulseTyped, launch_typed
from app.sponsors.pulses.telling import summing_letter

PULSE = click.argument("pulse_id", metavar="N", type=click.IntRange(1))
ROW = click.IntRange(1)


def _as_day(
    _context: click.Context, _option: click.Parameter, text: str | None
) -> date | None:
    try:
        return as_day(text) if text else None
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


@group("pulse")
def pulse() -> None:
    """Pulses: a few questions to a few people, by a short link."""


@pulse.command("launch")
@click.argument("kind", type=click.Choice([kind.value for kind in PulseKind]))
@click.option("--improvement", "improvement_id", type=ROW, help="Of this one.")
@click.option("--service", "service_id", type=ROW, help="About this service.")
@click.option("--team", "team_id", type=ROW, help="About this team.")
@click.option("--site", "site_id", type=ROW, help="About this site.")
@click.option("--name", "names", multiple=True, help="Ask this person; repeatable.")
@click.option("--statement", "scales", multiple=True, help="Rated 1 to 5; repeatable.")
@click.option("--free", help="The question that is answered freely; empty for none.")
@click.option("--title", default="", help="What it is about.")
@click.option("--until", "closes_on", callback=_as_day, help="Open until this day.")
@click.option(
    "--split",
    type=click.Choice([split.value for split in PulseSplit]),
    default=PulseSplit.NONE.value,
    help="Show the result in parts.",
)
@click.option("--signed-by", default="", help="The name under the mails.")
def launch(kind: str, split: str, scales: tuple[str, ...], **given: Any) -> None:
    """Ask the sponsor, the people of an improvement, or how a unit and we work together."""
    typed = PulseTyped(
        PulseKind(kind), split=PulseSplit(split), scales=scales or None, **given
    )
    with parts().acting(actor()) as act:
        made = launch_typed(act, typed)
        found = _told(made)
    parts().ring()
    who = "by name" if found["by_name"] else "without names"
    emit(found, f"Pulse {found['pulse']} asks {found['asked']}, {who}.")


@pulse.command("list")
@click.option("--improvement", "improvement_id", type=ROW, help="Of this one alone.")
def list_pulses(improvement_id: int | None) -> None:
    """List what people were asked, the latest first."""
    with parts().database.read() as session:
        lines = pulse_lines(session, improvement_id=improvement_id)
    found = [{**_told(line.pulse), "answered": line.answered} for line in lines]
    emit(found, [_line(one) for one in found])


@pulse.command("show")
@PULSE
def show(pulse_id: int) -> None:
    """Show pulse N: how many answered, and once it is closed, what."""
    with parts().database.read() as session:
        page = pulse_page(session, pulse_id)
    found = _shown(page)
    emit(found, [_line(found), *_result_lines(found)])


@pulse.command("close")
@PULSE
def close(pulse_id: int) -> None:
    """Close pulse N before its day; then its answers can be read."""
    with parts().acting(actor()) as act:
        close_pulse(act, pulse_id)
        found = _shown(pulse_page(act.session, pulse_id))
    emit(found, [_line(found), *_result_lines(found)])


@pulse.command("revoke")
@PULSE
def revoke(pulse_id: int) -> None:
    """Take pulse N back: its links lead nowhere, its answers are destroyed unread."""
    with parts().acting(actor()) as act:
        found = _told(revoke_pulse(act, pulse_id))
    emit(found, f"Pulse {pulse_id} is taken back.")


@pulse.command("theme")
@PULSE
@click.argument("title")
@click.option("--finding", is_flag=True, help="Make it a finding of the improvement.")
@click.option("--did", default="", help="What you did about it.")
@click.option("--did-not", default="", help="Why you did not.")
def theme(pulse_id: int, title: str, finding: bool, did: str, did_not: str) -> None:
    """Note what several people said in pulse N, and what became of it."""
    with parts().acting(actor()) as act:
        made = themes.add_theme(act, pulse_id, title, finding=finding)
        if did or did_not:
            answer = ThemeAnswer.DID if did else ThemeAnswer.DID_NOT
            themes.answer_theme(act, made.id, answer, did or did_not)
        found = {"pulse": pulse_id, "theme": made.id, "answer": made.answer.value}
    emit(found, f"Noted: {title}")


@pulse.command("sum-up")
@PULSE
@click.option("--quiet", is_flag=True, help="Settle it without a mail.")
def sum_up(pulse_id: int, quiet: bool) -> None:
    """Tell everybody asked in pulse N: you said, we did."""
    with parts().acting(actor()) as act:
        page = pulse_page(act.session, pulse_id)
        letter = None if quiet else summing_letter(page.pulse, page.themes)
        found = _told(themes.sum_up(act, pulse_id, letter))
    parts().ring()
    emit(found, "Settled." if quiet else f"{found['asked']} are told.")


def _told(one: Pulse) -> dict[str, Any]:
    return {
        "pulse": one.id,
        "title": one.title,
        "kind": one.kind.value,
        "state": one.state.value,
        "asked": one.asked,
        "by_name": one.named,
        "threshold": one.threshold,
        "closes_on": one.closes_on.isoformat(),
        "reminders": one.reminders,
    }


def _shown(page: PulsePage) -> dict[str, Any]:
    return {
        **_told(page.pulse),
        "answered": page.answered,
        "too_few": page.too_few,
        "results": [
            {
                "question": result.text,
                "answers": result.whole.answers if result.whole else None,
                "mean": result.whole.mean if result.whole else None,
                "counts": list(result.counts),
                "parts": {part.part: part.mean for part in result.parts},
                "words": list(result.words),
                "by_name": [list(pair) for pair in result.by_name],
            }
            for result in page.results
        ],
        "themes": [
            {"title": each.title, "answer": each.answer.value, "text": each.text}
            for each in page.themes
        ],
    }


def _line(one: dict[str, Any]) -> str:
    told = f"{one['answered']} of {one['asked']} answered"
    return f"{one['pulse']}  {one['title']}  {one['state']}  {told}"


def _result_lines(found: dict[str, Any]) -> list[str]:
    if found["too_few"]:
        return ["Too few answered for anybody to stay unseen; nothing is shown."]
    lines = []
    for result in found["results"]:
        mean = result["mean"]
        average = f": {mean:.1f} of 5 on average" if mean is not None else ""
        lines.append(f"  {result['question']}{average}")
        lines += [f"    {words}" for words in result["words"]]
        lines += [f"    {name}: {said}" for name, said in result["by_name"]]
    lines += [f"  {one['answer']}: {one['title']}" for one in found["themes"]]
    return lines
