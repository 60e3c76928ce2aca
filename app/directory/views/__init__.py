"""Pages of directories, readings and rights, and the stop of all writing."""

from app.directory.views import directories, freezing, past, readings, repairing, rights
from app.directory.views.blueprint import bp

__all__ = ["bp", "directories", "freezing", "past", "readings", "repairing", "rights"]
