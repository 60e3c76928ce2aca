"""Plan a role's newest version for everybody who is in the role: what comes and what goes, accepted
by name, in a wave of its own.
"""

from __future__ import annotations

from collections.abc import Collection

from app.access.plan.actions import default_choices, plan
from app.access.roles.actions import role_in_use
from app.access.roles.versions import version_ahead, versions_held
from app.core.acting import Acting
from app.core.errors import Invalid, Refused
from app.core.said import said
from app.models.access.wave import Wave
from app.models.access.words import Realisation
from app.people.queries import find_person


def plan_version(
    act: Acting, role_id: int, *, reason: str, without: Collection[str] = ()
) -> Wave:
    """Plan the newest version of a role for everybody in it; ``reason`` says why rights come and
    go, and stands at each loss. It is approved, applied and undone as every wave.

    ``without`` are people, by name or account, who keep the version they have: where the rights are
    given one by one. Raises ``Invalid`` without a reason, ``Refused`` where everybody has it,
    somebody cannot come along, or nobody can be left out.
    """
    role = role_in_use(act.session, role_id)
    ahead = version_ahead(role, versions_held(act.session, role_id))
    if ahead is None:
        raise Refused(
            said("Everybody in %(role)s has its newest version.", role=role.name)
        )
    if not reason.strip():
        raise Invalid(said("Say why the rights of the role change."), field="reason")
    left = {
        find_person(act.session, one, role.directory_id).id
        for one in without
        if one.strip()
    }
    if left and role.realisation is Realisation.NESTED:
        raise Refused(
            said(
                "The links of the role's group are everybody's: nobody can be left out of a "
                "version; take them out of the role first."
            )
        )
    people = [who for who in ahead.people if who not in left]
    choices = default_choices(
        act.settings,
        role.name,
        act.by,
        act.now.date(),
        gains=frozenset((who, right) for who in people for right in ahead.added),
        losses={(None, right): reason.strip() for right in ahead.removed},
        repairs=True,
        versions=True,
    )
    return plan(act, role_id, people, choices)
