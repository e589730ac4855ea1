"""what the office says comes next in letters of answer, and up to which of these texts a letter was drafted"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

OUTCOMES = (
    *("selected", "reserved", "not_selected", "prioritised", "not_prioritised"),
    *("feasible", "not_feasible", "committed", "not_committed"),
)


def _to(column: str, other: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_letter_texts_{column}")
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name, initially="DEFERRED", deferrable=True)


def upgrade() -> None:
    kinds = sa.Enum(*OUTCOMES, name="outcome", native_enum=False, create_constraint=True, length=24)
    op.create_table(
        "letter_texts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("process_id", sa.Uuid(), nullable=False),
        sa.Column("stage_id", sa.Uuid(), nullable=False),
        sa.Column("outcome", kinds, nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        _to("process_id", "processes"),
        _to("stage_id", "stages"),
        _to("written_by", "people"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_texts")),
        sa.UniqueConstraint("stage_id", "version", name=op.f("uq_letter_texts_stage_id_version")),
    )
    newest = "the newest letter text of its stage when it was drafted"
    op.add_column("letters", sa.Column("texts_upto", sa.Integer(), nullable=False, server_default="0", comment=newest))
    if op.get_bind().dialect.name != "sqlite":
        op.alter_column("letters", "texts_upto", server_default=None)


def downgrade() -> None:
    op.drop_column("letters", "texts_upto")
    op.drop_table("letter_texts")
