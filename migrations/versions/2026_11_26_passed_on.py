"""requests to institutions passed on inside, and put off once"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def _to(column: str, other: str, table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}")
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name, initially="DEFERRED", deferrable=True)


def upgrade() -> None:
    op.create_table(
        "feasibility_colleagues",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("address", sa.String(length=320), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("passed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        _to("person_id", "people", "feasibility_colleagues"),
        _to("proposal_id", "proposals", "feasibility_colleagues"),
        _to("request_id", "feasibility_requests", "feasibility_colleagues"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feasibility_colleagues")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_feasibility_colleagues_token_hash")),
    )
    op.create_index("ix_feasibility_colleagues_person", "feasibility_colleagues", ["person_id"])
    op.create_index("ix_feasibility_colleagues_request", "feasibility_colleagues", ["request_id"])
    op.create_table(
        "feasibility_extensions",
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("due_before", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("done_before", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("extended_at", sa.DateTime(timezone=True), nullable=False),
        _to("request_id", "feasibility_requests", "feasibility_extensions"),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk_feasibility_extensions")),
    )


def downgrade() -> None:
    op.drop_table("feasibility_extensions")
    op.drop_index("ix_feasibility_colleagues_request", "feasibility_colleagues")
    op.drop_index("ix_feasibility_colleagues_person", "feasibility_colleagues")
    op.drop_table("feasibility_colleagues")
