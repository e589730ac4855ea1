"""a stage report keeps its files, says what changed because of it, and is told to those who took part"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.steps import point_at, point_no_more

revision = "0032"
down_revision = "0033"
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
    op.create_table(
        "report_notices",
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        *(_points("person_id", "people"), _points("report_id", "stage_reports")),
        sa.PrimaryKeyConstraint("report_id", "person_id", name=op.f("pk_report_notices")),
    )
    op.create_index(op.f("ix_report_notices_person_id"), "report_notices", ["person_id"])


def _points(column: str, target: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_report_notices_{column}")
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name, deferrable=True, initially="DEFERRED")


def downgrade() -> None:
    op.drop_table("report_notices")
    for name in FILES:
        point_no_more("stage_reports", name)
    for name in ("content_hash", "what_changed"):
        op.drop_column("stage_reports", name)
