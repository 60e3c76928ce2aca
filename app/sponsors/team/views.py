"""The team page: for who signs in, and for everybody once it is opened."""

from __future__ import annotations

from flask import Response, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from app.auth import public, requires
from app.auth.acting import posted
from app.core.htmx import answer
from app.core.parts import parts
from app.sponsors.blueprint import bp
from app.sponsors.team.actions import TeamPageDraft, write_team
from app.sponsors.team.forms import TeamPageForm
from app.sponsors.team.queries import shown_inside, shown_to_all, the_team

PAGE = "sponsors/team/team.html"


@bp.get("/team")
@requires("read")
def team() -> Response:
    """Show who we are, what IT is for, and how we are reached."""
    with parts().database.read() as session:
        page = the_team(session)
        shown, is_open = shown_inside(page), bool(page and page.open)
    return answer(PAGE, "body", shown=shown, is_open=is_open, inside=True)


@bp.get("/open/team")
@public
def open_team() -> Response:
    """Show everybody the same, once it was opened."""
    with parts().database.read() as session:
        shown = shown_to_all(the_team(session))
    return answer(PAGE, "body", shown=shown, is_open=True, inside=False)


@bp.route("/team/edit", methods=["GET", "POST"])
@requires("improve")
def team_edit() -> AnyResponse:
    """Write the page, and say whether everybody may read it."""
    with parts().database.read() as session:
        page = the_team(session)
    form = TeamPageForm(obj=page)
    back = url_for("sponsors.team")
    return posted(
        form,
        lambda act: write_team(act, TeamPageDraft(**form.values()), form.began_at),
        back,
        _("Written."),
    ) or answer("sponsors/team/edit.html", "form", form=form, back=back)
