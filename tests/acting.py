"""The hand with which tests act."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from app.core.acting import Acting
from app.core.settings import Settings

USUAL = Settings(home=Path("/proc/nowhere"))
"""No folder can be made there: a test that keeps files has to say where."""


def acting(
    session: Session, by: str, now: datetime, settings: Settings = USUAL
) -> Acting:
    """Somebody acts in a transaction of the test's own; the settings are the usual ones."""
    return Acting(session, by, now, settings)
