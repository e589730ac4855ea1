"""forums over time with their founding act and rules, and rounds that were written down to show how they would read"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.steps import add_word, drop_word, let_be_empty

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

PROVENANCES = ("native", "imported", "reported", "derived", "illustrative")
PRECISIONS = ("instant", "day", "month", "year")
TOLD_OF = ("forum_rules", "criteria_sets", "scoring_rounds")
ACTS = ("founding_act", "ending_act")
DAYS = ("founded_on", "ended_on")


def upgrade() -> None:
    for table in TOLD_OF:
        add_word(table, "provenance", name=f"ck_{table}_provenance", words=PROVENANCES, default="native")
    add_word("criteria_sets", "adopted_to_the", name="ck_criteria_sets_precision", words=PRECISIONS, default="instant")
    for name in ACTS:
        op.add_column("forum_rules", sa.Column(name, sa.String(300), nullable=False, server_default=""))
        if op.get_bind().dialect.name != "sqlite":
            op.alter_column("forum_rules", name, server_default=None)
    for name in DAYS:
        op.add_column("forum_rules", sa.Column(name, sa.Date(), nullable=True))
    let_be_empty("score_sheets", "person_id")
    _rules()


def _rules() -> None:
    keys = (("process_id", "processes"), ("body_id", "deciding_bodies"), ("session_id", "forum_sessions"))
    op.create_table(
        "forum_texts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("process_id", sa.Uuid(), nullable=False),
        sa.Column("body_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("adopted_on", sa.Date(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        *(_points(column, target) for column, target in keys),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forum_texts")),
        sa.UniqueConstraint("body_id", "version", name=op.f("uq_forum_texts_body_id_version")),
    )


def _points(column: str, target: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_forum_texts_{column}")
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name, deferrable=True, initially="DEFERRED")


def downgrade() -> None:
    op.drop_table("forum_texts")
    for name in (*DAYS, *ACTS):
        op.drop_column("forum_rules", name)
    drop_word("criteria_sets", "adopted_to_the", name="ck_criteria_sets_precision")
    for table in TOLD_OF:
        drop_word(table, "provenance", name=f"ck_{table}_provenance")
