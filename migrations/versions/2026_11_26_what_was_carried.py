"""a motion on the criteria says of which drafts, as they stood, it was carried"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0030"
down_revision = "0027"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.add_column("session_motions", sa.Column("drafts", JSON, server_default=sa.text("'[]'"), nullable=False))
    if op.get_bind().dialect.name != "sqlite":
        op.alter_column("session_motions", "drafts", server_default=None)


def downgrade() -> None:
    op.drop_column("session_motions", "drafts")
