"""The old place of these tables; they are in `app.models.directory`."""

from app.models.directory import Directory as Directory
from app.models.directory import Entitlement as Entitlement
from app.models.directory import Freeze as Freeze
from app.models.directory import Lease as Lease
from app.models.directory import Lens as Lens
from app.models.directory import MemberKind as MemberKind
from app.models.directory import Membership as Membership
from app.models.directory import PastEnd as PastEnd
from app.models.directory import PastMembership as PastMembership
from app.models.directory import Reading as Reading
from app.models.directory import ReadingChange as ReadingChange
from app.models.directory import ReadingState as ReadingState
from app.models.directory import Refresh as Refresh
from app.models.directory import RefreshState as RefreshState
from app.models.directory import Repair as Repair
from app.models.directory import RepairState as RepairState

__all__ = [
    "Directory",
    "Entitlement",
    "Freeze",
    "Lease",
    "Lens",
    "MemberKind",
    "Membership",
    "PastEnd",
    "PastMembership",
    "Reading",
    "ReadingChange",
    "ReadingState",
    "Refresh",
    "RefreshState",
    "Repair",
    "RepairState",
]
