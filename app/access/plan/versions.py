"""Plan a role's newest version for everybody who is in the role: what comes and what goes, accepted
by name, in a wave of its own.
"""

from __future__ import annotations

from app.access.plan.actions import default_choices, plan
from app.access.roles.actions import role_in_use
from app.access.roles.versions import version_ahead, versions_held
from app.core.acting import Acting
from app.core.errors import Invalid, Refused
from app.core.said import said
from app.models.access.wave import Wave


def plan_version(act: Acting, role_id: int, *, reason: str) -> Wave:
    """Plan the newest version of a role for everybody in it; ``reason`` says why rights come and
    go, and stands at each loss. It is approved, applied and undone as every wave.

    Raises ``Invalid`` without a reason, ``Refused`` where everybody has it, or somebody cannot
    come along.
    """
    role = role_in_use(act.session, role_id)
    ahead = version_ahead(role, versions_held(act.session, role_id))
    if ahead is None:
        raise Refused(
            said("Everybody in %(role)s has its newest version.", role=role.name)
        )
    if not reason.strip():
        raise Invalid(said("Say why the rights of the role change."), field="reason")
    choices = default_choices(
        act.settings,
        role.name,
        act.by,
        act.now.date(),
        gains=frozenset((who, right) for who in ahead.people for right in ahead.added),
        losses={(None, right): reason.strip() for right in ahead.removed},
        repairs=True,
        versions=True,
    )
    return plan(act, role_id, list(ahead.people), choices)
