"""Rung: change IT one rung at a time, and be able to step back down.

``create_app`` is imported when it is asked for: importing the package opens no room.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from app.factory import create_app as create_app


def __getattr__(name: str) -> Any:
    if name == "create_app":
        return import_module("app.factory").create_app
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
