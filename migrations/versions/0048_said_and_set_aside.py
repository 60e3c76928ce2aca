"""Improvements have comments, mentions and files, and can be rejected or duplicates of others."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0051"
branch_labels = None
depends_on = None

STATES = (
    "raised",
    "accepted",
    "in progress",
    "on hold",
    "embedded",
    "stopped",
)
NEW_STATES = ("rejected", "duplicate")


def upgrade() -> None:
    with op.batch_alter_table("improvement") as table:
        table.add_column(sa.Column("duplicate_of_id", sa.Integer(), nullable=True,))
        table.add_column(
            sa.Column("closed_why", sa.Text(), nullable=False, server_default="",)
        )
        table.create_foreign_key(
            op.f("fk_improvement_duplicate_of_id_improvement"),
            "improvement",
            ["duplicate_of_id"],
            ["id"],
        )
        table.create_index(op.f("ix_improvement_duplicate_of_id"), ["duplicate_of_id"])
    _allow(*STATES, *NEW_STATES)
    _make_comments()
    _make_mentions()
    _make_files()


def _allow(*states: str) -> None:
    quoted = ", ".join(f"'{state}'" for state in states)
    name = op.f("ck_improvement_state")
    with op.batch_alter_table("improvement") as table:
        table.drop_constraint(name, type_="check")
        table.create_check_constraint(name, f"state IN ({quoted})")


def _make_comments() -> None:
    op.create_table(
        "improvement_comment",
        sa.Column("id", sa.Integer(), nullable=False,),
        sa.Column("improvement_id", sa.Integer(), nullable=False,),
        sa.Column("iteration_id", sa.Integer(), nullable=True,),
        sa.Column("finding_id", sa.Integer(), nullable=True,),
        sa.Column("text", sa.Text(), nullable=False,),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False,),
        sa.Column("created_by", sa.String(), nullable=False,),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True,),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True,),
        _link("improvement_comment", "improvement"),
        _link("improvement_comment", "iteration"),
        _link("improvement_comment", "finding"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_improvement_comment")),
    )
    for name in ("improvement_id", "iteration_id", "finding_id"):
        _index("improvement_comment", name)


def _make_mentions() -> None:
    op.create_table(
        "improvement_mention",
        sa.Column("id", sa.Integer(), nullable=False,),
        sa.Column("comment_id", sa.Integer(), nullable=False,),
        sa.Column("operator_id", sa.Integer(), nullable=False,),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True,),
        _link("improvement_mention", "improvement_comment", "comment_id",),
        _link("improvement_mention", "operator", gone="CASCADE",),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_improvement_mention")),
        sa.UniqueConstraint(
            "comment_id",
            "operator_id",
            name=op.f("uq_improvement_mention_comment_id_operator_id"),
        ),
    )
    _index("improvement_mention", "operator_id")


def _make_files() -> None:
    op.create_table(
        "improvement_file",
        sa.Column("id", sa.Integer(), nullable=False,),
        sa.Column("improvement_id", sa.Integer(), nullable=False,),
        sa.Column("comment_id", sa.Integer(), nullable=True,),
        sa.Column("name", sa.String(), nullable=False,),
        sa.Column("type", sa.String(), nullable=False,),
        sa.Column("size", sa.Integer(), nullable=False,),
        sa.Column("sha256", sa.String(), nullable=False,),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True,),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False,),
        sa.Column("created_by", sa.String(), nullable=False,),
        _link("improvement_file", "improvement"),
        _link("improvement_file", "improvement_comment", "comment_id",),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_improvement_file")),
    )
    for name in ("improvement_id", "comment_id"):
        _index("improvement_file", name)


def _link(
    table: str, other: str, column: str = "", gone: str | None = None
) -> sa.ForeignKeyConstraint:
    column = column or f"{other}_id"
    name = op.f(f"fk_{table}_{column}_{other}")
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name, ondelete=gone,)


def _index(table: str, column: str) -> None:
    op.create_index(op.f(f"ix_{table}_{column}"), table, [column],)


def downgrade() -> None:
    op.drop_table("improvement_file")
    op.drop_table("improvement_mention")
    op.drop_table("improvement_comment")
    op.execute(
        "UPDATE improvement SET state = 'stopped', stop_learning = closed_why "
        "WHERE state IN ('rejected', 'duplicate')"
    )
    _allow(*STATES)
    with op.batch_alter_table("improvement") as table:
        table.drop_index(op.f("ix_improvement_duplicate_of_id"))
        table.drop_constraint(
            op.f("fk_improvement_duplicate_of_id_improvement"), type_="foreignkey"
        )
        table.drop_column("closed_why")
        table.drop_column("duplicate_of_id")
