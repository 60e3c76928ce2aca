"""Sites and teams: where people work and who works together."""

from __future__ import annotations

from typing import Any

from flask import Response, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as AnyResponse

from app.auth import requires
from app.auth.acting import acting, posted
from app.auth.queries import all_operators
from app.core.acting import Acting
from app.core.changes import one
from app.core.errors import NotFound
from app.core.htmx import answer, done
from app.core.parts import parts
from app.core.web import blaming, choices
from app.core.web.tables import sent_table
from app.models.people import Site, Team
from app.people import actions
from app.people.actions import SiteDraft, TeamDraft, all_sites, all_teams, members_of
from app.people.forms import SiteForm, TeamForm, WeightsForm
from app.people.views.blueprint import bp


@bp.get("/places")
@requires("read")
def places() -> Response:
    """List sites and teams."""
    with parts().database.read() as session:
        sites, teams = all_sites(session), all_teams(session)
        members = {
            team: [name for _id, name in found]
            for team, found in members_of(session).items()
        }
    names = {site.id: site.name for site in sites}
    return answer(
        "people/places.html",
        "body",
        sites=sites,
        teams=teams,
        names=names,
        members=members,
    )


@bp.route("/sites/weights", methods=["GET", "POST"])
@requires("improve")
def site_weights() -> AnyResponse:
    """Set the business weights of many sites at once, pasted or from a file."""
    form = WeightsForm()
    if form.validate_on_submit():
        with blaming(form):
            text = sent_table().text
            with acting() as act:
                changed = actions.set_weights(act, text)
            return done(
                url_for("people.places"),
                ngettext(
                    "%(num)s weight changed.", "%(num)s weights changed.", changed
                ),
            )
    return answer("people/weights.html", "form", form=form)


@bp.route("/sites/new", methods=["GET", "POST"])
@requires("improve")
def site_new() -> AnyResponse:
    """Add a site."""
    form = SiteForm(data={"weight": 1, "timezone": parts().settings.timezone})
    return _edited(
        form, _("Add a site"), lambda act: actions.add_site(act, _site(form))
    )


@bp.route("/sites/<int:site_id>", methods=["GET", "POST"])
@requires("improve")
def site(site_id: int) -> AnyResponse:
    """Change a site."""
    row = _found(Site, site_id)
    form = SiteForm(obj=row)
    retire = url_for("people.site_retire", site_id=site_id)
    return _edited(
        form,
        row.name,
        lambda act: actions.change_site(act, site_id, _site(form)),
        retire,
    )


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
    return _edited(form, _("Add a team"), lambda act: _save_team(act, form, None))


@bp.route("/teams/<int:team_id>", methods=["GET", "POST"])
@requires("improve")
def team(team_id: int) -> AnyResponse:
    """Change a team."""
    row = _found(Team, team_id)
    with parts().database.read() as session:
        members = [number for number, _name in members_of(session).get(team_id, ())]
    form = _with_sites(TeamForm(obj=row, members=members))
    retire = url_for("people.team_retire", team_id=team_id)
    return _edited(form, row.name, lambda act: _save_team(act, form, team_id), retire)


@bp.post("/teams/<int:team_id>/retire")
@requires("improve")
def team_retire(team_id: int) -> AnyResponse:
    """Take a team out of use."""
    return _retired(Team, team_id)


def _edited(form: Any, title: str, save: Any, retire: str = "") -> AnyResponse:
    return posted(
        form, lambda act: save(act), url_for("people.places"), _("Saved.")
    ) or answer("people/place.html", "form", form=form, title=title, retire=retire)


def _retired(kind: Any, number: int) -> AnyResponse:
    with acting() as act:
        row = one(act.session, kind, number)
        actions.retire(act, row)
    return done(url_for("people.places"), _("%(name)s is out of use.", name=row.name))


def _found(kind: Any, number: int) -> Any:
    with parts().database.read() as session:
        row = session.get(kind, number)
    if row is None:
        raise NotFound(_("There is no such place."))
    return row


def _site(form: SiteForm) -> SiteDraft:
    values = form.values()
    return SiteDraft(
        **{
            **values,
            "weight": values["weight"] or 0,
            "timezone": values["timezone"] or "UTC",
        }
    )


def _save_team(act: Acting, form: TeamForm, team_id: int | None) -> None:
    values = form.values()
    members, draft = values.pop("members"), TeamDraft(**values)
    saved = (
        actions.change_team(act, team_id, draft)
        if team_id
        else actions.add_team(act, draft)
    )
    actions.set_members(act, saved.id, members)


def _with_sites(form: TeamForm) -> TeamForm:
    with parts().database.read() as session:
        operators = [
            (line.id, line.name)
            for line in all_operators(session)
            if line.disabled_at is None
        ]
    form.members.choices = choices((str(number), name) for number, name in operators)
    return form
