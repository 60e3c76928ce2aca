"""The pages of pulses for the team: the list, the start of one, its results and what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, abort, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as AnyResponse

from app.auth import current_operator_name, public, requires
from app.auth.acting import acting, posted
from app.core.acting import Acting
from app.core.errors import Invalid, Refused, RungError
from app.core.htmx import answer, done
from app.core.parts import parts
from app.core.said import day_said, spoken
from app.core.web import csv_answer
from app.core.web.lists import ListFilter, Listing, listed, remembered, with_any
from app.core.web.paging import page_of_rows
from app.core.web.words import language_tag
from app.improvements.crowd.rules import lines_of
from app.incidents.inform.queries import signature_of
from app.models.sponsors.pulse import Pulse, PulseQuestion
from app.models.sponsors.words import PulseKind, PulseSplit, PulseState, QuestionKind
from app.sponsors.blueprint import bp
from app.sponsors.pulses import themes
from app.sponsors.pulses.actions import answer_pulse, revoke_pulse
from app.sponsors.pulses.closing import close_pulse
from app.sponsors.pulses.forms import (
    ImprovementPulseForm,
    PulseForm,
    RelationshipPulseForm,
    SponsorPulseForm,
    StaffPulseForm,
    ThemeAnswerForm,
    ThemeForm,
)
from app.sponsors.pulses.looks import KIND_WORDS
from app.sponsors.pulses.queries import (
    PulsePage,
    asked_page,
    invitation_behind,
    links_to_hand_over,
    pulse_lines,
    pulse_page,
    question_words,
    questions_of,
)
from app.sponsors.pulses.rules import USUAL_DAYS, standard_questions
from app.sponsors.pulses.sentiment import sentiment_of
from app.sponsors.pulses.starting import PulseTyped, launch_typed
from app.sponsors.pulses.telling import summing_letter

FORMS: dict[PulseKind, type[PulseForm]] = {
    PulseKind.SPONSOR: SponsorPulseForm,
    PulseKind.PARTICIPANTS: ImprovementPulseForm,
    PulseKind.RELATIONSHIP: RelationshipPulseForm,
    PulseKind.STAFF: StaffPulseForm,
}
ABOUT = ("improvement_id", "service_id", "team_id", "site_id")


@bp.get("/pulses")
@requires("read")
@remembered
def pulses() -> Response:
    """List what people were asked, the latest first."""
    kind, state = request.args.get("kind", ""), request.args.get("state", "")
    asked = request.args.get("q", "").strip()
    with parts().database.read() as session:
        lines = pulse_lines(session)
    wanted = [
        line
        for line in lines
        if kind in ("", line.pulse.kind)
        and state in ("", line.pulse.state)
        and asked.casefold() in f"{line.pulse.title} {line.title}".casefold()
    ]
    page, rows = page_of_rows(wanted)
    kinds = [(each.value, KIND_WORDS[each]) for each in PulseKind]
    filters = [
        ListFilter("q", _("About"), asked),
        ListFilter("kind", _("Who is asked"), kind, with_any(kinds, _("anybody"))),
        ListFilter(
            "state", _("State"), state, with_any(list(PulseState), _("any state"))
        ),
    ]
    return listed(
        "sponsors/pulses/pulses.html",
        Listing("pulses", filters, page),
        lines=rows,
    )


@bp.route("/pulses/new/<string:kind>", methods=["GET", "POST"])
@requires("improve")
def pulse_new(kind: str) -> AnyResponse:
    """Ask the sponsor, the people of an improvement, or a unit, a few questions."""
    if kind not in list(PulseKind):
        abort(404)
    wanted = PulseKind(kind)
    form = FORMS[wanted](data=_proposed(wanted))
    return posted(
        form,
        lambda act: launch_typed(act, _typed(wanted, form)),
        lambda made: _page(made.id),
        _launched,
    ) or answer(
        "sponsors/pulses/pulse_new.html",
        "form",
        form=form,
        kind=wanted,
        local=not parts().settings.public_url,
    )


@bp.get("/pulses/<int:pulse_id>")
@requires("read")
def pulse(pulse_id: int) -> Response:
    """Show a pulse: how many answered, and once it is closed, what."""
    return _show(pulse_id, ThemeForm(formdata=None))


@bp.get("/pulses/<int:pulse_id>/answers.csv")
@requires("read")
def pulse_csv(pulse_id: int) -> Response:
    """Return the result of a closed pulse as CSV: counts and means, never single forms."""
    with parts().database.read() as session:
        page = pulse_page(session, pulse_id)
    header = ("Question", "Part", "Answers", "Mean", "4 or 5", "Low", "High")
    return csv_answer(f"pulse-{pulse_id}.csv", header, list(_flat(page)))


@bp.post("/pulses/<int:pulse_id>/close")
@requires("improve")
def pulse_close(pulse_id: int) -> AnyResponse:
    """Close a pulse before its day."""
    with acting() as act:
        close_pulse(act, pulse_id)
    return done(_page(pulse_id), _("It is closed; here is what was answered."))


@bp.post("/pulses/<int:pulse_id>/revoke")
@requires("improve")
def pulse_revoke(pulse_id: int) -> AnyResponse:
    """Take a pulse back: its links lead nowhere any more, its answers are gone."""
    with acting() as act:
        revoke_pulse(act, pulse_id)
    return done(
        _page(pulse_id), _("It is taken back; its links lead nowhere any more.")
    )


@bp.post("/pulses/<int:pulse_id>/themes")
@requires("improve")
def pulse_theme(pulse_id: int) -> AnyResponse:
    """Sum up what several people said."""
    form = ThemeForm()

    def add(act: Acting) -> object:
        title, finding = form.title.data, form.finding.data
        return themes.add_theme(act, pulse_id, title, finding=finding)

    there = f"{_page(pulse_id)}#themes"
    return posted(form, add, there, _("Noted. What became of it?")) or _show(
        pulse_id, form
    )


@bp.route("/pulses/<int:pulse_id>/themes/<int:theme_id>", methods=["GET", "POST"])
@requires("improve")
def pulse_theme_answer(pulse_id: int, theme_id: int) -> AnyResponse:
    """Say what became of something people said: we did, or we did not and why."""
    with parts().database.read() as session:
        page = pulse_page(session, pulse_id)
    theme = next((one for one in page.themes if one.id == theme_id), None)
    if theme is None:
        abort(404)
    form = ThemeAnswerForm(obj=theme)
    return posted(
        form,
        lambda act: themes.answer_theme(
            act, theme_id, form.answer.data, form.text.data
        ),
        f"{_page(pulse_id)}#themes",
        _("It stands there now."),
    ) or answer("sponsors/pulses/theme.html", "form", form=form, page=page, one=theme)


@bp.post("/pulses/<int:pulse_id>/themes/<int:theme_id>/drop")
@requires("improve")
def pulse_theme_drop(pulse_id: int, theme_id: int) -> AnyResponse:
    """Take a theme out again."""
    with acting() as act:
        themes.drop_theme(act, theme_id)
    return done(f"{_page(pulse_id)}#themes", _("It is taken out."))


@bp.post("/pulses/<int:pulse_id>/sum-up")
@requires("improve")
def pulse_sum_up(pulse_id: int) -> AnyResponse:
    """Tell everybody who was asked what came of it."""
    with acting() as act:
        page = pulse_page(act.session, pulse_id)
        themes.sum_up(act, pulse_id, summing_letter(page.pulse, page.themes))
    return done(_page(pulse_id), _("Everybody who was asked is told."))


@bp.post("/pulses/<int:pulse_id>/settle")
@requires("improve")
def pulse_settle(pulse_id: int) -> AnyResponse:
    """Settle a pulse without a mail."""
    with acting() as act:
        themes.sum_up(act, pulse_id, None)
    return done(_page(pulse_id), _("It is settled."))


@bp.get("/u/<string:token>")
@public
def asked(token: str) -> Response:
    """Ask somebody a few questions, or show what came of them; looking changes nothing."""
    return _show_asked(token)


@bp.post("/u/<string:token>")
@public
def asked_answer(token: str) -> AnyResponse:
    """Take the answers of somebody who was asked; twice counts once."""
    secret = parts().settings.secret_key
    try:
        with acting("") as act:
            found = invitation_behind(act.session, secret, token)
            values, words = _answers(questions_of(act.session, found.pulse_id))
            counts = answer_pulse(act, found.id, values, words)
    except (Invalid, Refused) as error:
        return _show_asked(token, error)
    told = _("Thank you. Your answer counts.")
    again = _("You had answered already; that answer counts.")
    return done(url_for("sponsors.asked", token=token), told if counts else again)


def _answers(
    questions: Sequence[PulseQuestion],
) -> tuple[dict[int, int], dict[int, str]]:
    given = request.form
    values = {
        each.id: given.get(f"q{each.position}", 0, type=int) for each in questions
    }
    words = {each.id: given.get(f"q{each.position}", "") for each in questions}
    return values, words


def _show_asked(token: str, problem: RungError | None = None) -> Response:
    settings, now = parts().settings, parts().now()
    today = now.astimezone(ZoneInfo(settings.timezone)).date()
    with parts().database.read() as session:
        found = asked_page(session, settings.secret_key, token, today)
    shown = answer(
        "sponsors/pulses/asked.html",
        "body",
        status=problem.status if problem else 200,
        found=found,
        page=found.page,
        token=token,
        problem=problem,
        typed=request.form,
    )
    # Whoever gets the address from a search engine could answer for the person.
    shown.headers["X-Robots-Tag"] = "noindex, nofollow"
    return shown


@bp.app_template_global()
def pulse_question(question: PulseQuestion) -> str:
    """Return a question in the reader's language."""
    return question_words(question)


