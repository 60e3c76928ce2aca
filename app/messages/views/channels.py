"""Channels: which there are, in which order they are tried, and whether they work."""

from __future__ import annotations

from flask import Response, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from app.auth import fresh, requires
from app.auth.acting import acting
from app.core.changes import one
from app.core.htmx import answer, done
from app.core.parts import parts
from app.core.web import blaming
from app.messages.actions import channels as actions
from app.messages.actions.channels import ChannelDraft
from app.messages.forms import ChannelForm, TryForm
from app.messages.queries.channels import channel_lines, line_of
from app.messages.views.blueprint import bp
from app.models.messages import Channel


@bp.get("/messages/channels")
@requires("policy")
def channels() -> Response:
    """List the channels in the order in which they are tried."""
    with parts().database.read() as session:
        lines = channel_lines(session)
    return answer("messages/channels.html", "list", lines=lines)


@bp.route("/messages/channels/new", methods=["GET", "POST"])
@requires("policy")
@fresh
def channel_new() -> AnyResponse:
    """Add a channel."""
    form = ChannelForm()
    if form.validate_on_submit():
        with blaming(form):
            draft, trust = _draft(form), parts().trust
            actions.demand_reachable(draft, trust)
            with acting() as act:
                made = actions.add_channel(act, draft, trust)
            return done(
                url_for("messages.channel", channel_id=made.id),
                _("The channel is there. Try it on yourself."),
            )
    return answer("messages/channel_form.html", "form", form=form, line=None)


@bp.get("/messages/channels/<int:channel_id>")
@requires("policy")
def channel(channel_id: int) -> Response:
    """Show one channel, and try it on oneself."""
    return _show(channel_id, TryForm(formdata=None))


@bp.route("/messages/channels/<int:channel_id>/edit", methods=["GET", "POST"])
@requires("policy")
@fresh
def channel_edit(channel_id: int) -> AnyResponse:
    """Change a channel; an address that is not shown is kept when nothing is typed."""
    with parts().database.read() as session:
        line = line_of(one(session, Channel, channel_id))
    kept = line.where if line.kept_elsewhere else ""
    form = ChannelForm(
        data={
            "name": line.name,
            "kind": line.kind,
            "url": kept,
            "enabled": line.enabled,
        }
    )
    if form.validate_on_submit():
        with blaming(form):
            _change(channel_id, _draft(form))
            return done(url_for("messages.channels"), _("The channel is changed."))
    return answer("messages/channel_form.html", "form", form=form, line=line)


def _change(channel_id: int, draft: ChannelDraft) -> None:
    trust = parts().trust
    actions.demand_reachable(draft, trust)
    with acting() as act:
        actions.change_channel(act, channel_id, draft, trust)


@bp.post("/messages/channels/<int:channel_id>/up")
@requires("policy")
@fresh
def channel_up(channel_id: int) -> AnyResponse:
    """Try a channel before the one that stands above it."""
    with acting() as act:
        actions.move_up(act, channel_id)
    return done(url_for("messages.channels"), _("It is tried earlier now."))


@bp.post("/messages/channels/<int:channel_id>/test")
@requires("policy")
@fresh
def channel_test(channel_id: int) -> AnyResponse:
    """Send a test to oneself; its page shows how it ends."""
    form = TryForm()
    if form.validate_on_submit():
        with blaming(form):
            where = form.address.data or ""
            with acting() as act:
                sent = actions.try_on_oneself(act, channel_id, mail=where, mobile=where)
            parts().ring()
            return done(
                url_for("messages.message", message_id=sent.id),
                _("The test is on its way."),
            )
    return _show(channel_id, form)


def _show(channel_id: int, form: TryForm) -> Response:
    with parts().database.read() as session:
        line = line_of(one(session, Channel, channel_id))
    return answer("messages/channel.html", "body", form=form, line=line)


def _draft(form: ChannelForm) -> ChannelDraft:
    return ChannelDraft(
        form.name.data, form.kind.data, form.url.data or "", enabled=form.enabled.data
    )
