"""Pure rules of the directory room: the access graph, what member values mean, what changed between two readings."""

from app.directory.rules.graph import Edge, Graph, PersonRow, RightRow, build, closure_up, effective, names
from app.directory.rules.reading import (
    KINDS,
    Difference,
    all_grants_missing,
    distrust,
    first_sentence,
    in_order,
    limited,
    person_changes,
    right_changes,
    shown,
    shrinkage,
)
from app.directory.rules.settings import (
    DEMO_URL,
    SECURITIES,
    DirectoryValues,
    lines,
    problems,
    reference_problem,
    warnings,
)
from app.directory.rules.values import Meaning, Resolved, is_role_group, resolve

__all__ = [
    "DEMO_URL",
    "KINDS",
    "SECURITIES",
    "Difference",
    "DirectoryValues",
    "Edge",
    "Graph",
    "Meaning",
    "PersonRow",
    "Resolved",
    "RightRow",
    "all_grants_missing",
    "build",
    "closure_up",
    "distrust",
    "effective",
    "first_sentence",
    "in_order",
    "is_role_group",
    "limited",
    "lines",
    "names",
    "person_changes",
    "problems",
    "reference_problem",
    "resolve",
    "right_changes",
    "shown",
    "shrinkage",
    "warnings",
]
