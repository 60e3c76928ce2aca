"""Read a directory or a file, watch it, and see what changed."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Response, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from app.auth import current_operator_name, requires
from app.auth.acting import acting
from app.core.changes import one
from app.core.htmx import answer, done
from app.core.parts import parts
from app.core.web import asked_page, blaming, csv_answer
from app.core.web.lists import ListFilter, Listing, listed, remembered, with_any
from app.directory import actions, queries
from app.directory.forms import LdifForm
from app.directory.views.blueprint import bp
from app.directory.views.words import found_and_changed, outcome
from app.models.directory import Directory


@bp.post("/directory/<int:directory_id>/read")
@requires("directory")
def read(directory_id: int) -> AnyResponse:
    """Have the worker read a directory."""
    forced, full = "accept" in request.form, "full" in request.form
    with acting() as act:
        actions.ask_reading(act, directory_id, forced=forced, full=full)
    parts().ring()
    return done(url_for("directory.show", directory_id=directory_id))


@bp.post("/directory/<int:directory_id>/readings/<int:reading_id>/stop")
@requires("directory")
def stop(directory_id: int, reading_id: int) -> AnyResponse:
    """Stop a reading that waits or runs; what was read before stays."""
    with acting() as act:
        queries.reading_line(act.session, directory_id, reading_id)
        actions.stop_reading(act, reading_id)
    return done(
        url_for("directory.show", directory_id=directory_id),
        _("The reading is stopped; what was read before stays."),
    )


@bp.route("/directory/ldif", methods=["GET", "POST"])
@requires("directory")
def ldif() -> AnyResponse:
    """Read an LDIF file that the browser sends."""
    form = LdifForm(name=request.args.get("name", ""))
    if form.validate_on_submit():
        with blaming(form):
            read = _read_sent(form)
            return done(
                url_for("directory.show", directory_id=read.directory_id), outcome(read)
            )
    return answer("directory/ldif.html", "form", form=form)


@bp.get("/directory/<int:directory_id>/readings/<int:reading_id>")
@requires("read")
@remembered
def reading(directory_id: int, reading_id: int) -> Response:
    """Show what a reading found changed."""
    wanted, page = _asked_filter(), asked_page()
    with parts().database.read() as session:
        line = queries.reading_line(session, directory_id, reading_id)
        name = one(session, Directory, directory_id).name
        page = page.of(queries.count_changes(session, reading_id, wanted))
        changes = queries.changes_page(
            session, reading_id, wanted, page.offset, page.size
        )
        kinds = queries.kinds_of(session, reading_id)
    options = [(kind, f"{label} ({count})") for kind, label, count in kinds]
    filters = [
        ListFilter("q", _("Words"), wanted.q),
        ListFilter("kind", _("Kind"), wanted.kind, with_any(options, _("all kinds"))),
    ]
    return listed(
        "directory/reading.html",
        Listing("changes", filters, page),
        reading=line,
        name=name,
        sentence=found_and_changed(line),
        changes=changes,
    )


@bp.get("/directory/<int:directory_id>/readings/<int:reading_id>/export")
@requires("read")
def reading_export(directory_id: int, reading_id: int) -> Response:
    """Return the same changes as CSV."""
    with parts().database.read() as session:
        queries.reading_line(session, directory_id, reading_id)
        changes = queries.changes_page(session, reading_id, _asked_filter())
    rows = ((change.at.isoformat(), change.label, change.text) for change in changes)
    return csv_answer(f"reading-{reading_id}.csv", ("seen at", "kind", "change"), rows)


def _asked_filter() -> queries.ChangeFilter:
    return queries.ChangeFilter(
        request.args.get("q", "").strip()[:200], request.args.get("kind", "")
    )


def _read_sent(form: LdifForm) -> queries.ReadingLine:
    sent = form.file.data
    shown = Path(sent.filename or "export.ldif").name
    with TemporaryDirectory(prefix="rung-ldif-") as folder:
        kept = Path(folder) / "sent.ldif"
        sent.save(kept)
        name = (form.name.data or "").strip() or Path(shown).stem
        by, forced = current_operator_name(), form.accept.data
        reading = actions.read_ldif(
            parts(),
            actions.DirectoryValues(name[:60]),
            kept,
            by=by,
            shown_as=shown,
            forced=forced,
        )
    with parts().database.read() as session:
        return queries.reading_line(session, reading.directory_id, reading.id)
