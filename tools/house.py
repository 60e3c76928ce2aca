"""Print the figures of the house: how the code is cut, how dense it is written, and what breaks the
law of the rooms.

``python tools/house.py`` prints a list with the goal of each figure, ``--json`` the same for
programs; ``--quick`` leaves out the one figure that takes seconds: the processor time it costs to
import the command line. Nothing is asserted here; `tests/foundation/test_house.py` holds the
figures that must stay at nothing.
"""

from __future__ import annotations

import argparse
import ast
import json
import re
import resource
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
PACKAGES = ("app", "ldap_sync")
NAMES_ITS_OWN_TABLE = "app.core.search"
"""The full-text index is no mapped class; the module that has it names it."""
READS_OR_WRITES = re.compile(
    r"\b(?:from|join|into|update|table)\s+[\"`]?(\w+)", re.IGNORECASE
)
LONGEST_TEMPLATE_LINE = 140
MOST_PARAMETERS = 5
LAYERS = {"rules", "actions", "queries", "forms", "views", "commands"}
DIVIDED = {"access", "catalog", "improvements", "incidents"}
"""Rooms that are folders of subjects."""
SHELVES = {"app.improvements.statistics"}
"""Below all subjects of their room, like its ground floor."""
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    """One file of the program: its dotted name, its text and its tree."""

    name: str
    text: str
    tree: ast.Module

    @property
    def room(self) -> str:
        """Return the part of the program it belongs to, as in ``app.people``."""
        return ".".join(self.name.split(".")[:2])

    @cached_property
    def nodes(self) -> list[ast.AST]:
        """All nodes of its tree: its size, however the lines are broken."""
        return list(ast.walk(self.tree))

    @cached_property
    def functions(self) -> list[Function]:
        """All functions and methods in it."""
        return [node for node in self.nodes if isinstance(node, Function)]

    @cached_property
    def aliases(self) -> dict[str, str]:
        """What each name that is imported from somewhere stands for, as in ``{"table_of":
        "sqlalchemy.table"}``.
        """
        froms = [node for node in self.nodes if isinstance(node, ast.ImportFrom)]
        return {
            name.asname or name.name: f"{node.module}.{name.name}"
            for node in froms
            for name in node.names
        }


@dataclass(frozen=True)
class Named:
    """A table that is named by a text instead of by its mapped class."""

    module: str
    line: int
    table: str


@dataclass(frozen=True)
class Figure:
    """One figure of the house with its goal."""

    name: str
    value: float | int
    goal: str = ""
    details: tuple[str, ...] = ()


def modules() -> list[Module]:
    """Read the program: every file of its packages."""
    return [
        _module(file)
        for package in PACKAGES
        for file in sorted((PROJECT / package).rglob("*.py"))
    ]


def _module(file: Path) -> Module:
    parts = file.relative_to(PROJECT).with_suffix("").parts
    text = file.read_text(encoding="utf-8")
    return Module(
        ".".join(parts[:-1] if parts[-1] == "__init__" else parts),
        text,
        ast.parse(text),
    )


def owners(program: Iterable[Module]) -> dict[str, str]:
    """Return the module in which each table is mapped, by the name of the table."""
    found = {}
    for module in program:
        for node in module.nodes:
            if isinstance(node, ast.ClassDef) and (table := _table_of(node)):
                found[table] = module.name
    return found


def _table_of(mapped: ast.ClassDef) -> str:
    for line in mapped.body:
        if (
            isinstance(line, ast.Assign)
            and getattr(line.targets[0], "id", "") == "__tablename__"
        ):
            return str(getattr(line.value, "value", ""))
    return ""


def named_by_text(program: Iterable[Module], tables: Mapping[str, str]) -> list[Named]:
    """Return where a table is named by a text: ``table("incident")``, or plain SQL that speaks of
    one.
    """
    return [
        Named(module.name, call.lineno, table)
        for module in program
        if module.name != NAMES_ITS_OWN_TABLE
        for call in (node for node in module.nodes if isinstance(node, ast.Call))
        for table in _spoken_of(module, call)
        if table in tables
    ]


def _spoken_of(module: Module, call: ast.Call) -> set[str]:
    """Return the words of a call that would be tables: the name given to ``table``, or those in
    plain SQL.
    """
    callee = getattr(call.func, "id", getattr(call.func, "attr", ""))
    says = module.aliases.get(callee, callee).rpartition(".")[2]
    given = str(getattr(call.args[0], "value", "")) if call.args else ""
    if says in {"table", "Table", "TableClause"}:
        return {given}
    plain = says in {"text", "exec_driver_sql", "DDL"}
    return set(READS_OR_WRITES.findall(given)) if plain else set()


