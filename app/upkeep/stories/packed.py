"""What the demo shows of evidence: a pack of the last year, which the worker makes."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select

from app.core.parts import Parts
from app.insight.evidence.queries import EvidenceSpan
from app.insight.evidence.working import ask_pack
from app.models.insight import AskedPack

A_YEAR = timedelta(days=365)


def tell_of_evidence(parts: Parts, *, by: str) -> None:
    """Ask for a pack of evidence, unless one was asked for before."""
    with parts.acting(by) as act:
        if not act.session.scalar(select(func.count()).select_from(AskedPack)):
            ask_pack(act, EvidenceSpan(act.now - A_YEAR, act.now), to_now=True)
