"""The page that says who IT is, what it is for and how it is reached."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base


class TeamPage(Base):
    """Who we are in plain words; there is one row, once somebody wrote it.

    ``looks_after`` says a line each what who looks after. ``names`` are people, one a line, and
    public only where all of them agreed (``agreed``). ``open`` lets everybody read the page.
    """

    __tablename__ = "team_page"

    id: Mapped[int] = mapped_column(primary_key=True)
    revision: Mapped[int] = mapped_column(default=1)
    purpose: Mapped[str] = mapped_column(Text)
    who: Mapped[str] = mapped_column(Text, default="")
    reach: Mapped[str] = mapped_column(Text)
    looks_after: Mapped[str] = mapped_column(Text, default="")
    names: Mapped[str] = mapped_column(Text, default="")
    agreed: Mapped[bool] = mapped_column(default=False)
    open: Mapped[bool] = mapped_column(default=False)
    changed_at: Mapped[datetime]
    changed_by: Mapped[str]
