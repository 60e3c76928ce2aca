"""Pulses: what is asked, who is asked, sealed answers, and what came of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0109"
down_revision = "0097"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pulse",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "sponsor",
                "participants",
                "relationship",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "closed",
                "summed up",
                "taken back",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("open_of", sa.String(), nullable=True),
        sa.Column("improvement_id", sa.Integer(), nullable=True),
        sa.Column("iteration_id", sa.Integer(), nullable=True),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("quarter", sa.String(), nullable=False),
        sa.Column(
            "split",
            sa.Enum(
                "not at all",
                "by site",
                "by department",
                name="split",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("named", sa.Boolean(), nullable=False),
        sa.Column("threshold", sa.Integer(), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("answered", sa.Integer(), nullable=True),
        sa.Column("unread", sa.Integer(), nullable=False),
        sa.Column("signed_by", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("reminders", sa.Integer(), nullable=False),
        sa.Column("reminded_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["improvement_id"],
            ["improvement.id"],
            name=op.f("fk_pulse_improvement_id_improvement"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["iteration_id"],
            ["iteration.id"],
            name=op.f("fk_pulse_iteration_id_iteration"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pulse")),
        sa.UniqueConstraint("open_of", name=op.f("uq_pulse_open_of")),
    )
    op.create_index(op.f("ix_pulse_closes_on"), "pulse", ["closes_on"])
    op.create_index(op.f("ix_pulse_improvement_id"), "pulse", ["improvement_id"])
    op.create_index(op.f("ix_pulse_iteration_id"), "pulse", ["iteration_id"])
    op.create_index(op.f("ix_pulse_state"), "pulse", ["state"])

    op.create_table(
        "pulse_ballot",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("pulse_id", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["pulse_id"],
            ["pulse.id"],
            name=op.f("fk_pulse_ballot_pulse_id_pulse"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pulse_ballot")),
    )
    op.create_index(op.f("ix_pulse_ballot_pulse_id"), "pulse_ballot", ["pulse_id"])

    op.create_table(
        "pulse_invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pulse_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("mail", sa.String(), nullable=False),
        sa.Column("part", sa.String(), nullable=False),
        sa.Column("link_mark", sa.String(), nullable=False),
        sa.Column("answered", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name=op.f("fk_pulse_invitation_person_id_person"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["pulse_id"],
            ["pulse.id"],
            name=op.f("fk_pulse_invitation_pulse_id_pulse"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pulse_invitation")),
    )
    op.create_index(
        op.f("ix_pulse_invitation_person_id"), "pulse_invitation", ["person_id"]
    )
    op.create_index(
        op.f("ix_pulse_invitation_pulse_id"), "pulse_invitation", ["pulse_id"]
    )

    op.create_table(
        "pulse_question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pulse_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "scale",
                "words",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("standard", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["pulse_id"],
            ["pulse.id"],
            name=op.f("fk_pulse_question_pulse_id_pulse"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pulse_question")),
        sa.UniqueConstraint(
            "pulse_id", "position", name=op.f("uq_pulse_question_pulse_id_position")
        ),
    )
    op.create_table(
        "pulse_answer",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("pulse_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("part", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["pulse_id"],
            ["pulse.id"],
            name=op.f("fk_pulse_answer_pulse_id_pulse"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["question_id"],
            ["pulse_question.id"],
            name=op.f("fk_pulse_answer_question_id_pulse_question"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pulse_answer")),
    )
    op.create_index(op.f("ix_pulse_answer_pulse_id"), "pulse_answer", ["pulse_id"])
    op.create_index(
        op.f("ix_pulse_answer_question_id"), "pulse_answer", ["question_id"]
    )

    op.create_table(
        "pulse_theme",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pulse_id", sa.Integer(), nullable=False),
        sa.Column("finding_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column(
            "answer",
            sa.Enum(
                "not yet",
                "we did",
                "we did not",
                name="answer",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["finding_id"],
            ["finding.id"],
            name=op.f("fk_pulse_theme_finding_id_finding"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["pulse_id"],
            ["pulse.id"],
            name=op.f("fk_pulse_theme_pulse_id_pulse"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pulse_theme")),
    )
    op.create_index(op.f("ix_pulse_theme_finding_id"), "pulse_theme", ["finding_id"])
    op.create_index(op.f("ix_pulse_theme_pulse_id"), "pulse_theme", ["pulse_id"])


def downgrade() -> None:

    op.drop_table("pulse_theme")

    op.drop_table("pulse_answer")
    op.drop_table("pulse_question")

    op.drop_table("pulse_invitation")

    op.drop_table("pulse_ballot")

    op.drop_table("pulse")
