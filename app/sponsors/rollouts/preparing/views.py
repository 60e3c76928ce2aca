"""What is prepared of a roll-out: the desk, calls, hours, what has to be there, its end."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from app.auth import requires
from app.auth.acting import acting, posted
from app.core.changes import one
from app.core.errors import NotFound
from app.core.htmx import done
from app.core.parts import parts
from app.core.said import said
from app.models.sponsors.rollout import RolloutItem
from app.models.sponsors.words import RolloutItemKind, RolloutState
from app.sponsors.blueprint import bp
from app.sponsors.rollouts import actions
from app.sponsors.rollouts.forms import (
    ArticleDoneForm,
    CloseRolloutForm,
    ExpectedCallsForm,
    RolloutHoursForm,
    RolloutItemForm,
    SeatForm,
)
from app.sponsors.rollouts.views import address, form_page, page_of


@bp.route(
    "/roll-outs/<int:rollout_id>/desk",
    methods=["GET", "POST"],
)
@requires(
    "improve",
    "desk",
)
def rollout_desk(rollout_id: int) -> AnyResponse:
    """Say who of the desk sits at the table, and how they were prepared."""
    form = SeatForm(obj=page_of(rollout_id).one)
    return posted(
        form,
        lambda act: actions.seat_desk(act, rollout_id, form.values()),
        address(rollout_id),
        _("Changed."),
    ) or form_page(form, rollout_id, _("The desk at the table"))


@bp.route(
    "/roll-outs/<int:rollout_id>/hours",
    methods=["GET", "POST"],
)
@requires(
    "improve",
    "desk",
)
def rollout_hours(rollout_id: int) -> AnyResponse:
    """Say how many hours there are, and what is decided where they are short."""
    form = RolloutHoursForm(obj=page_of(rollout_id).one)
    return posted(
        form,
        lambda act: actions.plan_hours(act, rollout_id, form.values()),
        address(rollout_id),
        _("Changed."),
    ) or form_page(form, rollout_id, _("Hours for it"))


@bp.route(
    "/roll-outs/<int:rollout_id>/calls",
    methods=["GET", "POST"],
)
@requires("improve")
def rollout_calls(rollout_id: int) -> AnyResponse:
    """Add one type of call that is expected."""
    row = page_of(rollout_id).one
    form = ExpectedCallsForm(data={"users": row.users, "decay": 50, "minutes": 10})
    return posted(
        form,
        lambda act: actions.expect_calls(act, rollout_id, form.values()),
        address(rollout_id),
        _("Written down."),
    ) or form_page(
        form,
        rollout_id,
        _("Calls that are expected"),
        _("Users × calls per user, fewer each week."),
    )


@bp.post("/roll-outs/calls/<int:calls_id>/drop")
@requires("improve")
def rollout_calls_drop(calls_id: int) -> AnyResponse:
    """Take a type of call off the list again."""
    with acting() as act:
        number = actions.drop_calls(
            act,
            calls_id,
        ).id
    return done(address(number), _("Taken off the list."))


@bp.route(
    "/roll-outs/<int:rollout_id>/items",
    methods=["GET", "POST"],
)
@requires(
    "improve",
    "desk",
)
def rollout_items(rollout_id: int) -> AnyResponse:
    """Add what has to be there: a deed, a volunteer, a report, an article."""
    page_of(rollout_id)
    form = RolloutItemForm()
    return posted(
        form,
        lambda act: actions.ask_for(act, rollout_id, form.values()),
        address(rollout_id),
        _("Written down."),
    ) or form_page(form, rollout_id, _("What has to be there"))


@bp.post("/roll-outs/items/<int:item_id>/done")
@requires(
    "improve",
    "desk",
)
def rollout_item_done(item_id: int) -> AnyResponse:
    """Say that something is there, or that it is not after all."""
    with parts().database.read() as session:
        item = one(
            session,
            RolloutItem,
            item_id,
        )
    if item.kind is RolloutItemKind.ARTICLE and not item.done_on:
        return done(
            url_for(
                "sponsors.rollout_article",
                item_id=item_id,
            )
        )
    with acting() as act:
        number = actions.finish_item(
            act,
            item_id,
        ).id
    return done(address(number), _("Changed."))


@bp.route(
    "/roll-outs/items/<int:item_id>/article",
    methods=["GET", "POST"],
)
@requires(
    "improve",
    "desk",
)
def rollout_article(item_id: int) -> AnyResponse:
    """Say which article came of having it in hand."""
    with parts().database.read() as session:
        item = one(
            session,
            RolloutItem,
            item_id,
        )
    form = ArticleDoneForm()
    return posted(
        form,
        lambda act: actions.finish_item(
            act,
            item_id,
            form.values()["article_id"],
        ),
        address(item.rollout_id),
        _("Changed."),
    ) or form_page(
        form,
        item.rollout_id,
        item.text,
    )


@bp.post("/roll-outs/items/<int:item_id>/drop")
@requires(
    "improve",
    "desk",
)
def rollout_item_drop(item_id: int) -> AnyResponse:
    """Take something off the list again."""
    with acting() as act:
        number = actions.drop_item(
            act,
            item_id,
        ).id
    return done(address(number), _("Taken off the list."))


@bp.post("/roll-outs/<int:rollout_id>/move/<string:to>")
@requires("improve")
def rollout_move(rollout_id: int, to: str) -> AnyResponse:
    """Go one step on, or back."""
    if to not in list(RolloutState):
        raise NotFound(said("There is no such step."))
    with acting() as act:
        actions.move_rollout(act, rollout_id, RolloutState(to))
    return done(address(rollout_id), _("Changed."))


@bp.route(
    "/roll-outs/<int:rollout_id>/close",
    methods=["GET", "POST"],
)
@requires("improve")
def rollout_close(rollout_id: int) -> AnyResponse:
    """Close it when customers have it, or say why not all."""
    row = page_of(rollout_id).one
    form = CloseRolloutForm(obj=row)
    return posted(
        form,
        lambda act: actions.close_rollout(
            act,
            rollout_id,
            **form.values(),
        ),
        address(rollout_id),
        _("Closed. What came serves the next one."),
    ) or form_page(
        form, rollout_id, _("Close it"), _("Not closed until customers have it.")
    )
