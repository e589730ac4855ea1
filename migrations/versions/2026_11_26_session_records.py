"""agenda, motions, votes by seat, minutes and tasks of the forum's sessions

Minutes that the public could read already stay published, as they stand.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

WANTED = ("information", "discussion", "decision")
MATTERS = ("ordinary", "rules", "criteria", "plan", "minutes")
MOTION_STATES = ("put", "carried", "not_carried", "withdrawn")
WAYS = ("consensus", "vote", "casting_vote")
VOICES = ("for", "against", "abstain", "recused", "objects")
MINUTES_STATES = ("draft", "approved", "published")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def _word(words: tuple[str, ...], name: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=24)


def _points(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}")
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name, deferrable=True, initially="DEFERRED")


def _key(name: str = "id", *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Uuid(), nullable=nullable)


def _words(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _numbered(table: str) -> tuple[Any, ...]:
    return (
        _points(table, "session_id", "forum_sessions"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("session_id", "number", name=op.f(f"uq_{table}_session_id_number")),
    )


def upgrade() -> None:
    op.add_column("forum_rules", sa.Column("notice_days", sa.Integer(), nullable=False, server_default="5"))
    op.add_column("forum_rules", sa.Column("casting_vote", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("forum_sessions", sa.Column("convened_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("forum_sessions", sa.Column("short_notice", sa.Text(), nullable=False, server_default=""))
    if op.get_bind().dialect.name != "sqlite":
        for table, column in (
            ("forum_rules", "notice_days"),
            ("forum_rules", "casting_vote"),
            ("forum_sessions", "short_notice"),
        ):
            op.alter_column(table, column, server_default=None)
    _agenda()
    _motions()
    _minutes()
    op.execute(
        "INSERT INTO session_minutes (session_id, state, written_at, approved_alone, published_at, content, "
        "content_hash, version) SELECT id, 'published', held_at, "
        "false, held_at, '{}', '', 1 "
        "FROM forum_sessions WHERE state = 'closed' AND minutes <> ''"
    )


def _agenda() -> None:
    op.create_table(
        "session_items",
        *(_key(), _key("session_id"), sa.Column("number", sa.Integer(), nullable=False)),
        sa.Column("title", sa.String(300), nullable=False),
        sa.Column("wanted", _word(WANTED, "wanted"), nullable=False),
        sa.Column("papers", JSON, nullable=False),
        _words("said"),
        *_numbered("session_items"),
    )
    op.create_table(
        "session_item_proposals",
        *(_key("item_id"), _key("proposal_id")),
        _points("session_item_proposals", "item_id", "session_items"),
        _points("session_item_proposals", "proposal_id", "proposals"),
        sa.PrimaryKeyConstraint("item_id", "proposal_id", name=op.f("pk_session_item_proposals")),
    )
    op.create_index(op.f("ix_session_item_proposals_proposal_id"), "session_item_proposals", ["proposal_id"])


def _motions() -> None:
    op.create_table(
        "session_motions",
        *(_key(), _key("session_id"), _key("item_id", nullable=True)),
        sa.Column("number", sa.Integer(), nullable=False),
        _words("text"),
        sa.Column("matter", _word(MATTERS, "matter"), nullable=False),
        _key("minutes_of_id", nullable=True),
        sa.Column("state", _word(MOTION_STATES, "state"), nullable=False),
        sa.Column("way", _word(WAYS, "way"), nullable=True),
        sa.Column("present", sa.Integer(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("put_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        _points("session_motions", "item_id", "session_items"),
        _points("session_motions", "minutes_of_id", "forum_sessions"),
        *_numbered("session_motions"),
    )
    op.create_index("ix_session_motions_item", "session_motions", ["item_id"])
    op.create_table(
        "motion_voices",
        *(_key(), _key("motion_id"), _key("seat_id")),
        sa.Column("voice", _word(VOICES, "voice"), nullable=False),
        _words("reason"),
        _points("motion_voices", "motion_id", "session_motions"),
        _points("motion_voices", "seat_id", "seats"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_motion_voices")),
        sa.UniqueConstraint("motion_id", "seat_id", name=op.f("uq_motion_voices_motion_id_seat_id")),
    )


def _minutes() -> None:
    table = "session_minutes"
    op.create_table(
        table,
        _key("session_id"),
        sa.Column("state", _word(MINUTES_STATES, "state"), nullable=False),
        _key("written_by_person_id", nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        *(_key("approved_by_person_id", nullable=True), _key("approved_motion_id", nullable=True)),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_alone", sa.Boolean(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("content", JSON, nullable=False),
        sa.Column("content_hash", sa.String(64), nullable=False),
        *(_key("pdf_es_id", nullable=True), _key("pdf_en_id", nullable=True)),
        sa.Column("version", sa.Integer(), nullable=False),
        *(_points(table, "session_id", "forum_sessions"), _points(table, "written_by_person_id", "people")),
        *(_points(table, "approved_by_person_id", "people"), _points(table, "approved_motion_id", "session_motions")),
        *(_points(table, "pdf_es_id", "documents"), _points(table, "pdf_en_id", "documents")),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_session_minutes")),
    )
    op.create_table(
        "session_addenda",
        *(_key(), _key("session_id"), sa.Column("number", sa.Integer(), nullable=False)),
        *(_words("text"), _words("reason"), sa.Column("at", sa.DateTime(timezone=True), nullable=False)),
        *_numbered("session_addenda"),
    )
    op.create_table(
        "session_tasks",
        *(_key(), _key("session_id"), sa.Column("number", sa.Integer(), nullable=False)),
        *(_words("text"), sa.Column("owner", sa.String(200), nullable=False)),
        *(sa.Column("due_on", sa.Date(), nullable=True), sa.Column("done_on", sa.Date(), nullable=True)),
        _words("how"),
        *_numbered("session_tasks"),
    )


def downgrade() -> None:
    for table in (
        *("session_tasks", "session_addenda", "session_minutes", "motion_voices", "session_motions"),
        *("session_item_proposals", "session_items"),
    ):
        op.drop_table(table)
    for table, column in (
        *(("forum_sessions", "short_notice"), ("forum_sessions", "convened_at")),
        *(("forum_rules", "casting_vote"), ("forum_rules", "notice_days")),
    ):
        op.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
