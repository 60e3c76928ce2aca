"""Tables of roll-outs: the seat of the desk, which calls are expected, what has to be there."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import worded
from app.core.db import Base
from app.models.sponsors.words import RolloutItemKind, RolloutState


class Rollout(Base):
    """Something an improvement brings to its users, from a day on, watched for so many weeks.

    ``bands`` are the calls foreseen once it is ready, pairs of half and nine of ten chances;
    ``actuals`` are the calls that came, kept when it is closed; ``analogue_id`` is an earlier one.
    """

    __tablename__ = "rollout"

    id: Mapped[int] = mapped_column(primary_key=True)
    improvement_id: Mapped[int] = mapped_column(
        ForeignKey("improvement.id", ondelete="CASCADE"), index=True
    )
    title: Mapped[str]
    state: Mapped[RolloutState] = mapped_column(
        worded(RolloutState, "state"), default=RolloutState.PLANNED, index=True
    )
    starts_on: Mapped[date]
    weeks: Mapped[int] = mapped_column(default=6)
    users: Mapped[int]
    seed: Mapped[int] = mapped_column(default=1)
    analogue_id: Mapped[int | None] = mapped_column(
        ForeignKey("rollout.id", ondelete="SET NULL"), index=True
    )
    desk_member: Mapped[str] = mapped_column(default="")
    trained_on: Mapped[date | None]
    hands_on: Mapped[date | None]
    known_errors: Mapped[str] = mapped_column(Text, default="")
    hours_there: Mapped[float | None]
    staffing: Mapped[str] = mapped_column(Text, default="")
    has_it: Mapped[int | None]
    reason: Mapped[str] = mapped_column(Text, default="")
    bands: Mapped[list[list[int]]] = mapped_column(JSON, default=list)
    actuals: Mapped[list[int]] = mapped_column(JSON, default=list)
    created_at: Mapped[datetime]
    created_by: Mapped[str]


class ExpectedCalls(Base):
    """One type of call that is expected: how many per user in the first week, how fast they end."""

    __tablename__ = "expected_calls"

    id: Mapped[int] = mapped_column(primary_key=True)
    rollout_id: Mapped[int] = mapped_column(
        ForeignKey("rollout.id", ondelete="CASCADE"), index=True
    )
    service_id: Mapped[int | None] = mapped_column(
        ForeignKey("service.id", ondelete="SET NULL"), index=True
    )
    kind: Mapped[str]
    users: Mapped[int]
    rate: Mapped[float]
    decay: Mapped[float]
    minutes: Mapped[int]


class RolloutItem(Base):
    """What has to be there, by whom and until when; an article knows what it became."""

    __tablename__ = "rollout_item"

    id: Mapped[int] = mapped_column(primary_key=True)
    rollout_id: Mapped[int] = mapped_column(
        ForeignKey("rollout.id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[RolloutItemKind] = mapped_column(worded(RolloutItemKind, "kind"))
    who: Mapped[str]
    text: Mapped[str] = mapped_column(Text)
    due: Mapped[date | None]
    done_on: Mapped[date | None]
    article_id: Mapped[int | None] = mapped_column(
        ForeignKey("article.id", ondelete="SET NULL"), index=True
    )
