"""following by e-mail, another address, and the alphabet of the proposals"""

from __future__ import annotations

import re

import sqlalchemy as sa
from alembic import op

from app.kit.search import plain

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "address_changes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("address", sa.String(length=320), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
            name=op.f("fk_address_changes_person_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_address_changes")),
        sa.UniqueConstraint("person_id", name=op.f("uq_address_changes_person_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_address_changes_token_hash")),
    )
    op.create_table(
        "followers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("address", sa.String(length=320), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("next_look_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_followers_person_id"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_followers")),
        sa.UniqueConstraint("address", name=op.f("uq_followers_address")),
    )
    with op.batch_alter_table("followers", schema=None) as batch_op:
        batch_op.create_index("ix_followers_next_look", ["next_look_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_followers_person_id"), ["person_id"], unique=False)

    op.create_table(
        "follows",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("follower_id", sa.Uuid(), nullable=False),
        sa.Column("process_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("confirm_hash", sa.String(length=64), nullable=True),
        sa.Column("confirm_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_to", sa.Integer(), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["follower_id"],
            ["followers.id"],
            name=op.f("fk_follows_follower_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["process_id"], ["processes.id"], name=op.f("fk_follows_process_id"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follows")),
        sa.UniqueConstraint("confirm_hash", name=op.f("uq_follows_confirm_hash")),
        sa.UniqueConstraint(
            "follower_id", "process_id", "subject", name=op.f("uq_follows_follower_id_process_id_subject")
        ),
    )
    with op.batch_alter_table("follows", schema=None) as batch_op:
        batch_op.create_index("ix_follows_confirm_by", ["confirm_by"], unique=False)
        batch_op.create_index("ix_follows_subject", ["process_id", "subject"], unique=False)

    op.create_table(
        "news_letters",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("follower_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("stop_hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["follower_id"],
            ["followers.id"],
            name=op.f("fk_news_letters_follower_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_news_letters")),
        sa.UniqueConstraint("follower_id", "day", name=op.f("uq_news_letters_follower_id_day")),
        sa.UniqueConstraint("stop_hash", name=op.f("uq_news_letters_stop_hash")),
    )
    op.create_index("ix_outbox_messages_address", "outbox_messages", ["to_address", "created_at"])
    op.add_column("proposals", sa.Column("title_sorted", sa.String(length=80), nullable=False, server_default=""))
    _sort_what_is_there()
    op.create_index("ix_proposals_title", "proposals", ["process_id", "is_public", "title_sorted", "number"])
    if op.get_bind().dialect.name != "sqlite":
        op.alter_column("proposals", "title_sorted", server_default=None)


def _sort_what_is_there() -> None:
    """Each title's place in the alphabet, as `proposals.models.sorted_as` gave it when this step was written."""
    connection = op.get_bind()
    rows = connection.execute(sa.text("SELECT id, title FROM proposals")).all()
    places = [{"id": row.id, "place": " ".join(re.findall("[a-z0-9]+", plain(row.title)))[:80]} for row in rows]
    if places:
        connection.execute(sa.text("UPDATE proposals SET title_sorted = :place WHERE id = :id"), places)


def downgrade() -> None:
    op.drop_index("ix_outbox_messages_address", "outbox_messages")
    op.drop_index("ix_proposals_title", "proposals")
    op.drop_column("proposals", "title_sorted")

    op.drop_table("news_letters")
    with op.batch_alter_table("follows", schema=None) as batch_op:
        batch_op.drop_index("ix_follows_subject")
        batch_op.drop_index("ix_follows_confirm_by")

    op.drop_table("follows")
    with op.batch_alter_table("followers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_followers_person_id"))
        batch_op.drop_index("ix_followers_next_look")

    op.drop_table("followers")
    op.drop_table("address_changes")
