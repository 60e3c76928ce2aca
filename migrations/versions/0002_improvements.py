"""Improvements, iterations, metrics, complaints, sites and teams; what was decided or frozen stays as it was."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

APPEND_ONLY = ("measurement", "decision", "iteration_snapshot", "business_case")
SQLITE = """CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"""
POSTGRESQL_FUNCTION = """CREATE FUNCTION append_only_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"""
POSTGRESQL_TRIGGER = """CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION append_only_refuse()"""


def make_append_only() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for table in APPEND_ONLY:
            for verb in ("UPDATE", "DELETE"):
                op.execute(SQLITE.format(table=table, verb=verb))
        return
    op.execute(POSTGRESQL_FUNCTION)
    for table in APPEND_ONLY:
        op.execute(POSTGRESQL_TRIGGER.format(table=table))


def upgrade() -> None:
    op.create_table(
        "improvement_template",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_improvement_template")),
        sa.UniqueConstraint("key", name=op.f("uq_improvement_template_key")),
    )
    op.create_table(
        "site",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("timezone", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site")),
        sa.UniqueConstraint("name", name=op.f("uq_site_name")),
    )
    op.create_table(
        "team",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("internal", "external", name="kind", native_enum=False, create_constraint=True, length=20),
            nullable=False,
        ),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column(
            "desk",
            sa.Enum(
                "no desk",
                "log and dispatch",
                "first level",
                name="desk",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column(
            "serves",
            sa.Enum(
                "internal",
                "one customer",
                "many customers",
                name="serves",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_team_site_id_site"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team")),
        sa.UniqueConstraint("name", name=op.f("uq_team_name")),
    )
    with op.batch_alter_table("team", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_team_site_id"), ["site_id"], unique=False)

    op.create_table(
        "improvement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "raised",
                "accepted",
                "in progress",
                "on hold",
                "embedded",
                "stopped",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("touched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "process",
                "service",
                "tool",
                "knowledge",
                "channel shift",
                "customer service",
                "behaviour",
                "relationship",
                "organisation",
                "access",
                "role",
                "other",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("template", sa.String(), nullable=False),
        sa.Column("service", sa.String(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("objective", sa.Text(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("owner_operator_id", sa.Integer(), nullable=True),
        sa.Column("owner_person_id", sa.Integer(), nullable=True),
        sa.Column("sponsor", sa.String(), nullable=False),
        sa.Column("sponsor_person_id", sa.Integer(), nullable=True),
        sa.Column(
            "source",
            sa.Enum(
                "idea",
                "complaint",
                "incident",
                "feedback",
                "audit",
                name="source",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("source_text", sa.Text(), nullable=False),
        sa.Column("source_who", sa.String(), nullable=False),
        sa.Column("vision", sa.Text(), nullable=False),
        sa.Column("where_now", sa.Text(), nullable=False),
        sa.Column("where_to", sa.Text(), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("momentum", sa.Text(), nullable=False),
        sa.Column(
            "size",
            sa.Enum("S", "M", "L", name="size", native_enum=False, create_constraint=True, length=20),
            nullable=True,
        ),
        sa.Column("value", sa.Integer(), nullable=True),
        sa.Column("urgency", sa.Integer(), nullable=True),
        sa.Column("risk", sa.Integer(), nullable=True),
        sa.Column("job_size", sa.Integer(), nullable=True),
        sa.Column("required_by", sa.Date(), nullable=True),
        sa.Column("nothing_cost", sa.Text(), nullable=False),
        sa.Column("nothing_risk", sa.Text(), nullable=False),
        sa.Column("confidence", sa.Integer(), nullable=True),
        sa.Column("expected_return", sa.Text(), nullable=False),
        sa.Column("desk_involved", sa.Boolean(), nullable=True),
        sa.Column("desk_note", sa.Text(), nullable=False),
        sa.Column("existing_tool", sa.String(), nullable=False),
        sa.Column("reuses_tool", sa.Boolean(), nullable=True),
        sa.Column("later_candidate", sa.String(), nullable=False),
        sa.Column("tool_limit", sa.Text(), nullable=False),
        sa.Column("channel_fit", sa.Text(), nullable=False),
        sa.Column("budget_hours", sa.Double(), nullable=True),
        sa.Column(
            "funding",
            sa.Enum(
                "unknown",
                "not needed",
                "asked for",
                "granted",
                "refused",
                name="funding",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("funding_note", sa.Text(), nullable=False),
        sa.Column("success_needs", sa.Text(), nullable=False),
        sa.Column("eligible", sa.Integer(), nullable=True),
        sa.Column("undo_capacity", sa.Integer(), nullable=True),
        sa.Column("saving_unit", sa.String(), nullable=False),
        sa.Column("saving_assumptions", sa.Text(), nullable=False),
        sa.Column("forecast_shown_on", sa.Date(), nullable=True),
        sa.Column("everyone_has_it_on", sa.Date(), nullable=True),
        sa.Column("next_what", sa.Text(), nullable=False),
        sa.Column("next_who", sa.String(), nullable=False),
        sa.Column("next_due", sa.Date(), nullable=True),
        sa.Column("stop_learning", sa.Text(), nullable=False),
        sa.Column("not_spent", sa.Double(), nullable=True),
        sa.Column("not_spent_unit", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_operator_id"],
            ["operator.id"],
            name=op.f("fk_improvement_owner_operator_id_operator"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["owner_person_id"], ["person.id"], name=op.f("fk_improvement_owner_person_id_person"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["parent_id"], ["improvement.id"], name=op.f("fk_improvement_parent_id_improvement")),
        sa.ForeignKeyConstraint(
            ["sponsor_person_id"],
            ["person.id"],
            name=op.f("fk_improvement_sponsor_person_id_person"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_improvement")),
    )
    with op.batch_alter_table("improvement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_improvement_next_due"), ["next_due"], unique=False)
        batch_op.create_index(batch_op.f("ix_improvement_owner_operator_id"), ["owner_operator_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_improvement_owner_person_id"), ["owner_person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_improvement_parent_id"), ["parent_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_improvement_sponsor_person_id"), ["sponsor_person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_improvement_state"), ["state"], unique=False)

    op.create_table(
        "business_case",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("improvement_id", sa.Integer(), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["improvement_id"], ["improvement.id"], name=op.f("fk_business_case_improvement_id_improvement")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_business_case")),
    )
    with op.batch_alter_table("business_case", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_business_case_improvement_id"), ["improvement_id"], unique=False)

    op.create_table(
        "complaint",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column(
            "defect",
            sa.Enum(
                "ping-pong",
                "bad information",
                "explaining twice",
                "wrong priority",
                "other",
                name="defect",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("severity", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open", "in improvement", "answered", name="state", native_enum=False, create_constraint=True, length=20
            ),
            nullable=False,
        ),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("improvement_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["improvement_id"], ["improvement.id"], name=op.f("fk_complaint_improvement_id_improvement")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint")),
    )
    with op.batch_alter_table("complaint", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_complaint_improvement_id"), ["improvement_id"], unique=False)

    op.create_table(
        "improvement_vote",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("improvement_id", sa.Integer(), nullable=False),
        sa.Column("voter", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["improvement_id"], ["improvement.id"], name=op.f("fk_improvement_vote_improvement_id_improvement")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_improvement_vote")),
        sa.UniqueConstraint("improvement_id", "voter", name=op.f("uq_improvement_vote_improvement_id_voter")),
    )
    op.create_table(
        "metric",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("improvement_id", sa.Integer(), nullable=False),
        sa.Column("primary_of", sa.Integer(), nullable=True),
        sa.Column("control_of", sa.Integer(), nullable=True),
        sa.Column(
            "role",
            sa.Enum("primary", "guardrail", "other", name="role", native_enum=False, create_constraint=True, length=20),
            nullable=False,
        ),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column(
            "direction",
            sa.Enum("up", "down", name="direction", native_enum=False, create_constraint=True, length=20),
            nullable=False,
        ),
        sa.Column("target", sa.Double(), nullable=True),
        sa.Column(
            "source",
            sa.Enum(
                "typed in",
                "incident query",
                "pulse",
                "directory query",
                name="source",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column(
            "scope",
            sa.Enum("participants", "service", name="scope", native_enum=False, create_constraint=True, length=20),
            nullable=False,
        ),
        sa.Column(
            "period",
            sa.Enum(
                "day",
                "week",
                "month",
                "group of tickets",
                name="period",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("skewed", sa.Boolean(), nullable=False),
        sa.Column("full_count", sa.Boolean(), nullable=False),
        sa.Column("floor", sa.Double(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["control_of"], ["improvement.id"], name=op.f("fk_metric_control_of_improvement")),
        sa.ForeignKeyConstraint(
            ["improvement_id"], ["improvement.id"], name=op.f("fk_metric_improvement_id_improvement")
        ),
        sa.ForeignKeyConstraint(["primary_of"], ["improvement.id"], name=op.f("fk_metric_primary_of_improvement")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_metric")),
        sa.UniqueConstraint("control_of", name=op.f("uq_metric_control_of")),
        sa.UniqueConstraint("improvement_id", "name", name=op.f("uq_metric_improvement_id_name")),
        sa.UniqueConstraint("primary_of", name=op.f("uq_metric_primary_of")),
    )
    op.create_table(
        "complaint_voice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("complaint_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("said_on", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaint.id"], name=op.f("fk_complaint_voice_complaint_id_complaint")
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["site.id"], name=op.f("fk_complaint_voice_site_id_site"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint_voice")),
    )
    with op.batch_alter_table("complaint_voice", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_complaint_voice_complaint_id"), ["complaint_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_complaint_voice_site_id"), ["site_id"], unique=False)

    op.create_table(
        "iteration",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("improvement_id", sa.Integer(), nullable=False),
        sa.Column("open_of", sa.Integer(), nullable=True),
        sa.Column("carried_from_id", sa.Integer(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "planned",
                "running",
                "reviewing",
                "decided",
                "aborted",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column(
            "adapter",
            sa.Enum("by hand", "role wave", name="adapter", native_enum=False, create_constraint=True, length=20),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("started_by", sa.String(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("what_changes", sa.Text(), nullable=False),
        sa.Column("planned_size", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("verdict_not_before", sa.Date(), nullable=True),
        sa.Column("minimum_points", sa.Integer(), nullable=False),
        sa.Column("observe_days", sa.Integer(), nullable=False),
        sa.Column("size_reason", sa.Text(), nullable=False),
        sa.Column("budget_hours", sa.Double(), nullable=True),
        sa.Column("spent_hours", sa.Double(), nullable=True),
        sa.Column("start_reason", sa.Text(), nullable=False),
        sa.Column("simple_reason", sa.Text(), nullable=False),
        sa.Column(
            "risk_level",
            sa.Enum("low", "medium", "high", name="risk_level", native_enum=False, create_constraint=True, length=20),
            nullable=True,
        ),
        sa.Column(
            "cost_level",
            sa.Enum("low", "medium", "high", name="cost_level", native_enum=False, create_constraint=True, length=20),
            nullable=True,
        ),
        sa.Column("levels_reason", sa.Text(), nullable=False),
        sa.Column("metric_id", sa.Integer(), nullable=True),
        sa.Column("expected", sa.Double(), nullable=True),
        sa.Column("confidence", sa.Integer(), nullable=True),
        sa.Column("prediction_note", sa.Text(), nullable=False),
        sa.Column("baseline", sa.Double(), nullable=True),
        sa.Column("result", sa.Double(), nullable=True),
        sa.Column("undo_rehearsed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undo_rehearsed_by", sa.String(), nullable=False),
        sa.Column("undo_seconds", sa.Integer(), nullable=True),
        sa.Column("pulse", sa.Double(), nullable=True),
        sa.Column("pulse_floor", sa.Double(), nullable=False),
        sa.Column("incidents_quiet", sa.Boolean(), nullable=True),
        sa.Column("incidents_note", sa.Text(), nullable=False),
        sa.Column("support_change", sa.Double(), nullable=True),
        sa.Column("ended_reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["carried_from_id"], ["iteration.id"], name=op.f("fk_iteration_carried_from_id_iteration")
        ),
        sa.ForeignKeyConstraint(
            ["improvement_id"], ["improvement.id"], name=op.f("fk_iteration_improvement_id_improvement")
        ),
        sa.ForeignKeyConstraint(["metric_id"], ["metric.id"], name=op.f("fk_iteration_metric_id_metric")),
        sa.ForeignKeyConstraint(["open_of"], ["improvement.id"], name=op.f("fk_iteration_open_of_improvement")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_iteration")),
        sa.UniqueConstraint("improvement_id", "number", name=op.f("uq_iteration_improvement_id_number")),
        sa.UniqueConstraint("open_of", name=op.f("uq_iteration_open_of")),
    )
    with op.batch_alter_table("iteration", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_iteration_carried_from_id"), ["carried_from_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_iteration_metric_id"), ["metric_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_iteration_state"), ["state"], unique=False)

    op.create_table(
        "measurement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("metric_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("value", sa.Double(), nullable=True),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["metric_id"], ["metric.id"], name=op.f("fk_measurement_metric_id_metric")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measurement")),
        sa.UniqueConstraint(
            "metric_id", "day", "label", "attempt", name=op.f("uq_measurement_metric_id_day_label_attempt")
        ),
    )
    op.create_table(
        "metric_rebase",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("metric_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["metric_id"], ["metric.id"], name=op.f("fk_metric_rebase_metric_id_metric")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_metric_rebase")),
        sa.UniqueConstraint("metric_id", "day", name=op.f("uq_metric_rebase_metric_id_day")),
    )
    op.create_table(
        "check_in",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("iteration_id", sa.Integer(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("actual", sa.Text(), nullable=False),
        sa.Column("obstacle", sa.Text(), nullable=False),
        sa.Column("next_step", sa.Text(), nullable=False),
        sa.Column("learned", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["iteration_id"], ["iteration.id"], name=op.f("fk_check_in_iteration_id_iteration")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_check_in")),
    )
    with op.batch_alter_table("check_in", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_check_in_iteration_id"), ["iteration_id"], unique=False)

    op.create_table(
        "cost_benefit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("improvement_id", sa.Integer(), nullable=False),
        sa.Column("iteration_id", sa.Integer(), nullable=True),
        sa.Column(
            "side",
            sa.Enum(
                "cost",
                "benefit",
                "dis-benefit",
                "doing nothing",
                name="side",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("for_whom", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column(
            "per",
            sa.Enum("once", "week", "month", "year", name="per", native_enum=False, create_constraint=True, length=20),
            nullable=False,
        ),
        sa.Column("planned", sa.Double(), nullable=True),
        sa.Column("actual", sa.Double(), nullable=True),
        sa.Column("assumption", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("struck_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["improvement_id"], ["improvement.id"], name=op.f("fk_cost_benefit_improvement_id_improvement")
        ),
        sa.ForeignKeyConstraint(
            ["iteration_id"], ["iteration.id"], name=op.f("fk_cost_benefit_iteration_id_iteration")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cost_benefit")),
    )
    with op.batch_alter_table("cost_benefit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cost_benefit_improvement_id"), ["improvement_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_cost_benefit_iteration_id"), ["iteration_id"], unique=False)

    op.create_table(
        "decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("iteration_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "scale",
                "adapt",
                "hold",
                "stop",
                "roll back",
                "adopt",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column(
            "verdict",
            sa.Enum(
                "pass",
                "fail",
                "inconclusive",
                "no data",
                name="verdict",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=True,
        ),
        sa.Column("next_size", sa.Integer(), nullable=False),
        sa.Column("gate", sa.JSON(), nullable=False),
        sa.Column("overrides", sa.JSON(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["iteration_id"], ["iteration.id"], name=op.f("fk_decision_iteration_id_iteration")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
        sa.UniqueConstraint("iteration_id", name=op.f("uq_decision_iteration_id")),
    )
    op.create_table(
        "improvement_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("improvement_id", sa.Integer(), nullable=False),
        sa.Column("iteration_id", sa.Integer(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "learn",
                "unlearn",
                "picture",
                "stakeholder",
                "practice",
                "volunteer",
                "presentation",
                "article",
                "link",
                "success",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=True),
        sa.Column("answer", sa.Boolean(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("struck_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["improvement_id"], ["improvement.id"], name=op.f("fk_improvement_note_improvement_id_improvement")
        ),
        sa.ForeignKeyConstraint(
            ["iteration_id"], ["iteration.id"], name=op.f("fk_improvement_note_iteration_id_iteration")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_improvement_note")),
    )
    with op.batch_alter_table("improvement_note", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_improvement_note_improvement_id"), ["improvement_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_improvement_note_iteration_id"), ["iteration_id"], unique=False)

    op.create_table(
        "iteration_snapshot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("iteration_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["iteration_id"], ["iteration.id"], name=op.f("fk_iteration_snapshot_iteration_id_iteration")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_iteration_snapshot")),
        sa.UniqueConstraint("iteration_id", name=op.f("uq_iteration_snapshot_iteration_id")),
    )
    op.create_table(
        "participation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("iteration_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "invited",
                "prepared",
                "switched",
                "observing",
                "accepted",
                "undone",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("technique", sa.Text(), nullable=False),
        sa.Column("prepared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("switched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("observing_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_by", sa.String(), nullable=False),
        sa.Column("undo_asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undo_seconds", sa.Integer(), nullable=True),
        sa.Column("undo_reason", sa.Text(), nullable=False),
        sa.Column("feedback", sa.Text(), nullable=False),
        sa.Column("feedback_read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("would_go_back", sa.Boolean(), nullable=True),
        sa.Column("saved", sa.Double(), nullable=True),
        sa.Column("last_used_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["iteration_id"], ["iteration.id"], name=op.f("fk_participation_iteration_id_iteration")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_participation_person_id_person"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["site.id"], name=op.f("fk_participation_site_id_site"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_participation")),
        sa.UniqueConstraint("iteration_id", "person_id", name=op.f("uq_participation_iteration_id_person_id")),
    )
    with op.batch_alter_table("participation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_participation_iteration_id"), ["iteration_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_participation_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_participation_site_id"), ["site_id"], unique=False)

    op.create_table(
        "finding",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("improvement_id", sa.Integer(), nullable=False),
        sa.Column("iteration_id", sa.Integer(), nullable=True),
        sa.Column("participation_id", sa.Integer(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "note", "fix before scaling", "stop", name="kind", native_enum=False, create_constraint=True, length=20
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "fixed",
                "verified",
                "accepted risk",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column(
            "source",
            sa.Enum(
                "observation",
                "participant",
                "incident",
                "pulse",
                "drift",
                name="source",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column(
            "for_whom",
            sa.Enum("desk", "users", "team", name="for_whom", native_enum=False, create_constraint=True, length=20),
            nullable=False,
        ),
        sa.Column("fix", sa.Text(), nullable=False),
        sa.Column("settled_by", sa.String(), nullable=False),
        sa.Column("settled_why", sa.Text(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["improvement_id"], ["improvement.id"], name=op.f("fk_finding_improvement_id_improvement")
        ),
        sa.ForeignKeyConstraint(["iteration_id"], ["iteration.id"], name=op.f("fk_finding_iteration_id_iteration")),
        sa.ForeignKeyConstraint(
            ["participation_id"], ["participation.id"], name=op.f("fk_finding_participation_id_participation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding")),
    )
    with op.batch_alter_table("finding", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_finding_improvement_id"), ["improvement_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_finding_iteration_id"), ["iteration_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_finding_participation_id"), ["participation_id"], unique=False)
    make_append_only()


def downgrade() -> None:
    with op.batch_alter_table("finding", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_finding_participation_id"))
        batch_op.drop_index(batch_op.f("ix_finding_iteration_id"))
        batch_op.drop_index(batch_op.f("ix_finding_improvement_id"))

    op.drop_table("finding")
    with op.batch_alter_table("participation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_participation_site_id"))
        batch_op.drop_index(batch_op.f("ix_participation_person_id"))
        batch_op.drop_index(batch_op.f("ix_participation_iteration_id"))

    op.drop_table("participation")
    op.drop_table("iteration_snapshot")
    with op.batch_alter_table("improvement_note", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_improvement_note_iteration_id"))
        batch_op.drop_index(batch_op.f("ix_improvement_note_improvement_id"))

    op.drop_table("improvement_note")
    op.drop_table("decision")
    with op.batch_alter_table("cost_benefit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_cost_benefit_iteration_id"))
        batch_op.drop_index(batch_op.f("ix_cost_benefit_improvement_id"))

    op.drop_table("cost_benefit")
    with op.batch_alter_table("check_in", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_check_in_iteration_id"))

    op.drop_table("check_in")
    op.drop_table("metric_rebase")
    op.drop_table("measurement")
    with op.batch_alter_table("iteration", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_iteration_state"))
        batch_op.drop_index(batch_op.f("ix_iteration_metric_id"))
        batch_op.drop_index(batch_op.f("ix_iteration_carried_from_id"))

    op.drop_table("iteration")
    with op.batch_alter_table("complaint_voice", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_complaint_voice_site_id"))
        batch_op.drop_index(batch_op.f("ix_complaint_voice_complaint_id"))

    op.drop_table("complaint_voice")
    op.drop_table("metric")
    op.drop_table("improvement_vote")
    with op.batch_alter_table("complaint", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_complaint_improvement_id"))

    op.drop_table("complaint")
    with op.batch_alter_table("business_case", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_business_case_improvement_id"))

    op.drop_table("business_case")
    with op.batch_alter_table("improvement", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_improvement_state"))
        batch_op.drop_index(batch_op.f("ix_improvement_sponsor_person_id"))
        batch_op.drop_index(batch_op.f("ix_improvement_parent_id"))
        batch_op.drop_index(batch_op.f("ix_improvement_owner_person_id"))
        batch_op.drop_index(batch_op.f("ix_improvement_owner_operator_id"))
        batch_op.drop_index(batch_op.f("ix_improvement_next_due"))

    op.drop_table("improvement")
    with op.batch_alter_table("team", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_team_site_id"))

    op.drop_table("team")
    op.drop_table("site")
    op.drop_table("improvement_template")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION append_only_refuse()")
