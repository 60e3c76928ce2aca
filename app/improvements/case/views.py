"""The business case: as of any day, two days compared, frozen, as Markdown; every sentence leads to
its record.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Response, make_response, redirect, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse

from app.auth import current_operator, public, requires
from app.auth.acting import acting, posted
from app.core.addresses import public_address
from app.core.charts import fitting
from app.core.errors import NotFound
from app.core.htmx import answer, done
from app.core.parts import parts
from app.core.said import said
from app.core.web.fields import Typed
from app.core.web.words import give_words, languages, locale
from app.improvements.blueprint import bp
from app.improvements.case.actions import (
    AskDraft,
    WorthDraft,
    answer_ask,
    ask,
    freeze_case,
    send_to_sponsor,
    stop_weekly,
    value_hour,
)
from app.improvements.case.forms import AnswerForm, AskForm, SponsorMailForm, WorthForm
from app.improvements.case.paper import paper_of
from app.improvements.case.queries import (
    CasePage,
    asked_now,
    business_case,
    case_page,
    compared,
    frozen_case,
    frozen_cases,
    records_then,
)
from app.improvements.case.records import shown_on
from app.improvements.case.stop_links import stopped_mail
from app.improvements.case.text import as_markdown
from app.improvements.case.words import RECORDS
from app.improvements.metrics.charts import chart_of, figure_of
from app.improvements.queries import get_improvement
from app.models.improvements.improvement import Improvement

give_words(bp, record_words=RECORDS)


@bp.get("/improvements/<int:improvement_id>/case")
@requires("read")
def case(improvement_id: int) -> Response:
    """Show the business case as of a day, or what changed between two days."""
    now = parts().now()
    as_of, against = _asked("as-of") or now.date(), _asked("against")
    with parts().database.read() as session:
        one = get_improvement(session, improvement_id)
        as_of = max(as_of, one.created_at.date())
        page = case_page(
            session,
            improvement_id,
            as_of,
            now,
        )
        known = frozen_cases(session, improvement_id)
        asked = asked_now(session, improvement_id)
        earlier = max(against, one.created_at.date()) if against else None
        differences = (
            compared(
                session,
                improvement_id,
                earlier,
                as_of,
                now,
            )
            if earlier
            else ()
        )
    return answer(
        "improvements/case/case.html",
        "body",
        one=one,
        case=page.case,
        as_of=as_of,
        against=earlier,
        differences=differences,
        frozen_ones=known,
        frozen_one=None,
        address=_address,
        figure_html=_figure(page),
        asked=asked,
        own=_is_owner(one),
    )


@bp.get("/improvements/<int:improvement_id>/page")
@requires("read")
def one_page(improvement_id: int) -> Response:
    """Show an improvement as it prints on one sheet of A4, US letter or A3."""
    now = parts().now()
    with parts().database.read() as session:
        one = get_improvement(session, improvement_id)
        records = records_then(
            session,
            improvement_id,
            now.date(),
            now,
        )
        paper = paper_of(records)
    series = paper.series
    chart = chart_of(series, paper.changed) if series and series.values else None
    return answer(
        "improvements/case/one_page.html",
        "body",
        one=one,
        paper=paper,
        as_of=now.date(),
        chart=chart,
        picture=fitting(chart) if chart else None,
    )


@bp.get("/improvements/<int:improvement_id>/case.md")
@requires("read")
def case_markdown(improvement_id: int) -> Response:
    """Return the business case as Markdown."""
    now = parts().now()
    with parts().database.read() as session:
        one = get_improvement(session, improvement_id)
        as_of = max(_asked("as-of") or now.date(), one.created_at.date())
        found = business_case(
            session,
            improvement_id,
            as_of,
            now,
        )
    text = as_markdown(found, lambda record: _address(record, external=True))
    response = make_response(
        text, 200, {"Content-Type": "text/markdown; charset=utf-8"}
    )
    response.headers.set(
        "Content-Disposition",
        "attachment",
        filename=f"business-case-{improvement_id}-{as_of}.md",
    )
    return response


@bp.post("/improvements/<int:improvement_id>/case/freeze")
@requires("improve")
def case_freeze(improvement_id: int) -> AnyResponse:
    """Freeze the business case as of a day, with its hash."""
    as_of = _day(request.form.get("as-of", "")) or parts().now().date()
    with acting() as act:
        made = freeze_case(
            act,
            improvement_id,
            as_of,
        )
    return done(
        url_for("improvements.case_frozen", case_id=made.id),
        _("Frozen. These words stay as they are."),
    )


@bp.get("/cases/<int:case_id>")
@requires("read")
def case_frozen(case_id: int) -> Response:
    """Show a business case as it was frozen."""
    with parts().database.read() as session:
        known, found = frozen_case(session, case_id)
        one = get_improvement(session, int(found.record.partition(":")[2]))
    return answer(
        "improvements/case/case.html",
        "body",
        one=one,
        case=found,
        as_of=found.as_of,
        against=None,
        differences=(),
        frozen_ones=(),
        frozen_one=known,
        address=_address,
        figure_html=None,
        asked=None,
        own=False,
    )


@bp.route("/improvements/<int:improvement_id>/ask", methods=["GET", "POST"])
@requires("improve")
def case_ask(improvement_id: int) -> AnyResponse:
    """Ask for something, or say it in other words."""
    with parts().database.read() as session:
        one = get_improvement(session, improvement_id)
        asked = asked_now(session, improvement_id)
    form, back = AskForm(obj=asked), _case_of(improvement_id)
    if saved := posted(
        form,
        lambda act: ask(
            act,
            improvement_id,
            AskDraft(**form.values()),
        ),
        back,
        _("It stands on top of the business case now."),
    ):
        return saved
    hint = _(
        "One sentence that can be answered. It is kept with its day and its answer."
    )
    return _form_page(
        form,
        one,
        back,
        _("What do you ask for?"),
        hint,
    )


@bp.route("/improvements/<int:improvement_id>/ask/answer", methods=["GET", "POST"])
@requires("improve")
def case_answer(improvement_id: int) -> AnyResponse:
    """Note how the question was answered."""
    with parts().database.read() as session:
        one = get_improvement(session, improvement_id)
        asked = asked_now(session, improvement_id)
    form, back = AnswerForm(), _case_of(improvement_id)
    if saved := posted(
        form,
        lambda act: answer_ask(
            act,
            improvement_id,
            form.answer.data,
        ),
        back,
        _("The answer is kept with the question."),
    ):
        return saved
    hint = asked.text if asked else _("Nothing is asked for.")
    return _form_page(
        form,
        one,
        back,
        _("How was it answered?"),
        hint,
    )


@bp.route("/improvements/<int:improvement_id>/worth", methods=["GET", "POST"])
@requires("improve")
def case_worth(improvement_id: int) -> AnyResponse:
    """Say what an hour is worth in this case."""
    with parts().database.read() as session:
        one = get_improvement(session, improvement_id)
    form, back = WorthForm(obj=one), _case_of(improvement_id)
    if saved := posted(
        form,
        lambda act: value_hour(
            act,
            improvement_id,
            WorthDraft(**form.values()),
        ),
        back,
        _("Changed."),
    ):
        return saved
    hint = _(
        "So that hours and money can be weighed; it stands in the case with your name."
    )
    return _form_page(
        form,
        one,
        back,
        _("What is an hour worth?"),
        hint,
    )


@bp.route("/improvements/<int:improvement_id>/sponsor", methods=["GET", "POST"])
@requires("improve")
def case_sponsor(improvement_id: int) -> AnyResponse:
    """Let the weekly mail go to the sponsor, who need not sign in."""
    with parts().database.read() as session:
        one = get_improvement(session, improvement_id)
    form, back = SponsorMailForm(obj=one), _case_of(improvement_id)
    form.sponsor_language.choices = languages()
    if not form.sponsor_language.data:
        form.sponsor_language.data = locale()
    if saved := posted(
        form,
        lambda act: send_to_sponsor(
            act,
            improvement_id,
            form.sponsor_mail.data,
            form.sponsor_language.data,
        ),
        back,
        _("Changed."),
    ):
        return saved
    hint = _(
        "What lapsed, is due or was decided, and what you ask for: only when there is any."
    )
    return _form_page(
        form,
        one,
        back,
        _("A weekly mail to the sponsor"),
        hint,
    )


@bp.get("/weekly/<string:token>")
@public
def weekly_stop(token: str) -> Response:
    """Ask whoever follows the link of a weekly mail whether it is to stop."""
    return _stop_page(token, stopped=False)


@bp.post("/weekly/<string:token>")
@public
def weekly_stopped(token: str) -> Response:
    """Stop the weekly mail to an address."""
    mail = _mail_of(token)
    with acting(mail) as act:
        stop_weekly(act, mail)
    return _stop_page(token, stopped=True)


@bp.get("/records/<string:kind>/<int:number>")
@requires("read")
def record(kind: str, number: int) -> AnyResponse:
    """Go to the page that shows a record."""
    with parts().database.read() as session:
        page, found = shown_on(
            session,
            kind,
            number,
        )
    name: dict[str, Any] = {f"{page}_id": found}
    return redirect(url_for(f"improvements.{page}", **name), 303)


def _mail_of(token: str) -> str:
    mail = stopped_mail(parts().settings.secret_key, token)
    if not mail:
        raise NotFound(said("This link leads nowhere."))
    return mail


def _stop_page(token: str, stopped: bool) -> Response:
    page, mail = "improvements/case/stop.html", _mail_of(token)
    return answer(
        page,
        "body",
        mail=mail,
        token=token,
        stopped=stopped,
    )


def _form_page(
    form: Typed, one: Improvement, back: str, title: str, hint: str
) -> Response:
    context: dict[str, Any] = {"one": one, "back": back, "title": title, "hint": hint}
    return answer(
        "improvements/plain_form.html",
        "form",
        form=form,
        **context,
    )


def _case_of(improvement_id: int) -> str:
    return url_for("improvements.case", improvement_id=improvement_id)


def _figure(page: CasePage) -> Markup | None:
    series = page.series
    return (
        figure_of(
            series,
            page.changed,
            page.happened,
        )
        if series
        else None
    )


def _is_owner(one: Improvement) -> bool:
    operator = current_operator()
    return operator is not None and (
        one.owner_operator_id == operator.operator_id or one.owner == operator.name
    )


def _address(name: str, external: bool = False) -> str:
    kind, _colon, number = name.partition(":")
    path = url_for(
        "improvements.record",
        kind=kind,
        number=int(number),
    )
    return public_address(parts().settings, path) if external else path


def _asked(name: str) -> date | None:
    return _day(request.args.get(name, ""))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
