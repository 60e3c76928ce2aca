"""Ask for something, value an hour, and freeze a business case: the words and figures somebody
decides upon, with their hash.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time

from app.core.acting import Acting
from app.core.changes import cleaned
from app.core.errors import Invalid, Refused
from app.core.figures import day as day_text
from app.core.figures import figure
from app.core.said import said
from app.improvements.case.queries import asked_now, business_case
from app.improvements.case.text import frozen
from app.improvements.case.week import sponsored_by, stopped_at
from app.improvements.events import NotedChange, locked, tell
from app.messages.rules.addresses import MAIL
from app.models.improvements.improvement import BusinessCase, CaseAsk, Improvement
from app.models.improvements.words import AskKind

ASK = ("kind", "text", "due")
MOST_YEARS = 10


@dataclass(frozen=True, slots=True)
class AskDraft:
    """What the owner asks for, in one sentence, and until when."""

    kind: AskKind
    text: str
    due: date | None


@dataclass(frozen=True, slots=True)
class WorthDraft:
    """What an hour is valued at, in which money, and over how many years sums are added up."""

    hour_worth: float | None
    worth_unit: str = ""
    horizon_years: int | None = 1


def ask(act: Acting, improvement_id: int, draft: AskDraft) -> CaseAsk:
    """Ask for something, in place of what was asked before and not answered yet.

    Raises ``Invalid`` for an empty sentence, or a day that is missing or over.
    """
    improvement = locked(act.session, improvement_id)
    values = cleaned(
        CaseAsk,
        asdict(draft),
        ASK,
    )
    if not values["text"]:
        raise Invalid(said("Say in one sentence what you ask for."), field="text")
    if draft.due is None or draft.due < act.now.date():
        raise Invalid(said("Say until which day, not before today."), field="due")
    change, asked = NotedChange(), asked_now(act.session, improvement_id)
    if asked is None:
        made = CaseAsk(
            improvement_id=improvement_id,
            open_of=improvement_id,
            **values,
        )
        made.created_at, made.created_by = act.now, act.by
        asked = change.add(act.session, made)
    elif not change.put(asked, values):
        return asked
    sentence = f"Asks for {asked.kind} until {day_text(asked.due)}: {asked.text}"
    tell(
        act,
        improvement,
        "case.ask",
        sentence,
        change,
    )
    return asked


def answer_ask(act: Acting, improvement_id: int, answer: str) -> CaseAsk:
    """Note how the question was answered; it stays with its answer.

    Raises ``Refused`` where nothing is asked.
    """
    improvement = locked(act.session, improvement_id)
    asked = asked_now(act.session, improvement_id)
    if asked is None:
        raise Refused(said("Nothing is asked for."))
    if not answer.strip():
        raise Invalid(said("Say how it was answered."), field="answer")
    values = {
        "open_of": None,
        "answer": answer.strip(),
        "answered_at": act.now,
        "answered_by": act.by,
    }
    change = NotedChange()
    change.put(asked, values)
    sentence = f"Answered “{asked.text}”: {asked.answer}"
    tell(
        act,
        improvement,
        "case.answer",
        sentence,
        change,
    )
    return asked


def value_hour(act: Acting, improvement_id: int, draft: WorthDraft) -> Improvement:
    """Say what an hour is worth in this case, or with None that hours and money stay apart.

    Raises ``Invalid`` for a value without its money, or years that are none.
    """
    improvement, unit = locked(act.session, improvement_id), draft.worth_unit.strip()
    years = draft.horizon_years or 1
    if draft.hour_worth is not None and draft.hour_worth <= 0:
        raise Invalid(said("An hour is worth more than nothing."), field="hour_worth")
    if draft.hour_worth is not None and not unit:
        raise Invalid(said("Say in which money, like EUR."), field="worth_unit")
    if not 1 <= years <= MOST_YEARS:
        raise Invalid(
            said("Between 1 and %(most)s years.", most=MOST_YEARS),
            field="horizon_years",
        )
    change = NotedChange()
    values = {
        "hour_worth": draft.hour_worth,
        "worth_unit": unit if draft.hour_worth else "",
        "horizon_years": years,
    }
    if change.put(improvement, values):
        change.put(improvement, {"worth_by": act.by, "worth_on": act.now.date()})
        worth = f"{figure(draft.hour_worth)} {unit}" if draft.hour_worth else "nothing"
        sentence = f"Values an hour at {worth}, over {years} years"
        tell(
            act,
            improvement,
            "case.worth",
            sentence,
            change,
        )
    return improvement


def send_to_sponsor(
    act: Acting, improvement_id: int, mail: str, language: str = ""
) -> Improvement:
    """Let the weekly mail go to the sponsor's address, in a language by its code, English unless
    said; an empty address ends it.

    Raises ``Refused`` for an address at which somebody stopped it.
    """
    improvement, address = locked(act.session, improvement_id), mail.strip().lower()
    if address and not MAIL.fullmatch(address):
        raise Invalid(said("This is no mail address."), field="sponsor_mail")
    if address and stopped_at(act.session, address):
        raise Refused(
            said("%(address)s does not want the weekly mail.", address=address)
        )
    change = NotedChange()
    values = {
        "sponsor_mail": address,
        "sponsor_language": language,
        "sponsor_stopped_at": None,
    }
    if change.put(improvement, values):
        sentence = f"Sends the weekly mail to {address or 'no sponsor'}"
        tell(
            act,
            improvement,
            "sponsor.mail",
            sentence,
            change,
        )
    return improvement


def stop_weekly(act: Acting, mail: str) -> int:
    """Send no weekly mail to an address any more; return how many improvements it was about."""
    sponsored = sponsored_by(act.session, mail)
    for one in sponsored:
        improvement, change = locked(act.session, one.id), NotedChange()
        change.put(improvement, {"sponsor_stopped_at": act.now})
        tell(
            act,
            improvement,
            "sponsor.stop",
            "The sponsor stopped the mail",
            change,
        )
    return len(sponsored)


def freeze_case(act: Acting, improvement_id: int, as_of: date) -> BusinessCase:
    """Freeze the business case as of a day; it is never changed afterwards."""
    improvement = locked(act.session, improvement_id)
    snapshot = frozen(
        business_case(
            act.session,
            improvement_id,
            as_of,
            act.now,
        )
    )
    made = BusinessCase(
        improvement_id=improvement_id,
        as_of=min(
            datetime.combine(
                as_of,
                time.max,
                UTC,
            ),
            act.now,
        ),
        content=snapshot.text,
        hash=snapshot.hash,
        created_at=act.now,
        created_by=act.by,
    )
    act.session.add(made)
    act.session.flush()
    change = NotedChange(after={f"case:{made.id}.hash": made.hash})
    sentence = f"Froze the business case as of {day_text(as_of)}"
    tell(
        act,
        improvement,
        "case.freeze",
        sentence,
        change,
    )
    return made
