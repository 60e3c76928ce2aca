"""What people and the worker do with directories, one function per sentence."""

from app.directory.actions.freeze import freeze, unfreeze
from app.directory.actions.lease import LeaseLost, give_back, keep_lease, take_lease

__all__ = ["LeaseLost", "freeze", "give_back", "keep_lease", "take_lease", "unfreeze"]
