"""Findings: written down, weighed, moved on."""

from __future__ import annotations

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as AnyResponse

from app.auth import current_operator_name, requires
from app.auth.acting import acting
from app.core.errors import NotFound, Refused
from app.core.htmx import answer, done
from app.core.parts import parts
from app.core.web import blaming, choices
from app.core.web.words import Look, give_words
from app.improvements.blueprint import back_to, bp, iteration_page_of, page_of
from app.improvements.comments.queries import comment_lines
from app.improvements.findings import actions
from app.improvements.findings.actions import FindingDraft
from app.improvements.findings.forms import FindingChangeForm, FindingForm
from app.improvements.findings.queries import finding_page, people_of
from app.improvements.findings.rules import MOVES
from app.improvements.queries import get_improvement
from app.improvements.tasks.queries import task_lines
from app.models.improvements.talk import ImprovementComment
from app.models.improvements.task import ImprovementTask
from app.models.improvements.words import FindingKind, FindingState

give_words(
    bp,
    finding_looks={
        FindingKind.STOP: Look("bad", "ban"),
        FindingKind.FIX: Look("warn", "triangle-alert"),
        FindingKind.NOTE: Look("neutral", "info"),
    },
    finding_sentences={
        FindingState.OPEN: _l("Nobody settled it yet."),
        FindingState.FIXED: _l(
            "It is fixed; somebody has to look whether that helped."
        ),
        FindingState.VERIFIED: _l("Fixed, and somebody looked."),
        FindingState.ACCEPTED: _l("The risk was accepted."),
    },
    finding_moves={
        FindingState.OPEN: _l("Open it again"),
        FindingState.FIXED: _l("It is fixed"),
        FindingState.VERIFIED: _l("It is verified"),
        FindingState.ACCEPTED: _l("Accept the risk"),
    },
    finding_buttons={
        FindingState.OPEN: _l("Open it again"),
        FindingState.FIXED: _l("Mark as fixed"),
        FindingState.VERIFIED: _l("Mark as verified"),
        FindingState.ACCEPTED: _l("Accept the risk"),
    },
)


@bp.route("/improvements/<int:improvement_id>/findings/new", methods=["GET", "POST"])
@requires("improve")
def finding_new(improvement_id: int) -> AnyResponse:
    """Write down a finding of an improvement, of an iteration or of one participant."""
    iteration_id = request.args.get("iteration", type=int)
    with parts().database.read() as session:
        one = get_improvement(session, improvement_id)
        people = people_of(session, iteration_id) if iteration_id else []
    form = FindingForm()
    form.participation_id.choices = choices(
        [("", _("nobody in particular")), *((str(key), name) for key, name in people)]
    )
    back = (
        iteration_page_of(iteration_id)
        if iteration_id
        else page_of(improvement_id, "findings")
    )
    if form.validate_on_submit():
        values = form.values()
        person = values.pop("participation_id")
        with blaming(form):
            with acting() as act:
                actions.raise_finding(
                    act,
                    improvement_id,
                    FindingDraft(**values),
                    iteration_id=iteration_id,
                    participation_id=person,
                )
            return done(back, _("The finding is written down."))
    return answer(
        "improvements/findings/finding_new.html",
        "form",
        form=form,
        one=one,
        back=back,
        people=people,
    )


@bp.get("/findings/<int:finding_id>")
@requires("read")
def finding(finding_id: int) -> Response:
    """Show a finding and what can be done with it."""
    return _finding(finding_id)


@bp.post("/findings/<int:finding_id>/edit")
@requires("improve")
def finding_edit(finding_id: int) -> AnyResponse:
    """Describe a finding better, or weigh it differently."""
    form = FindingChangeForm()
    if form.validate_on_submit():
        values = form.values()
        reason = values.pop("reason")
        with blaming(form):
            with acting() as act:
                actions.change_finding(
                    act,
                    finding_id,
                    values,
                    reason=reason,
                )
            return done(
                url_for("improvements.finding", finding_id=finding_id),
                _("The finding is changed."),
            )
    return _finding(finding_id, form=form)


@bp.post("/findings/<int:finding_id>/move")
@requires("improve")
def finding_move(finding_id: int) -> AnyResponse:
    """Move a finding on: fixed, verified, accepted as a risk, or open again."""
    asked = {
        name: request.form.get(name, "").strip()[:2000]
        for name in ("to", "who", "why", "fix")
    }
    wanted = asked.pop("to")
    to = next((state for state in FindingState if state == wanted), None)
    if to is None:
        raise NotFound(_("There is no such state."))
    try:
        with acting() as act:
            actions.move_finding(act, finding_id, to, **asked)
    except Refused as error:
        return _finding(finding_id, problem=error, asked=asked)
    return done(
        back_to(url_for("improvements.finding", finding_id=finding_id)),
        _("The finding is %(state)s.", state=to),
    )


def _finding(
    finding_id: int,
    *,
    form: FindingChangeForm | None = None,
    problem: Refused | None = None,
    asked: dict[str, str] | None = None,
) -> Response:
    with parts().database.read() as session:
        page = finding_page(session, finding_id)
        tasks = task_lines(session, ImprovementTask.finding_id == finding_id)
        about = ImprovementComment.finding_id == finding_id
        comments = comment_lines(session, about)
    form = form or FindingChangeForm(formdata=None, obj=page.finding)
    onward = MOVES.onward(page.finding.state)
    status = 409 if problem else 200
    return answer(
        "improvements/findings/finding.html",
        "body",
        status=status,
        form=form,
        page=page,
        tasks=tasks,
        comments=comments,
        me=current_operator_name(),
        today=parts().now().date(),
        problem=problem,
        onward=onward,
        asked=asked or {},
    )
