"""Links with which somebody without an account reads how things stand."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import SECRET
from app.core.db import Base


class StatusLink(Base):
    """One link to the status page, for one named person, until a moment.

    It shows one improvement with what stands under it, or without ``improvement_id`` everything.
    ``mark`` stands in the address; ``decides`` lets whoever holds it answer what is asked. It opens
    as long as the operator ``given_by_id`` may read all that; None: given on the server. Who opened
    it, and when, is kept nowhere.
    """

    __tablename__ = "status_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    for_whom: Mapped[str]
    improvement_id: Mapped[int | None] = mapped_column(
        ForeignKey("improvement.id"), index=True
    )
    decides: Mapped[bool] = mapped_column(default=True)
    mark: Mapped[str] = mapped_column(info=SECRET)
    until: Mapped[datetime]
    given_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("operator.id"), index=True
    )
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[str] = mapped_column(default="")
