"""The policy of informing as one document: who informs whom how often, by priority; its
versions.
"""

from __future__ import annotations

from typing import Any

from flask import Response, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from app.auth import fresh, requires
from app.auth.acting import acting
from app.core.changes import one
from app.core.htmx import answer, done
from app.core.parts import parts
from app.core.web import blaming
from app.messages.actions.policy import save_policy
from app.messages.forms import policy_form
from app.messages.queries.policy import newest_policy, policy_versions
from app.messages.rules.policy import (
    DEFAULT,
    PRIORITIES,
    InformDuty,
    InformNumbers,
    numbers_from,
)
from app.messages.views.blueprint import bp
from app.models.messages import InformPolicy


@bp.get("/messages/policy")
@requires("desk")
def policy() -> Response:
    """Show the policy in force."""
    with parts().database.read() as session:
        versions = policy_versions(session)
    newest = versions[0] if versions else None
    return _shown(newest, versions)


@bp.get("/messages/policy/<int:policy_id>")
@requires("desk")
def policy_version(policy_id: int) -> Response:
    """Show one version as it was."""
    with parts().database.read() as session:
        found, versions = (
            one(session, InformPolicy, policy_id),
            policy_versions(session),
        )
    return _shown(found, versions)


@bp.route("/messages/policy/edit", methods=["GET", "POST"])
@requires("policy")
@fresh
def policy_edit() -> AnyResponse:
    """Write a new version of the policy."""
    with parts().database.read() as session:
        newest = newest_policy(session)
    numbers = numbers_from(newest.content) if newest else DEFAULT
    form = policy_form()(data=_typed(numbers, newest))
    if form.validate_on_submit():
        with blaming(form):
            with acting() as act:
                values = form.values()
                save_policy(
                    act,
                    _numbers(values),
                    values["text"],
                    began_at=form.began_at,
                )
            return done(url_for("messages.policy"), _("The new version is in force."))
    return answer("messages/policy_form.html", "form", form=form, priorities=PRIORITIES)


def _shown(found: InformPolicy | None, versions: list[InformPolicy]) -> Response:
    numbers = numbers_from(found.content) if found else DEFAULT
    old = bool(found and versions and found.id != versions[0].id)
    return answer(
        "messages/policy.html",
        "body",
        found=found,
        numbers=numbers,
        versions=versions,
        old=old,
    )


def _typed(numbers: InformNumbers, newest: InformPolicy | None) -> dict[str, Any]:
    names = (
        "mass_first",
        "owner_after",
        "management_after",
        "first_line",
        "second_line",
    )
    typed: dict[str, Any] = {name: getattr(numbers, name) for name in names}
    for priority, duty in numbers.duties.items():
        for name in ("first", "every", "who", "channels"):
            typed[f"{name}_{priority}"] = getattr(duty, name)
    return {
        **typed,
        "text": newest.text if newest else "",
        "revision": str(newest.id if newest else 0),
    }


def _numbers(values: dict[str, Any]) -> InformNumbers:
    duties = {
        priority: InformDuty(
            values[f"first_{priority}"] or 0,
            values[f"every_{priority}"] or 0,
            values[f"who_{priority}"],
            values[f"channels_{priority}"],
        )
        for priority in PRIORITIES
    }
    return InformNumbers(
        duties,
        values["mass_first"] or 0,
        values["owner_after"] or 0,
        values["management_after"] or 0,
        values["first_line"],
        values["second_line"],
    )