def _show(pulse_id: int, form: ThemeForm) -> Response:
    with parts().database.read() as session:
        page = pulse_page(session, pulse_id)
        links = links_to_hand_over(session, parts().settings, pulse_id)
        course = sentiment_of(session, page.pulse)
    return answer(
        "sponsors/pulses/pulse.html",
        "body",
        page=page,
        form=form,
        links=links,
        course=course,
    )


def _page(pulse_id: int) -> str:
    return url_for("sponsors.pulse", pulse_id=pulse_id)


def _proposed(kind: PulseKind) -> dict[str, Any]:
    first, second, free = (spoken(each.words) for each in standard_questions(kind))
    with parts().database.read() as session:
        name = signature_of(session, current_operator_name())
    asked = {field: request.args.get(field, type=int) for field in ABOUT}
    return {
        **asked,
        "first": first,
        "second": second,
        "free": free,
        "closes_on": parts().now().date() + timedelta(days=USUAL_DAYS),
        "signed_by": name,
    }


def _typed(kind: PulseKind, form: PulseForm) -> PulseTyped:
    given = form.values()
    about: dict[str, Any] = {name: given.get(name) for name in ABOUT}
    return PulseTyped(
        kind,
        names=lines_of(given.get("names", "")),
        title=given["title"] or "",
        scales=(given["first"] or "", given["second"] or ""),
        free=given["free"] or "",
        closes_on=given["closes_on"],
        split=given.get("split") or PulseSplit.NONE,
        signed_by=given["signed_by"],
        language=language_tag(),
        **about,
    )


def _launched(made: Pulse) -> str:
    told: str = ngettext(
        "%(num)s person is asked until %(day)s.",
        "%(num)s people are asked until %(day)s.",
        made.asked,
        day=day_said(made.closes_on),
    )
    return told


def _flat(page: PulsePage) -> Iterator[tuple[Any, ...]]:
    for result in page.results:
        if result.question.kind is QuestionKind.WORDS:
            for words in result.words:
                yield (result.text, words, None, None, None, None, None)
        for part in filter(None, (result.whole, *result.parts)):
            good = part.good
            shares = (good.share, good.low, good.high) if good else (None,) * 3
            yield (result.text, part.part, part.answers, part.mean, *shares)
