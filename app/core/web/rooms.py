"""The pages of a room are found by name: in ``views`` of the room and of each of its subjects."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path


def import_views(room: str) -> None:
    """Import every module of pages of a room, so that its blueprint knows all addresses."""
    for folder in import_module(room).__path__:
        for file in sorted(Path(folder).rglob("*.py")):
            names = file.relative_to(folder).with_suffix("").parts
            if "views" in names:
                import_module(".".join((room, *names)).removesuffix(".__init__"))
