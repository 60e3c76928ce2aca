"""The letters of pulses: asking, reminding, and “you said, we did”; each in one language."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from app.core.said import day_said, said, spoken
from app.core.web.speaking import writing_in
from app.models.sponsors.pulse import Pulse, PulseTheme
from app.models.sponsors.words import PulseKind, ThemeAnswer
from app.sponsors.pulses.actions import PulseLetter


def asking_letter(
    title: str, signed_by: str, closes: date, *, named: bool, language: str = ""
) -> PulseLetter:
    """Return what is written beside the link, in the language of whoever reads now."""
    hidden = said(
        "Nobody sees who answered what. The answers are read when it closes, and only together."
    )
    open_ = said("Your name stands beside what you answer.")
    text = said(
        "Hello,\n\n%(title)s: one minute, three questions at most, no account is needed:\n{link}"
        "\n\n%(who)s It closes on %(day)s.",
        title=title,
        who=open_ if named else hidden,
        day=day_said(closes),
    )
    subject = said("One minute, please: %(title)s", title=title)
    return PulseLetter(spoken(subject), spoken(text), signed_by, language)


def reminding_letter(pulse: Pulse) -> PulseLetter:
    """Return what is written to those who have not answered."""
    with writing_in(pulse.language):
        subject = spoken(said("Still open: %(title)s", title=pulse.title))
        text = spoken(
            said(
                "Hello,\n\nyour answer is still missing; it closes on %(day)s:\n{link}\n\n"
                "You do not want to answer? Then nothing happens.",
                day=day_said(pulse.closes_on),
            )
        )
    return PulseLetter(subject, text, pulse.signed_by, pulse.language)


def summing_letter(pulse: Pulse, themes: Sequence[PulseTheme]) -> PulseLetter:
    """Return what everybody asked is told: what was said, and what became of it."""
    with writing_in(pulse.language):
        subject = spoken(said("You said, we did: %(title)s", title=pulse.title))
        told = [spoken(_told(theme)) for theme in themes]
        begin = spoken(said("Hello,\n\nthank you for your answers."))
        end = spoken(said("All of it: {link}"))
    text = "\n\n".join([begin, *told, end])
    return PulseLetter(subject, text, pulse.signed_by, pulse.language)


def usual_title(kind: PulseKind, about: str) -> str:
    """Return what a pulse is called unless somebody says otherwise."""
    wording = {
        PulseKind.SPONSOR: said("How do you see “%(about)s”?", about=about),
        PulseKind.PARTICIPANTS: said("How is it with “%(about)s”?", about=about),
        PulseKind.RELATIONSHIP: said("How do we work together: %(about)s", about=about),
        PulseKind.STAFF: said("Are you for “%(about)s”?", about=about),
    }
    return wording[kind]


def _told(theme: PulseTheme) -> str:
    values = {"title": theme.title, "text": theme.text}
    if theme.answer is ThemeAnswer.DID:
        return said("You said: %(title)s\nWe did: %(text)s", **values)
    return said("You said: %(title)s\nWe did not, because: %(text)s", **values)
