"""Links with which somebody without an account reads how things stand, and what they answer."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import SECRET, worded
from app.core.db import Base
from app.models.sponsors.words import SponsorAnswerKind


class StatusLink(Base):
    """One link to the status page, for one named person, until a moment.

    It shows one improvement with what stands under it, or without ``improvement_id`` everything.
    ``mark`` stands in the address; ``decides`` lets whoever holds it answer what is asked. It opens
    as long as the operator ``given_by_id`` may read all that; None: given on the server. Who opened
    it, and when, is kept nowhere.

    ``mail`` gets the same once a week, in ``language``, until somebody there stops it at
    ``mail_stopped_at``.
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
    mail: Mapped[str] = mapped_column(default="", server_default="")
    language: Mapped[str] = mapped_column(default="", server_default="")
    mail_stopped_at: Mapped[datetime | None]


class SponsorAnswer(Base):
    """What somebody said on the status page: yes or no to what was asked, a question, an objection.

    ``whose`` is the name it stands under. ``open_as`` is unique, so that what is sent twice counts
    once until it is replied to; ``ask_id`` is what was asked.
    """

    __tablename__ = "sponsor_answer"
    __table_args__ = (UniqueConstraint("open_as"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    link_id: Mapped[int | None] = mapped_column(
        ForeignKey("status_link.id"), index=True
    )
    improvement_id: Mapped[int | None] = mapped_column(
        ForeignKey("improvement.id"), index=True
    )
    ask_id: Mapped[int | None] = mapped_column(ForeignKey("case_ask.id"), index=True)
    kind: Mapped[SponsorAnswerKind] = mapped_column(worded(SponsorAnswerKind, "kind"))
    words: Mapped[str] = mapped_column(Text, default="")
    whose: Mapped[str]
    open_as: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(index=True)
    reply: Mapped[str] = mapped_column(Text, default="")
    replied_at: Mapped[datetime | None]
    replied_by: Mapped[str] = mapped_column(default="")
