"""Access reviews: a few concrete questions to the owner of rights, at one sitting."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0063"
down_revision = "0068"
branch_labels = None
depends_on = None

ANSWERS = ("open", "keep", "remove", "not mine")


def _link(
    table: str, column: str, to: str, ondelete: str = "CASCADE"
) -> sa.Column[int]:
    name = op.f(f"fk_{table}_{column}_{to}")
    key = sa.ForeignKey(f"{to}.id", ondelete=ondelete, name=name)
    return sa.Column(column, sa.Integer(), key, nullable=ondelete == "SET NULL")


def upgrade() -> None:
    op.create_table(
        "access_review",
        sa.Column("id", sa.Integer(), nullable=False),
        _link("access_review", "directory_id", "directory"),
        _link("access_review", "owner_id", "person", "SET NULL"),
        sa.Column("owner_name", sa.String(), nullable=False),
        sa.Column("link_mark", sa.String(), nullable=False),
        sa.Column("link_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_by", sa.String(), nullable=False),
        _link("access_review", "wave_id", "wave", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_review")),
    )
    for column in ("directory_id", "owner_id", "wave_id"):
        op.create_index(op.f(f"ix_access_review_{column}"), "access_review", [column])
    answer = sa.Enum(
        *ANSWERS,
        name="answer",
        native_enum=False,
        create_constraint=True,
        length=20,
    )
    op.create_table(
        "review_question",
        sa.Column("id", sa.Integer(), nullable=False),
        _link("review_question", "review_id", "access_review"),
        _link("review_question", "person_id", "person"),
        _link("review_question", "entitlement_id", "entitlement"),
        sa.Column("answer", answer, nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_question")),
        sa.UniqueConstraint(
            "review_id",
            "person_id",
            "entitlement_id",
            name=op.f("uq_review_question_review_id_person_id_entitlement_id"),
        ),
    )
    for column in ("person_id", "entitlement_id"):
        op.create_index(
            op.f(f"ix_review_question_{column}"), "review_question", [column]
        )


def downgrade() -> None:
    op.drop_table("review_question")
    op.drop_table("access_review")
