"""Mass incidents: declare one, where it is felt, which reports belong to it, and the wave of
contacts.
"""

from __future__ import annotations

from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from app.auth import requires
from app.auth.acting import acting, posted
from app.core.acting import Acting
from app.core.changes import one
from app.core.charts import figure
from app.core.htmx import Undo, answer, done
from app.core.parts import parts
from app.core.web import choices, csv_answer
from app.incidents.blueprint import bp, page_of
from app.incidents.mass import actions
from app.incidents.mass.forms import MassForm, MassReasonForm
from app.incidents.mass.queries import (
    similar_open,
    watch,
    wave_chart,
    wave_meter,
)
from app.incidents.queries import children_of, site_choices, site_names, usual_sites
from app.models.incidents.incident import Incident


@bp.route("/desk/<int:incident_id>/mass", methods=["GET", "POST"])
@requires("desk")
def mass(incident_id: int) -> AnyResponse:
    """Declare a mass incident, or change where it is felt and what belongs to it."""
    form = _form(incident_id)
    return posted(
        form,
        lambda act: _save(act, incident_id, form),
        url_for("incidents.mass", incident_id=incident_id),
        _("Saved. One message goes to all."),
    ) or _show(incident_id, form)


@bp.post("/desk/<int:incident_id>/leave-mass")
@requires("desk")
def mass_leave(incident_id: int) -> AnyResponse:
    """Take a report out of its mass incident, or say that this is none."""
    form = MassReasonForm()
    reason = form.reason.data or ""
    with acting() as act:
        incident = one(act.session, Incident, incident_id)
        action = actions.end_mass if incident.is_mass else actions.leave_mass
        action(act, incident_id, reason)
    return done(page_of(incident_id), _("It stands alone again."))


@bp.post("/desk/<int:incident_id>/join-mass")
@requires("desk")
def mass_join(incident_id: int) -> AnyResponse:
    """Let a report belong to a mass incident."""
    with acting() as act:
        parent = request.form.get("parent_id", 0, type=int)
        actions.join_mass(act, incident_id, parent)
    leave = url_for("incidents.mass_leave", incident_id=incident_id)
    return done(
        page_of(incident_id),
        _("It belongs to the mass incident now."),
        undo=Undo(leave, {"reason": _("It was joined by mistake.")}),
    )


@bp.get("/desk/<int:incident_id>/wave.csv")
@requires("desk")
def mass_wave_csv(incident_id: int) -> Response:
    """Download the contacts per ten minutes."""
    with parts().database.read() as session:
        wave = wave_meter(
            session, one(session, Incident, incident_id).id, parts().now()
        )
    rows = [
        (span.start, span.contacts, "after" if span.after else "before")
        for span in wave.spans
    ]
    return csv_answer(f"wave-{incident_id}.csv", ("From", "Contacts", "Message"), rows)


@bp.app_template_global()
def mass_watch() -> dict[str, Any]:
    """Return the mass incidents that owe a message and what looks like one, for the banner of the
    queue.
    """
    with parts().database.read() as session:
        return watch(session, parts().now())


@bp.get("/desk/mass-alarm")
@requires("desk")
def mass_alarm() -> Response:
    """Show the mass incidents that owe a message and what looks like one; part of the queue's
    page.
    """
    return answer("incidents/mass/mass_alarm.html", "alarm", **mass_watch())


def _form(incident_id: int) -> MassForm:
    with parts().database.read() as session:
        incident = one(session, Incident, incident_id)
        alike = [
            each
            for each in similar_open(session, incident.service_id, parts().now())
            if each.id != incident_id
        ]
        sites = sorted(
            {*usual_sites(incident), *(each.site_id for each in alike if each.site_id)}
        )
        known = incident.mass_sites if incident.is_mass else sites
        form = MassForm(data={"sites": known, "children": [each.id for each in alike]})
        form.sites.choices = choices(
            [(str(number), name) for number, name in site_choices(session)]
        )
        form.children.choices = choices(
            [(str(each.id), f"{each.title} ({each.requester})") for each in alike]
        )
    return form


def _save(act: Acting, incident_id: int, form: MassForm) -> None:
    sites, children = form.sites.data or [], form.children.data or []
    if not one(act.session, Incident, incident_id).is_mass:
        actions.declare_mass(act, incident_id, sites, children=children)
        return
    actions.set_mass_sites(act, incident_id, sites)
    for child in children:
        actions.join_mass(act, child, incident_id)


def _show(incident_id: int, form: MassForm) -> Response:
    now = parts().now()
    with parts().database.read() as session:
        incident = one(session, Incident, incident_id)
        children, sites = (
            children_of(session, incident_id),
            site_names(session, incident.mass_sites),
        )
        wave = wave_meter(session, incident_id, now)
    chart = figure(
        wave_chart(wave, parts().settings.timezone),
        url_for("incidents.mass_wave_csv", incident_id=incident_id),
    )
    return answer(
        "incidents/mass/mass.html",
        "form",
        one=incident,
        form=form,
        children=children,
        sites=sites,
        wave=wave,
        chart=chart,
        reason=MassReasonForm(formdata=None),
    )
