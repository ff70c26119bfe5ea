"""The tables of the pipeline. History (``attempt``, ``decision``, ``pause``) is only added to."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

import shared.data.business_clock
import shared.data.division_recodes
import shared.data.events
import shared.data.revoked_tokens
import shared.web.idempotency  # noqa: F401 - the common tables are declared by these imports
from shared.data.database import service_metadata

METADATA = service_metadata()

cycle = sa.Table(
    "cycle",
    METADATA,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("programme", sa.Text, nullable=False),
    sa.Column("assessment_year", sa.SmallInteger, nullable=False),
    sa.Column("division", sa.Text, nullable=False),
    sa.Column("plan_version", sa.Text, nullable=False),  # the plan in force
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("fence", sa.BigInteger, nullable=False),  # grows with each claim; a guarded change has it
    sa.Column("lease_holder", sa.Text, nullable=True),
    sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
    sa.Column("ticked_at", sa.DateTime(timezone=True), nullable=True),
    sa.Column("ticked_for", sa.Date, nullable=True),  # the business date of the last tick
    sa.Column("tick_at", sa.DateTime(timezone=True), nullable=True),  # not ticked before
    sa.Column("trouble", JSONB, nullable=True),  # what kept the last tick as a whole from being made
    sa.Column("started_by", sa.Text, nullable=False),
    sa.Column("started_on", sa.Date, nullable=False),
    sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
    sa.UniqueConstraint("programme", "assessment_year", name="uq_cycle_year"),
    sa.CheckConstraint("state IN ('open', 'paused', 'stopped', 'closed')", name="state"),
)

plan = sa.Table(
    "plan",
    METADATA,
    sa.Column("cycle_id", sa.Uuid, sa.ForeignKey(cycle.c.id), primary_key=True),
    sa.Column("version", sa.Text, primary_key=True),
    sa.Column("sha256", sa.Text, nullable=False),
    sa.Column("content", JSONB, nullable=False),
    sa.Column("state", sa.Text, nullable=False),  # proposed, in_force, refused, superseded
    sa.Column("proposed_by", sa.Text, nullable=False),
    sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("state IN ('proposed', 'in_force', 'refused', 'superseded')", name="state"),
)

stage = sa.Table(
    "stage",
    METADATA,
    sa.Column("cycle_id", sa.Uuid, sa.ForeignKey(cycle.c.id), primary_key=True),
    sa.Column("code", sa.Text, primary_key=True),
    sa.Column("ordinal", sa.SmallInteger, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("turn", sa.SmallInteger, nullable=False),  # 1, and one more each time it is done again
    sa.Column("plan_version", sa.Text, nullable=False),  # by which it was begun
    sa.Column("begins_on", sa.Date, nullable=True),
    sa.Column("due_on", sa.Date, nullable=True),
    sa.Column("due_basis", sa.Text, nullable=True),
    sa.Column("is_provisional", sa.Boolean, nullable=False),
    sa.Column("proposal", JSONB, nullable=True),
    sa.Column("proposal_sha256", sa.Text, nullable=True),
    sa.Column("proposers", ARRAY(sa.Text), nullable=False),
    sa.Column("result", JSONB, nullable=True),
    sa.Column("reasons", JSONB, nullable=False),  # why it does not go on, as the last tick saw it
    sa.Column("problem", JSONB, nullable=True),  # a service's refusal
    sa.Column("failures", sa.SmallInteger, nullable=False),  # calls in a row that no service answered
    sa.Column("try_at", sa.DateTime(timezone=True), nullable=True),
    sa.Column("done_on", sa.Date, nullable=True),
    sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint(
        "state IN ('waiting', 'at_gate', 'applying', 'verifying', "
        "'done', 'passed_over', 'waived', 'blocked', 'failed')",
        name="state",
    ),
)

gate = sa.Table(
    "gate",
    METADATA,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("cycle_id", sa.Uuid, sa.ForeignKey(cycle.c.id), nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("stage", sa.Text, nullable=True),  # null: of a plan
    sa.Column("turn", sa.SmallInteger, nullable=False),
    sa.Column("persons", sa.SmallInteger, nullable=False),
    sa.Column("roles", ARRAY(sa.Text), nullable=False),
    sa.Column("units_differ", sa.Boolean, nullable=False),
    sa.Column("proposers", ARRAY(sa.Text), nullable=False),
    sa.Column("proposal", JSONB, nullable=False),
    sa.Column("proposal_sha256", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("opened_on", sa.Date, nullable=False),
    sa.Column("due_on", sa.Date, nullable=True),
    sa.Column("escalated_to", ARRAY(sa.Text), nullable=False),
    sa.Column("closed_on", sa.Date, nullable=True),
    sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("state IN ('open', 'passed', 'rejected', 'superseded', 'withdrawn')", name="state"),
    sa.CheckConstraint("kind IN ('own', 'mirrored', 'waiver', 'plan')", name="kind"),
)
sa.Index(
    "uq_gate_open",
    gate.c.cycle_id,
    sa.func.coalesce(gate.c.stage, ""),
    gate.c.kind,
    unique=True,
    postgresql_where=gate.c.state == "open",
)

decision = sa.Table(
    "decision",
    METADATA,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("gate_id", sa.Uuid, sa.ForeignKey(gate.c.id), nullable=False),
    sa.Column("person", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("unit", sa.Text, nullable=False),
    sa.Column("verdict", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("proposal_sha256", sa.Text, nullable=False),
    sa.Column("decided_on", sa.Date, nullable=False),
    sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
    sa.UniqueConstraint("gate_id", "person", name="uq_decision_person"),
)

effect = sa.Table(
    "effect",
    METADATA,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("cycle_id", sa.Uuid, sa.ForeignKey(cycle.c.id), nullable=False),
    sa.Column("stage", sa.Text, nullable=False),
    sa.Column("turn", sa.SmallInteger, nullable=False),
    sa.Column("place", sa.SmallInteger, nullable=False),
    sa.Column("service", sa.Text, nullable=False),
    sa.Column("method", sa.Text, nullable=False),
    sa.Column("path", sa.Text, nullable=False),
    sa.Column("body_sha256", sa.Text, nullable=False),
    sa.Column("intended_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("sent", sa.SmallInteger, nullable=False),  # how often its intent was written
    sa.Column("status", sa.SmallInteger, nullable=True),
    sa.Column("answer_sha256", sa.Text, nullable=True),
    sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
)
sa.Index("ix_effect_cycle_id", effect.c.cycle_id, effect.c.intended_at)

attempt = sa.Table(
    "attempt",
    METADATA,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("cycle_id", sa.Uuid, sa.ForeignKey(cycle.c.id), nullable=False),
    sa.Column("stage", sa.Text, nullable=False),
    sa.Column("turn", sa.SmallInteger, nullable=False),
    sa.Column("phase", sa.Text, nullable=False),
    sa.Column("worker", sa.Text, nullable=False),
    sa.Column("fence", sa.BigInteger, nullable=False),
    sa.Column("code_version", sa.Text, nullable=False),
    sa.Column("outcome", sa.Text, nullable=False),
    sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
)
sa.Index("ix_attempt_cycle_id", attempt.c.cycle_id, attempt.c.recorded_at)

timer = sa.Table(
    "timer",
    METADATA,
    sa.Column("cycle_id", sa.Uuid, sa.ForeignKey(cycle.c.id), primary_key=True),
    sa.Column("stage", sa.Text, primary_key=True),
    sa.Column("turn", sa.SmallInteger, primary_key=True),
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("place", sa.SmallInteger, primary_key=True),
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("fired_for", sa.Date, nullable=True),  # the business date of the tick that fired it
    sa.Column("is_collapsed", sa.Boolean, nullable=False),
    sa.Column("fired_at", sa.DateTime(timezone=True), nullable=True),
)

notice = sa.Table(
    "notice",
    METADATA,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("cycle_id", sa.Uuid, sa.ForeignKey(cycle.c.id), nullable=False),
    sa.Column("stage", sa.Text, nullable=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("roles", ARRAY(sa.Text), nullable=False),
    sa.Column("zh", sa.Text, nullable=False),
    sa.Column("en", sa.Text, nullable=False),
    sa.Column("failures", sa.SmallInteger, nullable=False),
    sa.Column("try_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
    sa.Column("recipients", sa.SmallInteger, nullable=True),  # how many it was sent to
    sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
)
sa.Index("ix_notice_waiting", notice.c.try_at, postgresql_where=notice.c.sent_at.is_(None))

pause = sa.Table(
    "pause",
    METADATA,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("cycle_id", sa.Uuid, sa.ForeignKey(cycle.c.id), nullable=False),
    sa.Column("kind", sa.Text, nullable=False),  # paused, stopped
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("from_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("to_at", sa.DateTime(timezone=True), nullable=True),
    sa.Column("ended_by", sa.Text, nullable=True),
)
