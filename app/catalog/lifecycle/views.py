"""Publish a service, take it back, retire, merge, split it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Response, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from app.auth import requires
from app.auth.acting import acting, posted
from app.catalog.blueprint import bp, page_of
from app.catalog.lifecycle import actions
from app.catalog.lifecycle.forms import RetireForm, ServiceMergeForm, SplitForm
from app.catalog.services.actions import publish, unpublish
from app.catalog.sheet.queries import service_page
from app.core.htmx import Undo, answer, done
from app.core.parts import parts


@bp.post("/services/<int:service_id>/publish")
@requires("catalog")
def service_publish(service_id: int) -> AnyResponse:
    """Offer a service to customers."""
    with acting() as act:
        publish(act, service_id)
    undo = Undo(url_for("catalog.service_unpublish", service_id=service_id))
    return done(
        page_of(service_id),
        _("Published. Customers see it on the public page."),
        undo=undo,
    )


@bp.post("/services/<int:service_id>/unpublish")
@requires("catalog")
def service_unpublish(service_id: int) -> AnyResponse:
    """Take a service back from customers."""
    with acting() as act:
        unpublish(act, service_id)
    undo = Undo(url_for("catalog.service_publish", service_id=service_id))
    return done(
        page_of(service_id),
        _("It is a draft again; customers do not see it."),
        undo=undo,
    )


@bp.post("/services/<int:service_id>/bring-back")
@requires("catalog")
def service_bring_back(service_id: int) -> AnyResponse:
    """Make a retired service a draft again."""
    with acting() as act:
        actions.bring_back(act, service_id)
    return done(page_of(service_id), _("It is back, as a draft."))


@bp.route("/services/<int:service_id>/retire", methods=["GET", "POST"])
@requires("catalog")
def service_retire(service_id: int) -> AnyResponse:
    """End a service with a reason."""
    form = RetireForm()
    return posted(
        form,
        lambda act: actions.retire(
            act,
            service_id,
            form.reason.data,
            form.successor_id.data,
        ),
        page_of(service_id),
        _("Retired. Incidents and articles keep their reference to it."),
    ) or _ask(service_id, "retire", form)


@bp.route("/services/<int:service_id>/merge", methods=["GET", "POST"])
@requires("catalog")
def service_merge(service_id: int) -> AnyResponse:
    """Make a service part of another one."""
    form = ServiceMergeForm()
    return posted(
        form,
        lambda act: actions.merge(
            act,
            service_id,
            form.successor_id.data or 0,
            form.reason.data,
        ),
        lambda into: page_of(into.id),
        _("Merged. Parts, rights and facts came along."),
    ) or _ask(service_id, "merge", form)


@bp.route("/services/<int:service_id>/split", methods=["GET", "POST"])
@requires("catalog")
def service_split(service_id: int) -> AnyResponse:
    """Make several services of one."""
    form = SplitForm()
    return posted(
        form,
        lambda act: actions.split(
            act,
            service_id,
            (form.names.data or "").splitlines(),
            form.reason.data,
            form.keep.data,
        ),
        page_of(service_id),
        _("Split. The new ones are drafts with its owner."),
    ) or _ask(service_id, "split", form)


@dataclass(frozen=True)
class EndWords:
    """What the page that ends a service says of one way to do so."""

    title: str
    sentence: str
    button: str


def _words_of(what: str, name: str) -> EndWords:
    if what == "retire":
        return EndWords(
            _("Retire %(name)s", name=name),
            _(
                "It is no longer offered. Its page stays, with the reason and what takes its place."
            ),
            _("Retire it"),
        )
    if what == "merge":
        return EndWords(
            _("Merge %(name)s into another", name=name),
            _(
                "Its parts, rights and facts go to the other one; what is built on it is built on "
                "the other one. It is retired."
            ),
            _("Merge them"),
        )
    return EndWords(
        _("Split %(name)s", name=name),
        _(
            "The new ones begin as drafts with its owner, team, parts and facts; the first one "
            "gets its rights."
        ),
        _("Split it"),
    )


def _ask(service_id: int, what: str, form: Any) -> Response:
    with parts().database.read() as session:
        page = service_page(session, service_id)
    return answer(
        "catalog/lifecycle/end.html",
        "form",
        page=page,
        one=page.one,
        what=what,
        words=_words_of(what, page.one.name),
        form=form,
    )
