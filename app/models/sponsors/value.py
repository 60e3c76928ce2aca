"""What is published of the figures, and thanks that were said."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base


class PublishedFigure(Base):
    """A figure everybody may read, without an account, and what it is for; ``key`` names it."""

    __tablename__ = "published_figure"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    purpose: Mapped[str] = mapped_column(Text)
    published_at: Mapped[datetime]
    published_by: Mapped[str]


class ThankYou(Base):
    """One thank-you: in whose words, to which team or to everybody; ``open`` lets the words be read
    by everybody, without a name; ``manner`` is for how we are with people, not for one deed.
    """

    __tablename__ = "thank_you"

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    said_by: Mapped[str] = mapped_column(default="")
    whom: Mapped[str] = mapped_column(default="")
    said_on: Mapped[date]
    open: Mapped[bool] = mapped_column(default=False)
    manner: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    struck_at: Mapped[datetime | None]
