"""Break rules one at a time and see whether a test notices: ``make mutate``, or ``python
tools/mutate.py --count 40``.

Takes a sample of small changes (a border moved, a condition turned round, a number one off) in the
pure rules, each in a copy of the program, and runs only the tests that name the module. What no
test notices is printed at the end.
"""

from __future__ import annotations

import argparse
import ast
import random
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

PROJECT = Path(__file__).resolve().parent.parent
COPIED = (
    "app",
    "ldap_sync",
    "migrations",
    "templates",
    "static",
    "tests",
    "docs",
    "deploy",
    "tools",
)
FILES = (
    "pyproject.toml",
    "wsgi.py",
    "README.md",
    "CHANGELOG.md",
    "Makefile",
    "CONTRIBUTING.md",
)
NO_RULES = ("__init__.py",)
CONTRACT = "Rules are values in, values out"
PATIENCE = 300
TURNED: dict[type[ast.cmpop], str] = {
    ast.Lt: "<=",
    ast.LtE: "<",
    ast.Gt: ">=",
    ast.GtE: ">",
    ast.Eq: "!=",
    ast.NotEq: "==",
    ast.In: "not in",
    ast.NotIn: "in",
    ast.Is: "is not",
    ast.IsNot: "is",
}


@dataclass(frozen=True, slots=True)
class Mutation:
    """One small change: where (line and columns in bytes), what stood there, and what stands there
    now.
    """

    file: Path
    line: int
    start: int
    end: int
    old: str
    new: str

    @property
    def told(self) -> str:
        """Say what was changed where."""
        return f"{self.file}:{self.line}: {self.old} -> {self.new}"

    def put_into(self, root: Path) -> None:
        """Write the changed file below ``root``."""
        lines = (PROJECT / self.file).read_bytes().split(b"\n")
        line = lines[self.line - 1]
        lines[self.line - 1] = line[: self.start] + self.new.encode() + line[self.end :]
        (root / self.file).write_bytes(b"\n".join(lines))


def rules() -> list[Path]:
    """Return the files with pure rules, relative to the project: what their contract of imports
    names.
    """
    said = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = {one["name"]: one for one in said["tool"]["importlinter"]["contracts"]}
    modules = [name.replace(".", "/") for name in contracts[CONTRACT]["source_modules"]]
    found = {
        *(path for name in modules for path in PROJECT.glob(f"{name}.py")),
        *(path for name in modules for path in PROJECT.glob(f"{name}/**/*.py")),
        *PROJECT.glob("ldap_sync/*.py"),
    }
    return sorted(
        path.relative_to(PROJECT) for path in found if path.name not in NO_RULES
    )


def mutations(file: Path) -> Iterator[Mutation]:
    """Return every small change this file allows."""
    source = (PROJECT / file).read_bytes()
    for node in ast.walk(ast.parse(source)):
        found = (
            _compared(file, source, node)
            or _joined(file, source, node)
            or _numbered(file, node)
        )
        if found is not None:
            yield found


def _compared(file: Path, source: bytes, node: ast.AST) -> Mutation | None:
    if not isinstance(node, ast.Compare) or len(node.ops) != 1:
        return None
    return _between(
        file, source, node.left, node.comparators[0], TURNED[type(node.ops[0])]
    )


def _joined(file: Path, source: bytes, node: ast.AST) -> Mutation | None:
    if not isinstance(node, ast.BoolOp):
        return None
    other = "or" if isinstance(node.op, ast.And) else "and"
    return _between(file, source, node.values[0], node.values[1], other)


def _between(
    file: Path, source: bytes, left: ast.expr, right: ast.expr, new: str
) -> Mutation | None:
    if left.end_lineno != right.lineno or left.end_col_offset is None:
        return None
    line = source.split(b"\n")[right.lineno - 1]
    old = line[left.end_col_offset : right.col_offset]
    if old.strip(b" ").strip() != old.strip() or b"(" in old or b")" in old:
        return None
    return Mutation(
        file,
        right.lineno,
        left.end_col_offset,
        right.col_offset,
        old.decode().strip(),
        f" {new} ",
    )


def _numbered(file: Path, node: ast.AST) -> Mutation | None:
    if (
        not isinstance(node, ast.Constant)
        or type(node.value) not in (int, bool)
        or node.end_col_offset is None
    ):
        return None
    new = str(not node.value) if isinstance(node.value, bool) else str(node.value + 1)
    return Mutation(
        file, node.lineno, node.col_offset, node.end_col_offset, str(node.value), new
    )


def tests_of(file: Path) -> list[str]:
    """Return the test modules that name a module of rules, or stand in the folder of its room."""
    module = ".".join(file.with_suffix("").parts)
    parent, _, name = module.rpartition(".")
    naming = (module, f"from {parent} import")
    found = [
        path
        for path in (PROJECT / "tests").rglob("test_*.py")
        if _names(path, naming, name)
    ]
    return sorted(
        str(path.relative_to(PROJECT)) for path in found if "browser" not in path.parts
    )


def _names(path: Path, naming: tuple[str, str], name: str) -> bool:
    text = path.read_text(encoding="utf-8")
    return naming[0] in text or (naming[1] in text and name in text)


def survives(mutation: Mutation, root: Path) -> bool:
    """Tell whether all tests of the changed module still pass."""
    mutation.put_into(root)
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-x",
        "-q",
        "-p",
        "no:cacheprovider",
        *tests_of(mutation.file),
    ]
    try:
        done = subprocess.run(  # noqa: S603
            command, cwd=root, capture_output=True, check=False, timeout=PATIENCE
        )
    except subprocess.TimeoutExpired:
        return False
    finally:
        shutil.copyfile(PROJECT / mutation.file, root / mutation.file)
    return done.returncode == 0


def main() -> int:
    """Print each mutation with its fate, and the score at the end."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--count", type=int, default=60, help="how many mutations")
    asked.add_argument(
        "--seed", type=int, default=1, help="another seed is another sample"
    )
    wanted = asked.parse_args()
    tested = [file for file in rules() if tests_of(file)]
    every = [mutation for file in tested for mutation in mutations(file)]
    chosen = random.Random(wanted.seed).sample(every, min(wanted.count, len(every)))  # noqa: S311 (a sample)
    alive = []
    with TemporaryDirectory(prefix="rung-mutate-") as name:
        root = Path(name)
        _copy(root)
        for mutation in chosen:
            lives = survives(mutation, root)
            alive += [mutation] if lives else []
            sys.stdout.write(f"{'SURVIVED' if lives else 'noticed'}  {mutation.told}\n")
            sys.stdout.flush()
    untested = len(rules()) - len(tested)
    sys.stdout.write(
        f"{len(chosen) - len(alive)} of {len(chosen)} noticed, of {len(every)} possible in "
        f"{len(tested)} "
    )
    sys.stdout.write(f"files; {untested} files are named by no test of their own.\n")
    return 0


def _copy(root: Path) -> None:
    leave = shutil.ignore_patterns("__pycache__", "landed")
    for name in COPIED:
        shutil.copytree(PROJECT / name, root / name, ignore=leave)
    for name in FILES:
        shutil.copyfile(PROJECT / name, root / name)


if __name__ == "__main__":
    sys.exit(main())