def imports(program: Iterable[Module]) -> dict[str, set[str]]:
    """Return which module uses which at run time: imports wherever they stand, modules and tables
    named by texts.
    """
    program = list(program)
    names, tables = {module.name for module in program}, owners(program)
    found = {
        module.name: {_known(one, names) for one in _imported(module)}
        for module in program
    }
    for one in named_by_text(program, tables):
        found[one.module].add(tables[one.table])
    return {name: used - {"", name} for name, used in found.items()}


def _imported(module: Module) -> Iterator[str]:
    for node in module.nodes:
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{name.name}" for name in node.names)
        elif (
            isinstance(node, ast.Call)
            and getattr(node.func, "id", "") == "import_module"
            and node.args
        ):
            yield str(getattr(node.args[0], "value", ""))


def _known(name: str, names: set[str]) -> str:
    """Return the module that a dotted name lies in; a name of another library is of none."""
    while name and name not in names:
        name = name.rpartition(".")[0]
    return name if name not in PACKAGES else ""


def loops(edges: Mapping[str, set[str]]) -> list[tuple[str, ...]]:
    """Return the groups of names that lead to each other in a circle."""
    reach = {name: _reached(edges, name) for name in edges}
    groups = {
        frozenset(
            {name, *(other for other in reach[name] if name in reach.get(other, ()))}
        )
        for name in edges
    }
    return sorted(tuple(sorted(group)) for group in groups if len(group) > 1)


def _reached(edges: Mapping[str, set[str]], start: str) -> set[str]:
    found: set[str] = set()
    waiting = [start]
    while waiting:
        for following in edges.get(waiting.pop(), ()):
            if following not in found:
                found.add(following)
                waiting.append(following)
    return found


def between_rooms(
    edges: Mapping[str, set[str]], program: Iterable[Module]
) -> dict[str, set[str]]:
    """Return the same between rooms."""
    rooms = {module.name: module.room for module in program}
    found: dict[str, set[str]] = defaultdict(set)
    for name, used in edges.items():
        found[rooms[name]] |= {rooms[other] for other in used} - {rooms[name]}
    return dict(found)


def at_home(program: Iterable[Module]) -> dict[str, float]:
    """Return for each room of subjects the share of names in per cent that a subject takes out of
    its own folder, the tables or the ground floor of its room, of all it takes out of both.
    """
    program = list(program)
    names = {module.name for module in program}
    counts: dict[str, Counter[bool]] = defaultdict(Counter)
    for module in program:
        if not (own := _subject(module.name, names)):
            continue
        for used in filter(None, (_known(one, names) for one in _imported(module))):
            if used.startswith((f"{module.room}.", "app.models.")):
                other = _subject(used, names)
                counts[module.room][other in {"", own, *SHELVES}] += 1
    return {
        room: round(100 * one[True] / one.total(), 1) for room, one in counts.items()
    }


def _subject(name: str, names: set[str]) -> str:
    """Return the folder of a room that a module lies in, as in ``app.incidents.hands``; none for
    the ground floor, for rooms that are cut by layer, and for what is no room.
    """
    parts = name.split(".")
    folder = ".".join(parts[:3])
    is_folder = len(parts) > 3 or any(one.startswith(f"{folder}.") for one in names)
    inside = len(parts) >= 3 and parts[2] not in LAYERS
    return folder if is_folder and inside and parts[1] in DIVIDED else ""


def signals(program: Iterable[Module]) -> list[str]:
    """Return what is declared for other rooms to hear, as in ``site_weighed
    (app.people.signals)``.
    """
    return sorted(
        f"{call.args[0].value} ({module.name})"
        for module in program
        for call in module.nodes
        if isinstance(call, ast.Call)
        and getattr(call.func, "id", "") == "declared"
        and isinstance(call.args[0], ast.Constant)
    )


def shared(program: Iterable[Module]) -> tuple[float, tuple[str, ...]]:
    """Return the share of classes in per cent whose name another class has too, and those names."""
    counts = Counter(
        node.name
        for module in program
        if module.room.startswith("app")
        for node in module.nodes
        if isinstance(node, ast.ClassDef)
    )
    twice = {name: count for name, count in counts.items() if count > 1}
    share = 100 * sum(twice.values()) / sum(counts.values())
    return round(share, 1), tuple(
        f"{name} ×{twice[name]}" for name in sorted(twice, key=lambda one: -twice[one])
    )


