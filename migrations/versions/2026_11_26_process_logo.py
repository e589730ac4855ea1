"""a process may have a logo"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.steps import point_at, point_no_more

revision = "0029"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    point_at("processes", "logo_id", "documents")
    op.add_column("processes", sa.Column("logo_width", sa.Integer(), nullable=False, server_default="0"))
    if op.get_bind().dialect.name != "sqlite":
        op.alter_column("processes", "logo_width", server_default=None)


def downgrade() -> None:
    op.execute("ALTER TABLE processes DROP COLUMN logo_width")
    point_no_more("processes", "logo_id")
