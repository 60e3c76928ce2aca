"""Tasks: of an improvement, of everybody, one of them."""

from __future__ import annotations

from typing import Any

from flask import Response, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from werkzeug.wrappers import Response as AnyResponse

from app.auth import current_operator_name, requires
from app.auth.acting import acting, posted
from app.core.errors import NotFound
from app.core.htmx import Undo, answer, done
from app.core.parts import parts
from app.core.web.words import Look, give_words
from app.improvements.blueprint import back_to, bp, focused, page_of
from app.improvements.queries import get_improvement
from app.improvements.tasks import actions
from app.improvements.tasks.actions import TaskDraft, TaskPlace
from app.improvements.tasks.forms import HandOverForm, TaskForm
from app.improvements.tasks.queries import first_task_of, open_everywhere, task_page
from app.models.improvements.words import TaskState

give_words(
    bp,
    task_words={
        TaskState.OPEN: _l("open"),
        TaskState.DONE: _l("done"),
        TaskState.DROPPED: _l("let go"),
    },
    task_ends={TaskState.DONE: _l("done on"), TaskState.DROPPED: _l("let go on")},
    task_looks={
        TaskState.OPEN: Look("warn", "circle-dashed"),
        TaskState.DONE: Look("good", "check"),
        TaskState.DROPPED: Look("neutral", "x"),
    },
)
TOLD = {
    TaskState.OPEN: _l("It is open again."),
    TaskState.DONE: _l("Done."),
    TaskState.DROPPED: _l("Let go; it can be opened again."),
}


@bp.get("/improvements/tasks")
@requires("read")
def tasks() -> Response:
    """Show what is open for one person, or for everybody."""
    me = current_operator_name()
    owner = request.args.get("owner", me).strip()
    return _everywhere(HandOverForm(data={"owner": owner}), owner)


def _everywhere(form: HandOverForm, owner: str) -> Response:
    with parts().database.read() as session:
        lines = open_everywhere(session, owner)
    return answer(
        "improvements/tasks/tasks.html",
        "body",
        lines=lines,
        owner=owner,
        whose=_whose(owner),
        form=form,
        today=parts().now().date(),
    )


def _whose(owner: str) -> list[tuple[str, str, None, bool]]:
    """Return the tabs: one's own tasks, everybody's, and those of whoever is looked at."""
    me = current_operator_name()
    names = {me: _("Mine"), "": _("Everybody’s")}
    names.setdefault(owner, owner)
    return [
        (url_for("improvements.tasks", owner=name), shown, None, name == owner)
        for name, shown in names.items()
    ]


@bp.post("/improvements/tasks/hand-over")
@requires("improve")
def tasks_hand_over() -> AnyResponse:
    """Give every open task of one person to another."""
    form = HandOverForm()
    return posted(
        form,
        lambda act: actions.hand_over(act, form.owner.data or "", form.to.data or ""),
        url_for("improvements.tasks", owner=""),
        lambda count: ngettext(
            "%(num)s task is handed over.", "%(num)s tasks are handed over.", count
        ),
    ) or _everywhere(form, "")


@bp.get("/improvements/<int:improvement_id>/next")
@requires("improve")
def improvement_next(improvement_id: int) -> AnyResponse:
    """Lead to the next step: the first task, or one to be said."""
    with parts().database.read() as session:
        get_improvement(session, improvement_id)
        first = first_task_of(session, improvement_id)
    told: dict[str, Any] = {name: request.args.get(name) for name in ("focus", "back")}
    if first is not None:
        return redirect(url_for("improvements.task", task_id=first.id, **told))
    return redirect(
        url_for("improvements.task_new", improvement_id=improvement_id, first=1, **told)
    )


@bp.route("/improvements/<int:improvement_id>/tasks/new", methods=["GET", "POST"])
@requires("improve")
def task_new(improvement_id: int) -> AnyResponse:
    """Say what is to be done for an improvement, because of a finding, or in a rung."""
    with parts().database.read() as session:
        one = get_improvement(session, improvement_id)
    first = "first" in request.args
    place = TaskPlace(
        request.args.get("finding", type=int), request.args.get("iteration", type=int)
    )
    back = _back(improvement_id, place)
    form = TaskForm(data={"owner": current_operator_name()})
    focused(form)
    title, hint = _("The next step"), _("Small enough to be done within 14 days.")
    if not first:
        title, hint = _("A task"), _("The first of the list is the next step.")
    return posted(
        form,
        lambda act: actions.add_task(
            act, improvement_id, _draft(form), place, first=first
        ),
        back_to(back),
        _("Noted; it stands in the list of tasks."),
    ) or answer(
        "improvements/plain_form.html",
        "form",
        form=form,
        one=one,
        back=back,
        title=title,
        hint=hint,
    )


@bp.route("/tasks/<int:task_id>", methods=["GET", "POST"])
@requires("improve")
def task(task_id: int) -> AnyResponse:
    """Show one task, and change it."""
    with parts().database.read() as session:
        page = task_page(session, task_id)
    form = TaskForm(obj=page.task)
    focused(form)
    return posted(
        form,
        lambda act: actions.change_task(act, task_id, _draft(form)),
        back_to(page_of(page.improvement.id, "tasks")),
        _("The task is changed."),
    ) or answer(
        "improvements/tasks/task.html",
        "form",
        form=form,
        page=page,
        today=parts().now().date(),
    )


@bp.post("/tasks/<int:task_id>/move")
@requires("improve")
def task_move(task_id: int) -> AnyResponse:
    """Say that a task is done, let go of it, or open it again."""
    asked = request.form.get("to", "")
    to = next((state for state in TaskState if state == asked), None)
    if to is None:
        raise NotFound(_("There is no such state."))
    with acting() as act:
        row = actions.move_task(act, task_id, to)
    opposite: dict[str, Any] = {"to": TaskState.OPEN.value}
    back = Undo(url_for("improvements.task_move", task_id=task_id), opposite)
    return done(
        page_of(row.improvement_id, "tasks"),
        str(TOLD[to]),
        undo=None if to is TaskState.OPEN else back,
    )


@bp.post("/tasks/<int:task_id>/earlier")
@requires("improve")
def task_earlier(task_id: int) -> AnyResponse:
    """Put a task one place up."""
    with acting() as act:
        row = actions.put_earlier(act, task_id)
    return done(page_of(row.improvement_id, "tasks"), _("It stands earlier now."))


def _draft(form: TaskForm) -> TaskDraft:
    return TaskDraft(form.what.data or "", form.owner.data or "", form.due.data)


def _back(improvement_id: int, place: TaskPlace) -> str:
    if place.finding_id:
        return url_for("improvements.finding", finding_id=place.finding_id)
    if place.iteration_id:
        return url_for("improvements.iteration", iteration_id=place.iteration_id)
    return page_of(improvement_id, "tasks")