def figures(*, quick: bool = False) -> list[Figure]:
    """Measure the house."""
    program = modules()
    found = [*_laws(program), *_sizes(program), *_packing(program)]
    return (
        found
        if quick
        else [
            *found,
            Figure(
                "CPU seconds to import the command line", _import_seconds(), "≤ 0.8"
            ),
        ]
    )


def _laws(program: list[Module]) -> list[Figure]:
    by_text, edges, heard = (
        named_by_text(program, owners(program)),
        imports(program),
        signals(program),
    )
    rooms, home = between_rooms(edges, program), at_home(program)
    return [
        Figure(
            "tables named by a text",
            len(by_text),
            "0",
            tuple(f"{n.module}:{n.line} {n.table}" for n in by_text),
        ),
        Figure(
            "loops of modules at run time",
            len(loops(edges)),
            "0",
            tuple(map(" ⇄ ".join, loops(edges))),
        ),
        Figure(
            "loops of rooms at run time",
            len(loops(rooms)),
            "0",
            tuple(map(" ⇄ ".join, loops(rooms))),
        ),
        Figure("signals from lower to upper rooms", len(heard), "few", tuple(heard)),
        Figure(
            "names a subject takes from itself or its room's ground, least of all rooms, %",
            min(home.values(), default=100),
            "≥ 80",
            tuple(f"{room}: {share} %" for room, share in home.items()),
        ),
    ]


def _sizes(program: list[Module]) -> list[Figure]:
    functions = [function for module in program for function in module.functions]
    nodes = sorted(sum(1 for _ in ast.walk(function)) for function in functions)
    total = sum(len(module.nodes) for module in program)
    lines = sum(module.text.count("\n") for module in program)
    many = sum(_parameters(function) > MOST_PARAMETERS for function in functions)
    return [
        Figure(
            "names directly under app",
            len({one.room for one in program if one.room.startswith("app.")}),
            "≤ 17",
        ),
        Figure("files", len(program)),
        Figure("lines", lines),
        Figure("syntax nodes", total, "≤ 350,000"),
        Figure("syntax nodes a line", round(total / lines, 2), "≤ 5"),
        Figure("functions", len(functions)),
        Figure("nodes of a function, median", nodes[len(nodes) // 2], "≤ 50"),
        Figure("nodes of a function, 90 %", nodes[len(nodes) * 9 // 10], "≤ 135"),
        Figure(
            f"functions with more than {MOST_PARAMETERS} parameters, %",
            round(100 * many / len(nodes), 1),
            "≤ 1",
        ),
    ]


def _packing(program: list[Module]) -> list[Figure]:
    share, names = shared(program)
    templates = [
        file.read_text(encoding="utf-8")
        for file in sorted((PROJECT / "templates").rglob("*.html"))
    ]
    long = sum(
        len(line) > LONGEST_TEMPLATE_LINE
        for text in templates
        for line in text.splitlines()
    )
    return [
        Figure(
            "longest file, lines",
            max(module.text.count("\n") for module in program),
            "≤ 400",
        ),
        Figure(
            "fmt: skip",
            sum(module.text.count("# fmt: " + "skip") for module in program),
            "0",
        ),
        Figure(f"template lines over {LONGEST_TEMPLATE_LINE} signs", long, "0"),
        Figure("classes of app that share a name, %", share, "≤ 4", names),
    ]


def _parameters(function: Function) -> int:
    given = function.args
    named = [one.arg for one in (*given.posonlyargs, *given.args, *given.kwonlyargs)]
    return len([name for name in named if name not in {"self", "cls"}])


def _import_seconds() -> float:
    def spent() -> float:
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        return used.ru_utime + used.ru_stime

    before = spent()
    subprocess.run([sys.executable, "-c", "import app.cli"], check=True, cwd=PROJECT)
    return round(spent() - before, 2)


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description="Print the figures of the house.")
    parser.add_argument(
        "--json", action="store_true", help="for programs, with all details"
    )
    parser.add_argument(
        "--quick", action="store_true", help="without the time an import takes"
    )
    wanted = parser.parse_args()
    found = figures(quick=wanted.quick)
    if wanted.json:
        sys.stdout.write(
            json.dumps([asdict(one) for one in found], ensure_ascii=False, indent=2)
            + "\n"
        )
        return
    for one in found:
        goal = f"  (goal {one.goal})" if one.goal else ""
        sys.stdout.write(f"{one.value:>10,}  {one.name}{goal}\n")
        for line in one.details[:12]:
            sys.stdout.write(f"{'':12}{line}\n")


if __name__ == "__main__":
    main()
