"""what a document tells of a decision, a technical table or a round, and how exactly it knows the date"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.steps import add_word, drop_word

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

PRECISIONS = ("instant", "day", "month", "year")
SECTORS = ("citizen", "civil_society", "academia", "private", "public")
TOLD_OF = ("technical_tables", "monitoring_rounds")


def upgrade() -> None:
    add_word("publications", "last_to_the", name="ck_publications_precision", words=PRECISIONS, default="instant")
    add_word("decisions", "decided_to_the", name="ck_decisions_precision", words=PRECISIONS, default="instant")
    add_word(
        "monitoring_rounds", "dated_to_the", name="ck_monitoring_rounds_precision", words=PRECISIONS, default="day"
    )
    origin = "ck_technical_tables_origin_sector"
    add_word("technical_tables", "origin_sector", name=origin, words=SECTORS, default=None)
    for table in TOLD_OF:
        op.add_column(table, sa.Column("reported_source", sa.String(300), nullable=False, server_default=""))
        if op.get_bind().dialect.name != "sqlite":
            op.alter_column(table, "reported_source", server_default=None)


def downgrade() -> None:
    for table in TOLD_OF:
        op.drop_column(table, "reported_source")
    drop_word("technical_tables", "origin_sector", name="ck_technical_tables_origin_sector")
    drop_word("monitoring_rounds", "dated_to_the", name="ck_monitoring_rounds_precision")
    drop_word("publications", "last_to_the", name="ck_publications_precision")
    drop_word("decisions", "decided_to_the", name="ck_decisions_precision")
