"""Say how many people each rung of a role takes, and whether its gate stops."""

from __future__ import annotations

from collections.abc import Sequence

from app.access.climb.rules import GATES, GateMode, gate_mode, sizes_of
from app.access.roles.actions import role_in_use
from app.core.acting import Acting
from app.core.changes import Change
from app.models.access.role import Role


def set_sizes(act: Acting, role_id: int, sizes: Sequence[int]) -> Role:
    """Let each rung of a role take so many people; what was climbed stays as it is.

    Raises ``NotFound``, and ``Refused`` for a retired role.
    """
    role = role_in_use(act.session, role_id)
    before, after = sizes_of(role.sizes), tuple(sizes)
    if before == after:
        return role
    role.sizes = list(after)
    told = ", ".join(map(str, after))
    Change(before={"sizes": list(before)}, after={"sizes": list(after)}).record(
        act, role, "role.ladder", f"The rungs of {role.name} take {told}, then the rest"
    )
    return role


def set_gate(act: Acting, role_id: int, mode: GateMode) -> Role:
    """Let the gate of a role refuse to go on where a line is not met, or only report, or do as the
    installation says.

    Raises ``NotFound``, and ``Refused`` for a retired role.
    """
    role = role_in_use(act.session, role_id)
    before = gate_mode(role.gate_stops)
    if before is mode:
        return role
    role.gate_stops = GATES[mode]
    Change(before={"gate": before.value}, after={"gate": mode.value}).record(
        act, role, "role.gate", f"The gate of {role.name}: {mode}"
    )
    return role
