"""What several people said becomes a theme, a theme a finding, and everybody asked hears of it."""

from __future__ import annotations

from sqlalchemy import select

from app.core.acting import Acting
from app.core.changes import Change, one, one_locked
from app.core.errors import Invalid, Refused
from app.core.said import said
from app.improvements.answers.queries import channels_of_links
from app.improvements.findings.actions import FindingDraft, raise_finding
from app.models.improvements.words import FindingKind, FindingSource, ForWhom
from app.models.sponsors.pulse import Pulse, PulseTheme
from app.models.sponsors.words import PulseState, ThemeAnswer
from app.sponsors.pulses.actions import PulseLetter, write_to

READ = (PulseState.CLOSED, PulseState.SUMMED_UP)


def add_theme(
    act: Acting, pulse_id: int, title: str, *, finding: bool = False
) -> PulseTheme:
    """Sum up what several people said; with ``finding`` it becomes one of the improvement.

    Raises ``Refused`` before the pulse is closed.
    """
    pulse = _closed(act, pulse_id)
    if not title.strip():
        raise Invalid(said("Say what people said."), field="title")
    theme = PulseTheme(
        pulse_id=pulse_id,
        title=title.strip(),
        answer=ThemeAnswer.OPEN,
        created_at=act.now,
        created_by=act.by,
    )
    if finding and pulse.improvement_id is not None:
        theme.finding_id = _found(act, pulse, title.strip())
    change = Change(about=PulseTheme)
    change.add(act.session, theme)
    change.record(act, pulse, "pulse.theme", f"People said: {theme.title}")
    return theme


def answer_theme(
    act: Acting, theme_id: int, answer: ThemeAnswer, text: str
) -> PulseTheme:
    """Say what became of something people said: we did, or we did not and why."""
    theme = one(act.session, PulseTheme, theme_id)
    pulse = _closed(act, theme.pulse_id)
    if answer is ThemeAnswer.OPEN:
        raise Invalid(said("Say whether you did it or not."), field="answer")
    if not text.strip():
        why = answer is ThemeAnswer.DID_NOT
        raise Invalid(
            said("Say why not.") if why else said("Say what you did."), field="text"
        )
    change = Change(about=PulseTheme)
    values = {"answer": answer, "text": text.strip(), "answered_at": act.now}
    if change.put(theme, values):
        sentence = f"{answer.value.capitalize()}: {theme.title}"
        change.record(act, pulse, "pulse.theme", sentence)
    return theme


def drop_theme(act: Acting, theme_id: int) -> int:
    """Take a theme out again; returns the number of its pulse."""
    theme = one(act.session, PulseTheme, theme_id)
    pulse = _closed(act, theme.pulse_id)
    change = Change(about=PulseTheme, before={"title": theme.title}, after={})
    act.session.delete(theme)
    change.record(act, pulse, "pulse.theme", f"Took out the theme: {theme.title}")
    return pulse.id


def sum_up(act: Acting, pulse_id: int, letter: PulseLetter | None) -> Pulse:
    """Tell everybody asked what came of it; without a letter it is only settled here.

    Raises ``Refused`` while a theme has no answer.
    """
    pulse = _closed(act, pulse_id)
    mine = select(PulseTheme).where(PulseTheme.pulse_id == pulse_id)
    waiting = [
        theme.title
        for theme in act.session.scalars(mine)
        if theme.answer is ThemeAnswer.OPEN
    ]
    if waiting:
        raise Refused(
            said("Say first what became of “%(title)s”.", title=waiting[0]),
            details=tuple(waiting),
        )
    if letter is not None:
        channels = channels_of_links(act.session)
        if not channels:
            raise Invalid(
                said("No channel reaches people one by one; add one for mail first.")
            )
        write_to(act, pulse, letter, channels)
    change = Change(about=Pulse)
    told = act.now if letter else pulse.told_at
    change.put(pulse, {"state": PulseState.SUMMED_UP, "told_at": told})
    sentence = "Told who was asked" if letter else "Settled"
    change.record(act, pulse, "pulse.sum-up", f"{sentence}: {pulse.title}")
    return pulse


def _closed(act: Acting, pulse_id: int) -> Pulse:
    pulse = one_locked(act.session, Pulse, pulse_id)
    if pulse.state not in READ:
        raise Refused(said("Answers are read when the pulse is closed."))
    return pulse


def _found(act: Acting, pulse: Pulse, title: str) -> int:
    draft = FindingDraft(
        title,
        FindingKind.FIX,
        str(said("Said in the pulse “%(title)s”", title=pulse.title)),
        FindingSource.PULSE,
        ForWhom.USERS,
    )
    number = pulse.improvement_id or 0
    made = raise_finding(act, number, draft, iteration_id=pulse.iteration_id)
    return made.id
