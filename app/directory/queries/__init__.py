"""Reads of the directory room, shaped for its pages and for other rooms."""

from app.directory.queries.asked import (
    LastAsked,
    asked_of,
    last_asked,
    logs_of,
    proposals_of,
)
from app.directory.queries.changes import (
    ChangeFilter,
    ChangeLine,
    changes_of_person,
    changes_of_right,
    changes_page,
    count_changes,
    kinds_of,
)
from app.directory.queries.graph import load_graph
from app.directory.queries.lookup import find_right
from app.directory.queries.missed import MissedChanges, missed_changes
from app.directory.queries.overview import (
    DirectoryLine,
    ReadingLine,
    directory_line,
    directory_lines,
    find_directory,
    findings_by_level,
    is_read,
    reading_line,
    readings_of,
    suspects,
    values_of,
    warnings_of,
)
from app.directory.queries.past import (
    HeldSpan,
    HeldThen,
    count_spans,
    holders_at,
    rights_at,
    spans_page,
)
from app.directory.queries.repairs import RepairLine, last_repair, offers_repair
from app.directory.queries.right import RightPage, right_page
from app.directory.queries.rights import (
    KINDS,
    LENS_NAMES,
    LENSES,
    OWNERS,
    Inside,
    RightLine,
    RightsFilter,
    count_rights,
    rights_page,
)
from app.directory.queries.rights import SORTS as RIGHT_SORTS
from app.directory.queries.writing import FreezeNow, current_freeze, is_frozen

__all__ = [
    "KINDS",
    "LENSES",
    "LENS_NAMES",
    "OWNERS",
    "RIGHT_SORTS",
    "ChangeFilter",
    "ChangeLine",
    "DirectoryLine",
    "FreezeNow",
    "HeldSpan",
    "HeldThen",
    "Inside",
    "LastAsked",
    "MissedChanges",
    "ReadingLine",
    "RepairLine",
    "RightLine",
    "RightPage",
    "RightsFilter",
    "asked_of",
    "changes_of_person",
    "changes_of_right",
    "changes_page",
    "count_changes",
    "count_rights",
    "count_spans",
    "current_freeze",
    "directory_line",
    "directory_lines",
    "find_directory",
    "find_right",
    "findings_by_level",
    "holders_at",
    "is_frozen",
    "is_read",
    "kinds_of",
    "last_asked",
    "last_repair",
    "load_graph",
    "logs_of",
    "missed_changes",
    "offers_repair",
    "proposals_of",
    "reading_line",
    "readings_of",
    "right_page",
    "rights_at",
    "rights_page",
    "spans_page",
    "suspects",
    "values_of",
    "warnings_of",
]
