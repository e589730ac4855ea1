"""promise notices"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "promise_notices",
        sa.Column("promise_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
            name=op.f("fk_promise_notices_person_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["promise_id"],
            ["promises.id"],
            name=op.f("fk_promise_notices_promise_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("promise_id", "person_id", name=op.f("pk_promise_notices")),
    )
    with op.batch_alter_table("promise_notices", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_promise_notices_person_id"), ["person_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("promise_notices", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_promise_notices_person_id"))

    op.drop_table("promise_notices")
