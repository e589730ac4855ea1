"""news once a week, for those who choose it"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("follows", sa.Column("digest_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_follows_digest", "follows", ["digest_at"])
    op.create_table(
        "week_letters",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("follower_id", sa.Uuid(), nullable=False),
        sa.Column("process_id", sa.Uuid(), nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("stop_hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["follower_id"],
            ["followers.id"],
            name=op.f("fk_week_letters_follower_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["process_id"],
            ["processes.id"],
            name=op.f("fk_week_letters_process_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_week_letters")),
        sa.UniqueConstraint(
            "follower_id", "process_id", "week", name=op.f("uq_week_letters_follower_id_process_id_week")
        ),
        sa.UniqueConstraint("stop_hash", name=op.f("uq_week_letters_stop_hash")),
    )


def downgrade() -> None:
    op.drop_table("week_letters")
    op.drop_index("ix_follows_digest", "follows")
    op.drop_column("follows", "digest_at")
