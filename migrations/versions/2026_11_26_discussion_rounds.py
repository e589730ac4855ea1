"""rounds of discussion, which follow a closed round and keep its score sheets"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.steps import point_at, point_no_more

revision = "0025"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    point_at("scoring_rounds", "follows_id", "scoring_rounds")
    op.add_column("scoring_rounds", sa.Column("reopened_because", sa.Text(), nullable=False, server_default=""))
    if op.get_bind().dialect.name != "sqlite":
        op.alter_column("scoring_rounds", "reopened_because", server_default=None)


def downgrade() -> None:
    op.drop_column("scoring_rounds", "reopened_because")
    point_no_more("scoring_rounds", "follows_id")
