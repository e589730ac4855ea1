"""drafts on the server, people who sign too, what was agreed to, sums of who proposes, the colour of a process"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

ADDED: tuple[tuple[str, str, Any, Any], ...] = (
    ("processes", "accent", sa.String(7), ""),
    ("proposals", "written_in", sa.String(8), ""),
    ("authors", "consent", sa.String(20), ""),
    ("authors", "was_counted", sa.Boolean(), sa.false()),
)


def upgrade() -> None:
    for table, name, kind, default in ADDED:
        op.add_column(table, sa.Column(name, kind, nullable=False, server_default=default))
        if op.get_bind().dialect.name != "sqlite":
            op.alter_column(table, name, server_default=None)
    op.create_table(
        "proposal_drafts",
        sa.Column("id", sa.Uuid(), nullable=False),
        _process(),
        sa.Column("address", sa.String(320), nullable=False),
        sa.Column("typed", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("title", sa.String(400), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("link_sent_at", sa.DateTime(timezone=True), nullable=True),
        _points("proposal_drafts", "process_id", "processes"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal_drafts")),
    )
    op.create_index(op.f("ix_proposal_drafts_address"), "proposal_drafts", ["address"])
    op.create_index(op.f("ix_proposal_drafts_updated_at"), "proposal_drafts", ["updated_at"])
    op.create_table(
        "co_author_requests",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("address", sa.String(320), nullable=True),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("has_joined", sa.Boolean(), nullable=False),
        _points("co_author_requests", "proposal_id", "proposals"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_co_author_requests")),
        sa.UniqueConstraint("proposal_id", "address", name=op.f("uq_co_author_requests_proposal_id_address")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_co_author_requests_token_hash")),
    )
    op.create_index(op.f("ix_co_author_requests_proposal_id"), "co_author_requests", ["proposal_id"])
    op.create_table(
        "trait_counts",
        _process(),
        sa.Column("trait", sa.String(30), nullable=False),
        sa.Column("answer", sa.String(30), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        _points("trait_counts", "process_id", "processes"),
        sa.PrimaryKeyConstraint("process_id", "trait", "answer", name=op.f("pk_trait_counts")),
    )


def _process() -> sa.Column[Any]:
    return sa.Column("process_id", sa.Uuid(), nullable=False)


def _points(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}")
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name, deferrable=True, initially="DEFERRED")


def downgrade() -> None:
    for table in ("trait_counts", "co_author_requests", "proposal_drafts"):
        op.drop_table(table)
    for table, name, _kind, _default in reversed(ADDED):
        op.drop_column(table, name)
