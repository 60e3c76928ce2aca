"""Sites and teams: where people work and who works together."""

from __future__ import annotations

from typing import Any

from flask import Response, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from app.auth import current_operator_name, requires
from app.errors import NotFound
from app.htmx import answer, done
from app.improvements.forms.others import SiteForm, TeamForm
from app.improvements.views.blueprint import bp
from app.parts import parts
from app.people import actions
from app.people.actions import SiteDraft, TeamDraft, all_sites, all_teams
from app.people.models import Site, Team
from app.web import blaming, choices


@bp.get("/places")
@requires("read")
def places() -> Response:
    """List sites and teams."""
    with parts().database.read() as session:
        sites, teams = all_sites(session), all_teams(session)
    names = {site.id: site.name for site in sites}
    return answer("improvements/places.html", "body", sites=sites, teams=teams, names=names)


@bp.route("/sites/new", methods=["GET", "POST"])
@requires("improve")
def site_new() -> AnyResponse:
    """Add a site."""
    form = SiteForm(data={"weight": 1, "timezone": parts().settings.timezone})
    return _edited(form, _("Add a site"), lambda session, **how: actions.add_site(session, _site(form), **how))


@bp.route("/sites/<int:site_id>", methods=["GET", "POST"])
@requires("improve")
def site(site_id: int) -> AnyResponse:
    """Change a site."""
    row = _found(Site, site_id)
    form = SiteForm(obj=row)
    retire = url_for("improvements.site_retire", site_id=site_id)
    return _edited(
        form, row.name, lambda session, **how: actions.change_site(session, site_id, _site(form), **how), retire
    )  # fmt: skip


@bp.post("/sites/<int:site_id>/retire")
@requires("improve")
def site_retire(site_id: int) -> AnyResponse:
    """Take a site out of use."""
    return _retired(Site, site_id)


@bp.route("/teams/new", methods=["GET", "POST"])
@requires("improve")
def team_new() -> AnyResponse:
    """Add a team."""
    form = _with_sites(TeamForm())
    return _edited(
        form, _("Add a team"), lambda session, **how: actions.add_team(session, TeamDraft(**form.values()), **how)
    )  # fmt: skip


@bp.route("/teams/<int:team_id>", methods=["GET", "POST"])
@requires("improve")
def team(team_id: int) -> AnyResponse:
    """Change a team."""
    row = _found(Team, team_id)
    form = _with_sites(TeamForm(obj=row))
    retire = url_for("improvements.team_retire", team_id=team_id)
    return _edited(
        form, row.name,
        lambda session, **how: actions.change_team(session, team_id, TeamDraft(**form.values()), **how), retire,
    )  # fmt: skip


@bp.post("/teams/<int:team_id>/retire")
@requires("improve")
def team_retire(team_id: int) -> AnyResponse:
    """Take a team out of use."""
    return _retired(Team, team_id)


def _edited(form: Any, title: str, save: Any, retire: str = "") -> AnyResponse:
    if form.validate_on_submit():
        with blaming(form):
            with parts().database.write() as session:
                save(session, by=current_operator_name(), now=parts().now())
            return done(url_for("improvements.places"), _("Saved."))
    return answer("improvements/place.html", "form", form=form, title=title, retire=retire)


def _retired(kind: Any, number: int) -> AnyResponse:
    with parts().database.write() as session:
        row = session.get(kind, number)
        if row is None:
            raise NotFound(_("There is no such place."))
        actions.retire(session, row, by=current_operator_name(), now=parts().now())
    return done(url_for("improvements.places"), _("%(name)s is out of use.", name=row.name))


def _found(kind: Any, number: int) -> Any:
    with parts().database.read() as session:
        row = session.get(kind, number)
    if row is None:
        raise NotFound(_("There is no such place."))
    return row


def _site(form: SiteForm) -> SiteDraft:
    values = form.values()
    return SiteDraft(**{**values, "weight": values["weight"] or 0, "timezone": values["timezone"] or "UTC"})


def _with_sites(form: TeamForm) -> TeamForm:
    with parts().database.read() as session:
        sites = [(str(site.id), site.name) for site in all_sites(session)]
    form.site_id.choices = choices([("", _("none")), *sites])
    return form
