"""Influence scripts as pages show them."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalog.models import Script, ScriptState


def published_script(session: Session, service_id: int) -> Script | None:
    """Return the script that is asked for a service at intake."""
    asked = select(Script).where(Script.service_id == service_id, Script.state == ScriptState.PUBLISHED)
    return session.scalars(asked.order_by(Script.number.desc()).limit(1)).first()
