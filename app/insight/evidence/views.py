"""The page of evidence: choose a time, and take the sealed files away as one ZIP file."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, send_file
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as AnyResponse

from app.auth import current_operator_name, requires
from app.core.htmx import answer
from app.core.parts import parts
from app.core.web import blaming
from app.core.web.fields import Typed, day
from app.insight.evidence.actions import LEFT_OUT, make_pack
from app.insight.evidence.queries import EvidenceSpan

bp = Blueprint("evidence", __name__)


class EvidenceForm(Typed):
    """The time an evidence pack is about."""

    since = day(_l("From"), _l("Empty: a year back."))
    until = day(
        _l("To"),
        _l("The whole day counts. Empty: until now."),
    )


@bp.get("/evidence")
@requires("audit")
def index() -> Response:
    """Show what an evidence pack holds and leaves out."""
    return _show(EvidenceForm(formdata=None))


@bp.post("/evidence")
@requires("audit")
def make() -> AnyResponse:
    """Put an evidence pack together and send it."""
    form = EvidenceForm()
    if form.validate_on_submit():
        with blaming(form):
            return _packed(_span(form))
    return _show(form)


def _show(form: EvidenceForm) -> Response:
    status = 422 if form.errors else 200
    return answer(
        "insight/evidence/evidence.html",
        "body",
        form=form,
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


def _packed(span: EvidenceSpan) -> Response:
    name = f"evidence-{parts().now():%Y-%m-%d}"
    with TemporaryDirectory(prefix="rung-evidence-") as place:
        folder = Path(place) / name
        make_pack(
            parts(),
            span,
            folder,
            by=current_operator_name(),
        )
        packed = shutil.make_archive(
            str(folder),
            "zip",
            place,
            name,
        )
        file = TemporaryFile()  # noqa: SIM115 (sent, and closed with the answer)
        with open(packed, "rb") as made:  # noqa: PTH123 (a plain copy)
            shutil.copyfileobj(made, file)
    file.seek(0)
    return send_file(
        file, "application/zip", as_attachment=True, download_name=f"{name}.zip"
    )
