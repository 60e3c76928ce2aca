"""Asking moved people by link, and giving one right back, on the command line."""

from __future__ import annotations

from collections.abc import Callable

import click

from app.access.commands.lookup import WAVE, member
from app.access.waves.queries import get_wave
from app.access.works import actions, restoring
from app.access.works.actions import WorksLetter
from app.access.works.queries import WorksStanding, standings_of
from app.auth.console import actor
from app.core.errors import NotFound
from app.core.parts import parts
from app.core.terminal import command, emit
from app.models.access.wave import Step

LETTER = (
    "Hello,\n\nyour access was arranged anew as the role {role}. Nothing should have changed for "
    "you. Please say with one tap for each application whether it still works; no account is "
    "needed:\n{{link}}"
)


@command("ask")
@WAVE
@click.option(
    "--subject",
    default="Does everything still work?",
    show_default=True,
)
@click.option(
    "--text",
    default="",
    help="The message; {link} stands for each link.",
)
@click.option(
    "--signed-by",
    default="",
    help="A person's name; usual: who acts.",
)
def ask(wave_id: int, subject: str, text: str, signed_by: str) -> None:
    """Send everybody of wave W who waits to be seen working a link to say whether it works."""
    by = actor()
    with parts().acting(by) as act:
        wave = get_wave(
            act.session,
            wave_id,
        )
        said = text or LETTER.format(role=wave.role.name)
        letter = WorksLetter(
            subject,
            said,
            signed_by or by,
        )
        sent = actions.ask_people(
            act,
            wave_id,
            letter,
        )
        told = {
            "wave": wave_id,
            "message": sent.message.id,
            "asked": sent.asked,
            "without_mail": sent.without_mail,
        }
    parts().ring()
    emit(
        told,
        f"The link goes to {sent.asked}; {sent.without_mail} have no mail address.",
    )


@command("answers")
@WAVE
def answers(wave_id: int) -> None:
    """Show what people of wave W said by link."""
    with parts().database.read() as session:
        get_wave(
            session,
            wave_id,
        )
        found = standings_of(
            session,
            wave_id,
        )
    lines = [_line(one) for one in found]
    emit(
        {
            "wave": wave_id,
            "answers": found,
        },
        lines or "Nobody was asked yet.",
    )


def _line(one: WorksStanding) -> str:
    waits = "; nobody confirms until it is settled" if one.is_paused else ""
    return f"{one.name}: {one.works} work, {one.works_not} do not{waits}"


PERSON = click.option("--person", metavar="PERSON", required=True, help="Whom.")
WHY = click.option("--reason", default="", help="Why.")


@command("give-back")
@WAVE
@PERSON
@click.option("--right", required=True, help="The right, by the name of its group.")
@WHY
def give_back(wave_id: int, person: str, right: str, reason: str) -> None:
    """Give one right that wave W took off back to a person at once; the worker does it."""
    told = f"The worker gives {right} back."
    _restored(restoring.give_back, wave_id, person, right, reason, told)


@command("take-again")
@WAVE
@PERSON
@click.option(
    "--right",
    required=True,
    help="The right that was given back, by the name of its group.",
)
@WHY
def take_again(wave_id: int, person: str, right: str, reason: str) -> None:
    """Take off again a right of wave W that was given back at once; the worker does it."""
    told = f"The worker takes {right} off again."
    _restored(restoring.take_again, wave_id, person, right, reason, told)


def _restored(
    deed: Callable[..., Step],
    wave_id: int,
    person: str,
    right: str,
    reason: str,
    told: str,
) -> None:
    with parts().acting(actor()) as act:
        chosen = member(act.session, wave_id, person)
        if chosen is None:
            raise NotFound(f"There is no {person} in wave {wave_id}.")
        step = deed(act, wave_id, chosen, right, reason=reason)
        data = {"wave": wave_id, "step": step.id, "right": right}
    parts().ring()
    emit(data, f"{told} `rung wave steps {wave_id}` tells how.")


@command("settle")
@WAVE
@click.option(
    "--person", metavar="PERSON", required=True, help="Whose trouble is settled."
)
@click.option(
    "--reason",
    required=True,
    help="How.",
)
def settle(wave_id: int, person: str, reason: str) -> None:
    """Say that what did not work for a person of wave W is settled, so that he can be confirmed."""
    with parts().acting(actor()) as act:
        chosen = member(
            act.session,
            wave_id,
            person,
        )
        standing = standings_of(
            act.session,
            wave_id,
        )
        found = next(
            (one for one in standing if one.person_id == chosen),
            None,
        )
        if found is None:
            raise NotFound(f"{person} said nothing by link.")
        restoring.settle(
            act,
            found.ask_id,
            reason=reason,
        )
    emit(
        {
            "wave": wave_id,
            "settled": person,
        },
        f"Settled for {person}.",
    )
