"""Values that many pages use and that only an audited change can alter: kept until the audit trail
goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TypeVar

from flask import g, has_request_context
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from app.core.audit import AuditHead
from app.core.db import READING, UNCHANGED, RungSession
from app.core.kept import KeptValues

T = TypeVar("T")
LAST_CHANGE = "last_change"
_END = select(AuditHead.hash).where(AuditHead.id == 1)


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
    return kept.get(key, f"{last_change(session)} {until}", make)


def last_change(session: Session) -> str:
    """Return the end of the audit trail: as it was when the page or, where none is written, the
    session first asked, unless this page changed something itself.

    What is read later is at least as new.
    """
    seen = vars(g._get_current_object()) if has_request_context() else session.info
    if LAST_CHANGE not in seen:
        seen[LAST_CHANGE] = session.scalar(_END) or ""
    return str(seen[LAST_CHANGE])


@event.listens_for(RungSession, "after_commit")
def _ask_anew(_session: Session) -> None:
    if has_request_context():
        g.pop(LAST_CHANGE, None)
