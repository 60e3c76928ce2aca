"""The words of roles, waves, switches and steps: the states their columns are made of."""

from __future__ import annotations

from enum import StrEnum


class Realisation(StrEnum):
    """How a role stands in the directory (design section 5)."""

    NESTED = "nested"  # the role's group is a member of the rights' groups
    # the rights' groups keep the person; the ledger knows the value is the role's
    MATERIALISED = "materialised"


class WaveState(StrEnum):
    """Where a wave stands."""

    PLANNED = "planned"
    APPROVED = "approved"
    ARMED = "armed"  # the worker begins by itself once its window opens
    APPLYING = "applying"
    CANARY = (
        "canary"  # one person is moved; the rest waits until that one was looked at
    )
    SOAKING = "soaking"
    CONFIRMED = "confirmed"
    PAUSED = "paused"  # nobody else begins until somebody resumes it
    STOPPED = "stopped"  # a conflict or a refusal waits for a person's decision
    UNDOING = "undoing"
    UNDONE = "undone"
    WITHDRAWN = "withdrawn"


class SwitchState(StrEnum):
    """Where one person's move stands (design section 5, person states)."""

    PLANNED = "planned"
    APPROVED = "approved"
    ROLE_ON = "role on"
    OVERLAP = "overlap"
    DIRECT_OFF = "direct off"
    SOAKING = "soaking"
    CONFIRMED = "confirmed"
    CLOSED = "closed"
    STALE = "stale"
    BLOCKED = "blocked"
    PAUSED = "paused"  # only shown, of who is paused where they stand
    UNDOING = "undoing"
    UNDONE = "undone"
    CONFLICT = "conflict"
    FAILED = "failed"


HOLDING = (
    SwitchState.ROLE_ON,
    SwitchState.OVERLAP,
    SwitchState.DIRECT_OFF,
    SwitchState.SOAKING,
    SwitchState.CONFIRMED,
    SwitchState.CLOSED,
    SwitchState.UNDOING,
    SwitchState.CONFLICT,
)
"""The states in which a person holds the role, wholly or in part."""

HELD = (SwitchState.ROLE_ON, SwitchState.OVERLAP, SwitchState.DIRECT_OFF)
"""The states in which a person stands between two resting places; in a stopped wave somebody has to
look.
"""

UNDOABLE = tuple(state for state in HOLDING if state is not SwitchState.UNDOING)
"""The states from which a person can be taken back down."""


SETTLED_SWITCHES = (SwitchState.CONFIRMED, SwitchState.CLOSED)
"""The states after a move that worked: seen by somebody, or long past."""


class StepState(StrEnum):
    """Where one directory change stands in the journal (design 5.3)."""

    PLANNED = "planned"
    INTENT = "intent"  # committed before the first packet
    DONE = "done"
    ALREADY = "already"  # it was so before us: never ours, never undone by us
    REFUSED = "refused"
    DRIFT = "drift"
    UNKNOWN = "unknown"  # the answer was lost: reading decides
    # Left as others made it, by a person's decision or because the person has left
    SKIPPED = "skipped"


SETTLED_STEPS = (StepState.DONE, StepState.ALREADY, StepState.SKIPPED)
"""Steps that are over and went well: nothing is left to be done about them."""


class Phase(StrEnum):
    """What a step is for; phases run in this order, undo mirrors it."""

    PREPARE = "prepare"  # the role's group and, for a nested role, its place in the rights' groups
    ROLE_ON = "role on"
    DIRECT_OFF = "direct off"


RESTING = (SwitchState.SOAKING, *SETTLED_SWITCHES)
"""The states after a move that is through: what the plan promised has to be there from then on."""


class DriftKind(StrEnum):
    """How somebody or something is other than a plan promised, by another hand than Rung's."""

    LOST = "right lost"
    CAME_BACK = "direct came back"
    TAKEN_OUT = "out of the role"
    LINK_CUT = "role link cut"
    GROUP_GONE = "group gone"
    STRANGER = "stranger in role"


class DriftState(StrEnum):
    """What became of a difference."""

    OPEN = "open"
    REPAIRED = "repaired"
    ACCEPTED = "accepted"
    UNDONE = "undone"
    GONE = "gone by itself"


class ReviewAnswer(StrEnum):
    """What the owner of a right says about one person who holds it."""

    OPEN = "open"
    KEEP = "keep"
    REMOVE = "remove"
    NOT_MINE = "not mine"


class DutyMoment(StrEnum):
    """What a named duty is asked before."""

    START = "start"  # the wave begins
    SCALE = "scale"  # more people follow


class DutyAnswer(StrEnum):
    """What a named duty says."""

    OPEN = "open"
    GO = "go"
    NO_GO = "no-go"
