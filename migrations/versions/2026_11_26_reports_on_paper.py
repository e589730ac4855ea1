"""a stage report keeps its files, and says what changed because of what people proposed"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.steps import point_at, point_no_more

revision = "0032"
down_revision = "0030"
branch_labels = None
depends_on = None

FILES = ("pdf_es_id", "pdf_en_id", "csv_id")


def upgrade() -> None:
    for name, kind in (("what_changed", sa.Text()), ("content_hash", sa.String(64))):
        op.add_column("stage_reports", sa.Column(name, kind, server_default="", nullable=False))
        if op.get_bind().dialect.name != "sqlite":
            op.alter_column("stage_reports", name, server_default=None)
    for name in FILES:
        point_at("stage_reports", name, "documents")


def downgrade() -> None:
    for name in FILES:
        point_no_more("stage_reports", name)
    for name in ("content_hash", "what_changed"):
        op.drop_column("stage_reports", name)
