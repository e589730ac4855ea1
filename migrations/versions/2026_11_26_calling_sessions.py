"""a session is called, moved and cancelled with letters to who sits in it"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.steps import let_in

revision = "0028"
down_revision = "0029"
branch_labels = None
depends_on = None

STATES = ("convened", "held", "closed")
KINDS = ("called", "moved", "cancelled")


def upgrade() -> None:
    let_in("forum_sessions", "state", name="ck_forum_sessions_state", before=STATES, after=(*STATES, "cancelled"))
    op.create_table(
        "session_notices",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(*KINDS, name="kind", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("because", sa.Text(), nullable=False),
        sa.Column("held_before", sa.DateTime(timezone=True), nullable=True),
        sa.Column("place_before", sa.String(300), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        _points("session_notices", "session_id", "forum_sessions"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session_notices")),
        sa.UniqueConstraint("session_id", "edition", name=op.f("uq_session_notices_session_id_edition")),
    )
    op.create_table(
        "session_letters",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        _points("session_letters", "session_id", "forum_sessions"),
        _points("session_letters", "person_id", "people"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session_letters")),
        sa.UniqueConstraint(
            "session_id", "edition", "person_id", name=op.f("uq_session_letters_session_id_edition_person_id")
        ),
    )
    op.create_index("ix_session_letters_person", "session_letters", ["person_id"], unique=False)


def _points(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}")
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name, deferrable=True, initially="DEFERRED")


def downgrade() -> None:
    op.drop_table("session_letters")
    op.drop_table("session_notices")
    op.execute("UPDATE forum_sessions SET state = 'convened' WHERE state = 'cancelled'")
    let_in("forum_sessions", "state", name="ck_forum_sessions_state", before=(*STATES, "cancelled"), after=STATES)
