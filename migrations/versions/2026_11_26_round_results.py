"""the counts of rounds of scoring, and the criteria a round was opened with"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
OPENED_WITH = (
    "UPDATE scoring_rounds SET criteria_hash = (SELECT criteria_sets.content_hash FROM criteria_sets "
    "WHERE criteria_sets.id = scoring_rounds.criteria_set_id)"
)


def _to(column: str, other: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_round_results_{column}")
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name, initially="DEFERRED", deferrable=True)


def upgrade() -> None:
    op.create_table(
        "round_results",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("because", sa.String(length=24), nullable=False),
        sa.Column("secret", sa.String(length=80), nullable=False),
        sa.Column("inputs", JSON, nullable=False),
        sa.Column("formula", sa.String(length=12), nullable=False),
        sa.Column("inputs_hash", sa.String(length=64), nullable=False),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", JSON, nullable=False),
        _to("job_id", "jobs"),
        _to("round_id", "scoring_rounds"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round_results")),
        sa.UniqueConstraint("round_id", "version", name=op.f("uq_round_results_round_id_version")),
    )
    op.add_column("scoring_rounds", sa.Column("criteria_hash", sa.String(length=64), server_default="", nullable=False))
    op.execute(OPENED_WITH)
    if op.get_bind().dialect.name != "sqlite":
        op.alter_column("scoring_rounds", "criteria_hash", server_default=None)


def downgrade() -> None:
    op.drop_column("scoring_rounds", "criteria_hash")
    op.drop_table("round_results")
