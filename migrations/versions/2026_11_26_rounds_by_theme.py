"""rounds in which each seat scores its themes"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0027"
down_revision = "0024"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.add_column("scoring_rounds", sa.Column("by_theme", JSON, server_default=sa.text("'{}'"), nullable=False))
    if op.get_bind().dialect.name != "sqlite":
        op.alter_column("scoring_rounds", "by_theme", server_default=None)


def downgrade() -> None:
    op.drop_column("scoring_rounds", "by_theme")
