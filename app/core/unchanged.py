"""Values that many pages use and that only an audited change can alter: kept until the audit trail
goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.audit import AuditHead
from app.core.db import READING, UNCHANGED
from app.core.kept import KeptValues

T = TypeVar("T")


def unchanged(
    session: Session, key: Hashable, make: Callable[[], T], until: object = ""
) -> T:
    """Return the value of ``key`` as of the last audited change, and of ``until`` if it depends on
    the time too.

    All it is made of has to stand in audited tables. A transaction that writes makes it anew.
    """
    kept: KeptValues | None = session.info.get(UNCHANGED)
    if kept is None or not session.info.get(READING):
        return make()
    return kept.get(key, f"{_last_change(session)} {until}", make)


def _last_change(session: Session) -> str:
    if "last change" not in session.info:
        head = select(AuditHead.hash).where(AuditHead.id == 1)
        session.info["last change"] = session.scalar(head) or ""
    return str(session.info["last change"])
