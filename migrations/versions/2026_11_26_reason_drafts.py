"""reasons that a rapporteur writes in one voice before the forum decides"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

KEYS = (("stage_id", "stages"), ("proposal_id", "proposals"), ("seat_id", "seats"))


def upgrade() -> None:
    op.create_table(
        "reason_drafts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("stage_id", sa.Uuid(), nullable=False),
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("seat_id", sa.Uuid(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        *(_points(column, target) for column, target in KEYS),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reason_drafts")),
        sa.UniqueConstraint("stage_id", "proposal_id", name=op.f("uq_reason_drafts_stage_id_proposal_id")),
    )


def _points(column: str, target: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_reason_drafts_{column}")
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name, deferrable=True, initially="DEFERRED")


def downgrade() -> None:
    op.drop_table("reason_drafts")
