"""Reads of the directory room, shaped for its pages and for other rooms."""

from app.directory.queries.graph import load_graph
from app.directory.queries.writing import FreezeNow, current_freeze, is_frozen

__all__ = ["FreezeNow", "current_freeze", "is_frozen", "load_graph"]
