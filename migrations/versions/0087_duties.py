"""Named duties that say go or no-go to a wave."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0087"
down_revision = "0093"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "wave_duty",
        sa.Column("id", sa.Integer(), nullable=False),
        _link("wave"),
        _words("moment", "start", "scale"),
        sa.Column("duty", sa.String(), nullable=False),
        _link("person"),
        sa.Column("named_by", sa.String(), nullable=False),
        sa.Column("named_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("link_mark", sa.String(), nullable=False),
        sa.Column("link_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        _words("answer", "open", "go", "no-go"),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("waived_by", sa.String(), nullable=False),
        sa.Column("waived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("waived_why", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wave_duty")),
        sa.UniqueConstraint(
            "wave_id",
            "moment",
            "duty",
            name=op.f("uq_wave_duty_wave_id_moment_duty"),
        ),
    )
    op.create_index(op.f("ix_wave_duty_person_id"), "wave_duty", ["person_id"])


def _link(to: str) -> sa.Column[int]:
    name = op.f(f"fk_wave_duty_{to}_id_{to}")
    key = sa.ForeignKey(f"{to}.id", ondelete="CASCADE", name=name)
    return sa.Column(f"{to}_id", sa.Integer(), key, nullable=False)


def _words(column: str, *words: str) -> sa.Column[str]:
    kind = sa.Enum(
        *words,
        name=column,
        native_enum=False,
        create_constraint=True,
        length=20,
    )
    return sa.Column(column, kind, nullable=False)


def downgrade() -> None:
    op.drop_table("wave_duty")
