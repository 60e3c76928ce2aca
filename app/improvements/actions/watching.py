"""What the worker does for improvements: those whose control metric drifts are opened again."""

from __future__ import annotations

from sqlalchemy import func, select

from app.improvements.actions.register import reopen_drifted
from app.improvements.models import Measurement
from app.parts import Parts

BY = "Rung"


class DriftWatch:
    """Opens drifted improvements again. Reads the charts only after new values came, or once after a start."""

    def __init__(self) -> None:
        self._newest = -1

    def __call__(self, parts: Parts) -> bool:
        """Look for drift; tell whether there was anything to do."""
        with parts.database.read() as session:
            newest = session.scalar(select(func.max(Measurement.id))) or 0
        if newest == self._newest:
            return False
        with parts.database.write() as session:
            found = reopen_drifted(session, by=BY, now=parts.now())
        self._newest = newest
        return bool(found)
