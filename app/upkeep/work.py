"""What the worker does; each kind of work is a function of its room that does the next piece that is due."""

from __future__ import annotations

from collections.abc import Mapping

from app.jobs import Work

WORKS: Mapping[str, Work] = {}
