"""Primers in other words, where to learn more, and what each audience gains."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0125"
down_revision = "0128"
branch_labels = None
depends_on = None

AUDIENCES = ("top management", "managers", "users", "service desk", "IT")


def upgrade() -> None:
    op.create_table(
        "primer_text",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_primer_text")),
        sa.UniqueConstraint("key", "language", name=op.f("uq_primer_text_key_language")),
    )
    op.create_table(
        "learning_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("improvement_id", sa.Integer(), nullable=True),
        sa.Column("primer", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        _word("whom"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["improvement_id"],
            ["improvement.id"],
            name=op.f("fk_learning_link_improvement_id_improvement"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_learning_link")),
    )
    index = op.f("ix_learning_link_improvement_id")
    op.create_index(index, "learning_link", ["improvement_id"])
    with op.batch_alter_table("key_message") as batch:
        batch.add_column(_word("gain_of"))


def _word(name: str) -> sa.Column[str]:
    kind = sa.Enum(
        *AUDIENCES, name=name, native_enum=False, create_constraint=True, length=20
    )
    return sa.Column(name, kind, nullable=True)


def downgrade() -> None:
    with op.batch_alter_table("key_message") as batch:
        batch.drop_constraint(op.f("ck_key_message_gain_of"), type_="check")
        batch.drop_column("gain_of")
    op.drop_table("learning_link")
    op.drop_table("primer_text")
