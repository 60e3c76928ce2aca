"""The page of evidence: choose a time, watch the pack being made, and take it away as one file."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from flask import (
    Blueprint,
    Response,
    after_this_request,
    request,
    send_file,
    url_for,
)
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as AnyResponse

from app.auth import requires
from app.auth.acting import acting, posted
from app.core.acting import Acting
from app.core.asked import AskedState
from app.core.asked_work import note_told
from app.core.changes import one
from app.core.condition import worker_away
from app.core.errors import NotFound
from app.core.htmx import answer, done
from app.core.parts import parts
from app.core.web.fields import Typed, day
from app.core.web.words import Look, give_words
from app.insight.evidence.actions import LEFT_OUT, TABLES
from app.insight.evidence.packs import pack_line, pack_lines
from app.insight.evidence.queries import EvidenceSpan
from app.insight.evidence.working import ask_pack, cancel_pack, pack_file
from app.models.insight import AskedPack

bp = Blueprint("evidence", __name__)
give_words(
    bp,
    pack_looks={
        AskedState.WAITING: Look("info", "clock", _l("waits for the worker")),
        AskedState.WORKING: Look("info", "hourglass", _l("being made")),
        AskedState.MADE: Look("ok", "circle-check", _l("ready")),
        AskedState.REFUSED: Look("bad", "triangle-alert", _l("could not be made")),
        AskedState.CANCELLED: Look("", "x", _l("cancelled")),
    },
)


class EvidenceForm(Typed):
    """The time an evidence pack is about."""

    since = day(_l("From"), _l("Empty: a year back."))
    until = day(
        _l("To"),
        _l("The whole day counts. Empty: until now."),
    )


@bp.route("/evidence", methods=["GET", "POST"])
@requires("audit")
def index() -> AnyResponse:
    """Show what an evidence pack holds and leaves out and which are ready, and ask for one."""
    sent = request.method == "POST"
    form = EvidenceForm() if sent else EvidenceForm(formdata=None)
    return posted(form, partial(_ask, form), _place, _told) or _show(form)


@bp.get("/evidence/packs/<int:pack_id>")
@requires("audit")
def pack(pack_id: int) -> Response:
    """Show how far a pack is, and let it be fetched once it is made."""
    with parts().database.read() as session:
        found = pack_line(session, pack_id)
    if not found.is_open:
        with acting() as act:
            note_told(act, AskedPack, pack_id)
    return answer(
        "insight/evidence/pack.html",
        "live",
        pack=found,
        most=len(TABLES),
        away=worker_away(parts()) if found.is_open else [],
    )


@bp.post("/evidence/packs/<int:pack_id>/cancel")
@requires("audit")
def pack_cancel(pack_id: int) -> AnyResponse:
    """Stop a pack that the worker makes; nothing of it is kept."""
    with acting() as act:
        cancel_pack(act, pack_id)
    return done(url_for("evidence.index"), _("The pack was cancelled."))


@bp.post("/evidence/packs/<int:pack_id>/anew")
@requires("audit")
def pack_anew(pack_id: int) -> AnyResponse:
    """Have a pack of the same time made once more, up to now where no end was said."""
    with acting() as act:
        old = one(act.session, AskedPack, pack_id)
        until = act.now if old.to_now else old.until
        span = EvidenceSpan(old.since, until)
        fresh = ask_pack(act, span, to_now=old.to_now, anew=True)
        place = _place(fresh)
    parts().ring()
    return done(place)


@bp.get("/evidence/packs/<int:pack_id>/file")
@requires("audit")
def pack_file_of(pack_id: int) -> Response:
    """Send the file of a pack that is ready."""
    with parts().database.read() as session:
        found = pack_line(session, pack_id)
    file = pack_file(parts().settings, pack_id)
    if not found.is_made or not file.is_file():
        raise NotFound(_("This pack is not here, or not any more: ask for it again."))
    name = f"evidence-{found.until:%Y-%m-%d}.zip"
    return send_file(file, "application/zip", as_attachment=True, download_name=name)


def _ask(form: EvidenceForm, act: Acting) -> AskedPack:
    asked = ask_pack(act, _span(form), to_now=form.until.data is None)
    after_this_request(_rung)
    return asked


def _rung(response: Response) -> Response:
    parts().ring()
    return response


def _place(asked: AskedPack) -> str:
    return url_for("evidence.pack", pack_id=asked.id)


def _told(asked: AskedPack) -> str:
    if asked.state is AskedState.MADE:
        return str(_("This time was asked for before: the pack is ready."))
    return ""


def _show(form: EvidenceForm) -> Response:
    status = 422 if form.errors else 200
    with parts().database.read() as session:
        packs = pack_lines(session)
    return answer(
        "insight/evidence/evidence.html",
        "body",
        form=form,
        packs=packs,
        left_out=LEFT_OUT,
        status=status,
    )


def _span(form: EvidenceForm) -> EvidenceSpan:
    zone, now = ZoneInfo(parts().settings.timezone), parts().now()
    first = form.since.data or (now - timedelta(days=365)).date()
    since = datetime.combine(first, time.min, zone).astimezone(UTC)
    if form.until.data is None:
        return EvidenceSpan(since, now)
    after = datetime.combine(
        form.until.data + timedelta(days=1),
        time.min,
        zone,
    )
    is_today = form.until.data == now.astimezone(zone).date()
    return EvidenceSpan(
        since,
        now if is_today else after.astimezone(UTC),
    )
