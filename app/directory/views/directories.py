"""Connect directories, see how they stand, check them, forget them."""

from __future__ import annotations

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as AnyResponse

from app.auth import current_operator_name, fresh, requires
from app.auth.acting import acting
from app.core.changes import one
from app.core.htmx import answer, done, wants_fragment
from app.core.parts import parts
from app.core.said import nsaid, said, spoken
from app.core.web import blaming
from app.core.web.words import give_words
from app.directory import actions, queries
from app.directory.forms import DirectoryForm, FileDirectoryForm
from app.directory.rules import DirectoryValues, asked_again
from app.directory.views.blueprint import bp
from app.directory.views.words import outcome, standing
from app.models.directory import Directory

give_words(
    bp,
    count_words={
        "people": _l("People"),
        "groups": _l("Groups"),
        "grants": _l("Direct grants"),
    },
    phase_words={
        "people": _l("Reading people"),
        "groups": _l("Reading groups"),
        "connecting": _l("Connecting"),
    },
    level_words={"ok": _l("fine"), "warning": _l("mind"), "problem": _l("problem")},
)


@bp.get("/directory")
@requires("read")
def index() -> Response:
    """List the directories, or offer the ways to begin."""
    with parts().database.read() as session:
        lines = queries.directory_lines(session)
    return answer("directory/index.html", "list", lines=lines)


@bp.route("/directory/new", methods=["GET", "POST"])
@requires("directory")
@fresh
def new() -> AnyResponse:
    """Connect a directory."""
    form = DirectoryForm()
    if form.validate_on_submit():
        values, trust = form.values(), parts().trust
        with parts().database.read() as session:
            form.blame(actions.all_problems(session, values, trust))
        if not form.errors:
            with blaming(form):
                return _connected(values)
    return answer("directory/form.html", "form", form=form, directory=None)


def _connected(values: DirectoryValues) -> AnyResponse:
    with acting() as act:
        added = actions.add_directory(act, values, parts().trust)
    sentence = _("%(name)s is connected. Check it, then read it.", name=added.name)
    return done(url_for("directory.show", directory_id=added.id), sentence)


@bp.route("/directory/<int:directory_id>/edit", methods=["GET", "POST"])
@requires("directory")
@fresh
def edit(directory_id: int) -> AnyResponse:
    """Change how a directory is reached."""
    with parts().database.read() as session:
        directory = one(session, Directory, directory_id)
    known, kind = (
        queries.values_of(directory),
        DirectoryForm if directory.url else FileDirectoryForm,
    )
    form = kind.of(known)
    if form.validate_on_submit():
        values, again = asked_again(known, form.values(known))
        with parts().database.read() as session:
            from_file = not directory.url
            problems = actions.all_problems(
                session, values, parts().trust, directory, from_file=from_file
            )
        form.blame({**problems, **again})
        if not form.errors:
            with blaming(form):
                return _edited(directory_id, values)
    return answer("directory/form.html", "form", form=form, directory=directory)


def _edited(directory_id: int, values: DirectoryValues) -> AnyResponse:
    with acting() as act:
        actions.edit_directory(act, directory_id, values, parts().trust)
    sentence = _("The settings of %(name)s are saved.", name=values.name)
    return done(url_for("directory.show", directory_id=directory_id), sentence)


@bp.post("/directory/<int:directory_id>/placeholder")
@requires("directory")
def placeholder(directory_id: int) -> AnyResponse:
    """Count a value as a placeholder from now on."""
    value = request.form.get("value", "")
    with acting() as act:
        actions.add_placeholder(act, directory_id, value)
    sentence = _("%(value)s counts as a placeholder now.", value=value)
    return done(url_for("directory.show", directory_id=directory_id), sentence)


@bp.post("/directory/demo")
@requires("directory")
def demo() -> AnyResponse:
    """Connect the built-in demo directory and read it."""
    with acting() as act:
        directory = actions.connect_demo(act)
        actions.ask_reading(act, directory.id)
    parts().ring()
    return done(
        url_for("directory.show", directory_id=directory.id),
        _("The demo directory is being read."),
    )


@bp.get("/directory/<int:directory_id>")
@requires("read")
def show(directory_id: int) -> AnyResponse:
    """Show how a directory stands.

    Asked again while it is being read; the last answer loads the page anew.
    """
    with parts().database.read() as session:
        line = queries.directory_line(session, directory_id)
        row = one(session, Directory, directory_id)
        readings = queries.readings_of(session, directory_id)
        suspects = queries.suspects(session, directory_id)
        repair, repairable = (
            queries.last_repair(session, directory_id),
            queries.offers_repair(row),
        )
    if wants_fragment() and line.current is None:
        return done(request.path, outcome(readings[0]) if readings else "")
    return answer(
        "directory/show.html",
        "progress",
        line=line,
        directory=queries.values_of(row),
        readings=readings,
        findings=queries.findings_by_level(row),
        warnings=queries.warnings_of(row),
        sentence=standing(line),
        suspects=suspects,
        repair=repair,
        repairable=repairable,
    )


@bp.post("/directory/<int:directory_id>/check")
@requires("directory")
@fresh
def check(directory_id: int) -> AnyResponse:
    """Test a directory with both accounts, now."""
    report = actions.check_directory(parts(), directory_id, by=current_operator_name())
    problems = sum(finding.level == "problem" for finding in report.findings)
    told = (
        nsaid("%(number)s problem", "%(number)s problems", problems)
        if problems
        else said("nothing stands in the way of reading")
    )
    if actions.is_out_of_reach(report):
        told = said("the directory could not be reached")
    return done(
        url_for("directory.show", directory_id=directory_id),
        spoken(said("Checked: %(told)s.", told=told)),
    )


@bp.post("/directory/<int:directory_id>/remove")
@requires("directory")
@fresh
def remove(directory_id: int) -> AnyResponse:
    """Forget a directory and what was read from it."""
    with acting() as act:
        name = one(act.session, Directory, directory_id).name
        actions.forget_directory(act, directory_id)
    return done(
        url_for("directory.index"),
        _("%(name)s was removed from Rung; it was not touched itself.", name=name),
    )
