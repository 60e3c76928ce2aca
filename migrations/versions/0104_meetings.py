"""Meetings: sessions, who came, key messages, what came of them."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0104"
down_revision = "0088"
branch_labels = None
depends_on = None

KINDS = ("kick-off", "workshop", "review", "one-to-one")
STATES = ("planned", "held", "cancelled")
CAME = ("invited", "was there", "excused", "did not come")
OUTCOMES = ("decision", "finding", "task")
LINES = ("title", "place", "link", "audience", "presenter")
TEXTS = ("agenda", "impact", "notes")
INDEXED = {
    "key_message": ("improvement_id",),
    "meeting": ("improvement_id", "file_id", "invitation_id"),
    "meeting_guest": ("meeting_id", "person_id", "stakeholder_id"),
    "meeting_outcome": ("meeting_id", "finding_id", "task_id"),
}


def upgrade() -> None:
    op.create_table(
        "key_message",
        _number(),
        _key("key_message", "improvement_id", "improvement", "CASCADE"),
        _line("audience"),
        _text("text"),
        *_made(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_key_message")),
    )
    op.create_table(
        "meeting",
        _number(),
        _key("meeting", "improvement_id", "improvement", "CASCADE"),
        _word("kind", KINDS),
        _word("state", STATES),
        sa.Column("begins_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        *(_line(name) for name in LINES),
        *(_text(name) for name in TEXTS),
        sa.Column("messages", sa.JSON(), nullable=False),
        _key("meeting", "file_id", "improvement_file", "SET NULL"),
        _key("meeting", "invitation_id", "message", "SET NULL"),
        *_made(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting")),
    )
    op.create_table(
        "meeting_guest",
        _number(),
        _key("meeting_guest", "meeting_id", "meeting", "CASCADE"),
        _line("name"),
        _key("meeting_guest", "person_id", "person", "SET NULL"),
        _key("meeting_guest", "stakeholder_id", "stakeholder", "CASCADE", none=True),
        _word("presence", CAME),
        _text("feedback"),
        sa.Column("feedback_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_guest")),
    )
    op.create_table(
        "meeting_outcome",
        _number(),
        _key("meeting_outcome", "meeting_id", "meeting", "CASCADE"),
        _word("kind", OUTCOMES),
        _text("text"),
        _key("meeting_outcome", "finding_id", "finding", "SET NULL"),
        _key("meeting_outcome", "task_id", "improvement_task", "SET NULL"),
        *_made(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_outcome")),
    )
    for table, names in INDEXED.items():
        for name in names:
            op.create_index(op.f(f"ix_{table}_{name}"), table, [name])


def _number() -> sa.Column[int]:
    return sa.Column("id", sa.Integer(), nullable=False)


def _key(
    table: str, name: str, to: str, ending: str, *, none: bool = False
) -> sa.Column[int]:
    constraint = op.f(f"fk_{table}_{name}_{to}")
    key = sa.ForeignKey(f"{to}.id", ondelete=ending, name=constraint)
    return sa.Column(
        name, sa.Integer(), key, nullable=none or ending == "SET NULL"
    )


def _word(name: str, values: Sequence[str]) -> sa.Column[str]:
    kind = sa.Enum(
        *values, name=name, native_enum=False, create_constraint=True, length=20
    )
    return sa.Column(name, kind, nullable=False)


def _line(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=False)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def _made() -> tuple[sa.Column[object], ...]:
    at = sa.Column("created_at", sa.DateTime(timezone=True), nullable=False)
    return at, sa.Column("created_by", sa.String(), nullable=False)


def downgrade() -> None:
    op.drop_table("meeting_outcome")
    op.drop_table("meeting_guest")
    op.drop_table("meeting")
    op.drop_table("key_message")
