"""The hand of whoever is signed in."""

from __future__ import annotations

from contextlib import AbstractContextManager

from app.auth import current_operator_name
from app.core.acting import Acting
from app.core.parts import parts


def acting() -> AbstractContextManager[Acting]:
    """Open a transaction for what the signed-in operator does now."""
    return parts().acting(current_operator_name())
