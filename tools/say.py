"""Turn the plain sentences that are raised in files into sentences that pages can translate.

    python tools/say.py app/knowledge app/auth

Run it again whenever sentences came in plain; what it did already it leaves alone.
"""

from __future__ import annotations

import ast
import json
import sys
from pathlib import Path

RAISED = {
    "Refused",
    "Invalid",
    "NotFound",
    "NotText",
    "Conflict",
    "Away",
    "Forbidden",
}
WIDTH = 62


class Sentence:
    """One sentence being turned: its text with named values, and the values."""

    def __init__(self) -> None:
        self.text = ""
        self.values: dict[str, str] = {}

    def add(self, node: ast.expr) -> None:
        """Take the parts of a constant or an f-string."""
        for part in node.values if isinstance(node, ast.JoinedStr) else [node]:
            if isinstance(part, ast.FormattedValue):
                self.text += f"%({self._name(part)})s"
            else:
                self.text += str(ast.literal_eval(part)).replace("%", "%%")

    def _name(self, part: ast.FormattedValue) -> str:
        source, spec = ast.unparse(part.value), part.format_spec
        if isinstance(spec, ast.JoinedStr) or part.conversion != -1:
            plain = isinstance(spec, ast.JoinedStr) and ast.unparse(spec) == "f','"
            source = (
                f"Grouped({source})" if plain else ast.unparse(ast.JoinedStr([part]))
            )
        base = name = _called(part.value)
        number = 2
        while self.values.get(name, source) != source:
            name, number = f"{base}_{number}", number + 1
        self.values[name] = source
        return name

    def __str__(self) -> str:
        # A sentence without values is not formatted, so its per cent signs stay as they are.
        text = self.text if self.values else self.text.replace("%%", "%")
        lines = "\n".join(json.dumps(line, ensure_ascii=False) for line in _lines(text))
        values = "".join(f", {name}={source}" for name, source in self.values.items())
        return f"said({lines}{values})"


def _called(node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        return node.id.strip("_").lower()
    if isinstance(node, ast.Attribute):
        return node.attr.strip("_")
    if isinstance(node, ast.Call):
        if _called(node.func) == "len":
            return "count"
        return _called(node.args[0]) if node.args else _called(node.func)
    return "value"


def _lines(text: str) -> list[str]:
    lines = [""]
    for word in text.split(" "):
        if len(lines[-1]) + len(word) > WIDTH:
            lines.append("")
        lines[-1] += f"{word} "
    lines[-1] = lines[-1].removesuffix(" ")
    return lines


def _is_taken(source: str) -> bool:
    """Tell whether a module calls something else ``said``."""
    return any(
        getattr(node, "id", getattr(node, "arg", "")) == "said"
        for node in ast.walk(ast.parse(source))
    )


def turned(source: str) -> str:
    """Return the source of a module with its raised sentences turned."""
    found = []
    for node in ast.walk(ast.parse(source)):
        called = isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        if called and node.func.id in RAISED and node.args:
            first = node.args[0]
            text = isinstance(first, ast.JoinedStr) or (
                isinstance(first, ast.Constant) and isinstance(first.value, str)
            )
            if text:
                found.append(first)
    lines = source.splitlines(keepends=True)
    for node in sorted(
        found, key=lambda one: (one.lineno, one.col_offset), reverse=True
    ):
        made = Sentence()
        made.add(node)
        head = lines[node.lineno - 1].encode()[: node.col_offset].decode()
        tail = lines[node.end_lineno - 1].encode()[node.end_col_offset :].decode()
        lines[node.lineno - 1 : node.end_lineno] = [f"{head}{made}{tail}"]
    text = "".join(lines)
    if found and "from app.core.said import" not in text:
        name = "said"
        if _is_taken(source):
            name, text = "said as _said", text.replace("said(", "_said(")
        names = f"Grouped, {name}" if "Grouped(" in text else name
        text = text.replace(
            "\nfrom ", f"\nfrom app.core.said import {names}\nfrom ", 2
        ).replace(
            f"from app.core.said import {names}\nfrom __future__", "from __future__", 1
        )
    return text


def main(*places: str) -> None:
    """Turn all modules below the places."""
    for place in map(Path, places):
        for file in [place] if place.is_file() else sorted(place.rglob("*.py")):
            if "command" in str(file) or "console" in file.stem:
                continue  # a terminal is spoken to in English
            source = file.read_text(encoding="utf-8")
            made = turned(source)
            if made != source:
                file.write_text(made, encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
