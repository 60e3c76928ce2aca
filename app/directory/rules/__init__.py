"""Pure rules of the directory room: the access graph, what member values mean, what changed between two readings."""

from app.directory.rules.graph import Edge, Graph, PersonRow, RightRow, build, closure_up, effective, names

__all__ = ["Edge", "Graph", "PersonRow", "RightRow", "build", "closure_up", "effective", "names"]
