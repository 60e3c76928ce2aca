"""The old place of these tables; they are in `app.models.access`."""

from app.models.access import HELD as HELD
from app.models.access import HOLDING as HOLDING
from app.models.access import LARGEST_PLAN as LARGEST_PLAN
from app.models.access import UNDOABLE as UNDOABLE
from app.models.access import AccessException as AccessException
from app.models.access import Phase as Phase
from app.models.access import Realisation as Realisation
from app.models.access import Role as Role
from app.models.access import RoleRight as RoleRight
from app.models.access import RoleVersion as RoleVersion
from app.models.access import Step as Step
from app.models.access import StepState as StepState
from app.models.access import Switch as Switch
from app.models.access import SwitchState as SwitchState
from app.models.access import Wave as Wave
from app.models.access import WaveState as WaveState

__all__ = [
    "HELD",
    "HOLDING",
    "LARGEST_PLAN",
    "UNDOABLE",
    "AccessException",
    "Phase",
    "Realisation",
    "Role",
    "RoleRight",
    "RoleVersion",
    "Step",
    "StepState",
    "Switch",
    "SwitchState",
    "Wave",
    "WaveState",
]
