"""questions about a decision, and their answers"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0032"
branch_labels = None
depends_on = None


def _to(column: str, other: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_questions_{column}")
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name, initially="DEFERRED", deferrable=True)


def _word(column: str, *words: str, nullable: bool) -> sa.Column[str]:
    kinds = sa.Enum(*words, name=column, native_enum=False, create_constraint=True, length=24)
    return sa.Column(column, kinds, nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "questions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("process_id", sa.Uuid(), nullable=False),
        sa.Column("stage_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("letter_id", sa.Uuid(), nullable=False),
        sa.Column("folio", sa.String(length=60), nullable=False),
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("subject_version", sa.Integer(), nullable=False),
        _word("sought", "clarification", "reconsideration", nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        _word("reply", "clarified", "upheld", "anew", nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        _word("way", "email", "hand", nullable=True),
        sa.Column("outbox_message_id", sa.Uuid(), nullable=True),
        sa.Column("handed_over_at", sa.DateTime(timezone=True), nullable=True),
        _to("process_id", "processes"),
        _to("stage_id", "stages"),
        _to("person_id", "people"),
        _to("letter_id", "letters"),
        _to("answered_by", "people"),
        _to("outbox_message_id", "outbox_messages"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questions")),
        sa.UniqueConstraint(
            "person_id", "subject_id", "subject_version", name=op.f("uq_questions_person_id_subject_id_subject_version")
        ),
    )
    op.create_index("ix_questions_stage", "questions", ["stage_id", "answered_at"])
    op.create_index("ix_questions_process", "questions", ["process_id", "answered_at"])
    op.create_index("ix_questions_outbox", "questions", ["outbox_message_id"])


def downgrade() -> None:
    op.drop_index("ix_questions_outbox", "questions")
    op.drop_index("ix_questions_process", "questions")
    op.drop_index("ix_questions_stage", "questions")
    op.drop_table("questions")
