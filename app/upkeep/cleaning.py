"""What was made for somebody who asked is kept for a week and then deleted, once a night."""

from __future__ import annotations

from datetime import date

import structlog

from app.core.asked_work import forget_ended
from app.core.parts import Parts
from app.insight.evidence.working import forget_packs
from app.models.access.asked import AskedPlan

log = structlog.get_logger("rung.cleaning")


class NightlyCleaning:
    """Deletes what is kept no longer, once a day."""

    def __init__(self) -> None:
        self._day: date | None = None

    def __call__(self, parts: Parts) -> bool | None:
        """Delete plans and packs that were over a week ago; None: that was done today."""
        today = parts.now().date()
        if self._day == today:
            return None
        plans, packs = forget_ended(parts, AskedPlan), forget_packs(parts)
        self._day = today
        if plans or packs:
            log.info("asked.deleted", plans=plans, packs=packs)
        return bool(plans or packs)
