"""letters wait when somebody says so: of a stage, a process or everybody; and the first of many are looked at"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0033"
down_revision = "0030"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
OPEN = sa.text("ended_at IS NULL")


def upgrade() -> None:
    op.add_column("outbox_messages", sa.Column("stage_id", sa.Uuid(), nullable=True))
    op.create_index(op.f("ix_outbox_messages_claimed"), "outbox_messages", ["claimed_at"])
    op.execute(
        "UPDATE outbox_messages SET stage_id = (SELECT letters.stage_id FROM letters"
        " WHERE letters.id = outbox_messages.letter_id) WHERE letter_id IS NOT NULL"
    )
    op.create_table(
        "sending_pauses",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("scope", sa.String(60), nullable=False),
        sa.Column("process_id", sa.Uuid(), nullable=True),
        sa.Column("stage_id", sa.Uuid(), nullable=True),
        sa.Column("has_sign_ins", sa.Boolean(), nullable=False, comment="sign-in links wait too"),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("by_role", sa.String(24), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_stopped", sa.Boolean(), nullable=False, comment="it ended with the letters taken back"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sending_pauses")),
    )
    _one_open("uq_sending_pauses_standing", "sending_pauses", "scope")
    op.create_table(
        "first_looks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("process_id", sa.Uuid(), nullable=False),
        sa.Column("stage_id", sa.Uuid(), nullable=False),
        sa.Column("letters", JSON, nullable=False, comment="the outbox keys of the first"),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_stopped", sa.Boolean(), nullable=False, comment="it ended with the rest taken back"),
        _points_at("first_looks", "process_id", "processes.id"),
        _points_at("first_looks", "stage_id", "stages.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_first_looks")),
    )
    _one_open("uq_first_looks_open", "first_looks", "stage_id")


def _one_open(name: str, table: str, column: str) -> None:
    op.create_index(name, table, [column], unique=True, sqlite_where=OPEN, postgresql_where=OPEN)


def _points_at(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}")
    return sa.ForeignKeyConstraint([column], [target], name=name, initially="DEFERRED", deferrable=True)


def downgrade() -> None:
    op.drop_table("first_looks")
    op.drop_table("sending_pauses")
    op.drop_index(op.f("ix_outbox_messages_claimed"), table_name="outbox_messages")
    op.drop_column("outbox_messages", "stage_id")
