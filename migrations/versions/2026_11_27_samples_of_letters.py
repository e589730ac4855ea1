"""what a letter tells and how long it is, so that a few of each kind are read before they are approved"""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0031"
branch_labels = None
depends_on = None

SEVERAL = "several"
AT_ONCE = 500


def upgrade() -> None:
    op.add_column("letters", sa.Column("outcome", sa.String(length=40), nullable=False, server_default=""))
    op.add_column("letters", sa.Column("length", sa.Integer(), nullable=False, server_default="0"))
    _fill(op.get_bind())
    if op.get_bind().dialect.name != "sqlite":
        op.alter_column("letters", "outcome", server_default=None)
        op.alter_column("letters", "length", server_default=None)
    op.drop_index("ix_letters_stage", "letters")
    op.create_index("ix_letters_stage", "letters", ["stage_id", "state", "id", "outcome", "language", "length"])


def downgrade() -> None:
    op.drop_index("ix_letters_stage", "letters")
    op.create_index("ix_letters_stage", "letters", ["stage_id", "state"])
    op.drop_column("letters", "length")
    op.drop_column("letters", "outcome")


def _fill(connection: sa.Connection) -> None:
    letters = sa.table(
        "letters",
        sa.column("id", sa.Uuid()),
        sa.column("sections", sa.JSON()),
        sa.column("text", sa.Text()),
        sa.column("outcome", sa.String()),
        sa.column("length", sa.Integer()),
    )
    keys = list(connection.scalars(sa.select(letters.c.id)))
    for start in range(0, len(keys), AT_ONCE):
        some = sa.select(letters.c.id, letters.c.sections, sa.func.length(letters.c.text))
        for key, sections, length in connection.execute(some.where(letters.c.id.in_(keys[start : start + AT_ONCE]))):
            told = {"outcome": _outcome(sections), "length": length}
            connection.execute(sa.update(letters).where(letters.c.id == key).values(**told))


def _outcome(sections: Any) -> str:
    parts = json.loads(sections) if isinstance(sections, str) else sections
    return str(parts[0]["outcome"]) if len(parts) == 1 else SEVERAL
