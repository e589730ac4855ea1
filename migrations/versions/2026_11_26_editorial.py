"""what the office writes: texts and their versions, the library, outreach, events of the networks"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0015"
branch_labels = None
depends_on = None

KINDS = ("news", "page", "network")
TYPES = ("minutes", "report", "plan", "law", "letter", "presentation", "data", "other")
DATE_TO = ("day", "month", "year")
CHANNELS = (
    *("website", "social_networks", "radio", "television", "press", "poster", "mail", "email", "meeting", "phone"),
    "other",
)
KNOWN = ("counted", "estimated", "unknown")
NETWORKS = ("civil-society", "academic")


def _word(words: tuple[str, ...], name: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=24)


def _points(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}")
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name, deferrable=True, initially="DEFERRED")


def upgrade() -> None:
    _texts()
    _library()
    _outreach()
    _events()


def _texts() -> None:
    op.create_table(
        "articles",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("process_id", sa.Uuid(), nullable=False),
        sa.Column("kind", _word(KINDS, op.f("ck_articles_kind")), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("in_menu", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_down_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_down_because", sa.String(length=600), nullable=False),
        _points("articles", "process_id", "processes"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_articles")),
        sa.UniqueConstraint("process_id", "kind", "name", name=op.f("uq_articles_process_id_kind_name")),
    )
    op.create_index("ix_articles_number", "articles", ["process_id", "kind", "number"])
    op.create_table(
        "article_versions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("article_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title_es", sa.String(length=160), nullable=False),
        sa.Column("title_en", sa.String(length=160), nullable=False),
        sa.Column("text_es", sa.Text(), nullable=False),
        sa.Column("text_en", sa.Text(), nullable=False),
        sa.Column("contact", sa.String(length=300), nullable=False),
        sa.Column("members", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("correction", sa.String(length=600), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        _points("article_versions", "article_id", "articles"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_article_versions")),
        sa.UniqueConstraint("article_id", "number", name=op.f("uq_article_versions_article_id_number")),
    )


def _library() -> None:
    op.create_table(
        "library_items",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("process_id", sa.Uuid(), nullable=False),
        sa.Column("stage_id", sa.Uuid(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("type", _word(TYPES, op.f("ck_library_items_type")), nullable=False),
        sa.Column("title_es", sa.String(length=160), nullable=False),
        sa.Column("title_en", sa.String(length=160), nullable=False),
        sa.Column("about_es", sa.String(length=400), nullable=False),
        sa.Column("about_en", sa.String(length=400), nullable=False),
        sa.Column("written_in", sa.String(length=8), nullable=False),
        sa.Column("dated_on", sa.Date(), nullable=False),
        sa.Column("dated_to_the", _word(DATE_TO, op.f("ck_library_items_dated_to_the")), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.Column("link", sa.String(length=600), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_out_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_out_because", sa.String(length=600), nullable=False),
        _points("library_items", "process_id", "processes"),
        _points("library_items", "stage_id", "stages"),
        _points("library_items", "document_id", "documents"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_library_items")),
        sa.UniqueConstraint("process_id", "number", name=op.f("uq_library_items_process_id_number")),
        sa.UniqueConstraint("document_id", name=op.f("uq_library_items_document_id")),
    )
    op.create_index("ix_library_items_dated_on", "library_items", ["process_id", "dated_on", "number"])


def _outreach() -> None:
    op.create_table(
        "outreach_acts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("process_id", sa.Uuid(), nullable=False),
        sa.Column("stage_id", sa.Uuid(), nullable=True),
        sa.Column("library_item_id", sa.Uuid(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(length=400), nullable=False),
        sa.Column("dated_on", sa.Date(), nullable=False),
        sa.Column("dated_to_the", _word(DATE_TO, op.f("ck_outreach_acts_dated_to_the")), nullable=False),
        sa.Column("groups", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("audience", sa.String(length=300), nullable=False),
        sa.Column("territories", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("channel", _word(CHANNELS, op.f("ck_outreach_acts_channel")), nullable=False),
        sa.Column("reach", sa.Integer(), nullable=True),
        sa.Column("reach_known", _word(KNOWN, op.f("ck_outreach_acts_reach_known")), nullable=False),
        sa.Column("link", sa.String(length=600), nullable=False),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.Column("is_illustrative", sa.Boolean(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_because", sa.String(length=600), nullable=False),
        _points("outreach_acts", "process_id", "processes"),
        _points("outreach_acts", "stage_id", "stages"),
        _points("outreach_acts", "library_item_id", "library_items"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outreach_acts")),
        sa.UniqueConstraint("process_id", "number", name=op.f("uq_outreach_acts_process_id_number")),
    )
    op.create_index("ix_outreach_acts_dated_on", "outreach_acts", ["process_id", "dated_on", "number"])


def _events() -> None:
    op.create_table(
        "network_events",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("process_id", sa.Uuid(), nullable=False),
        sa.Column("network", _word(NETWORKS, op.f("ck_network_events_network")), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("place", sa.String(length=300), nullable=False),
        sa.Column("link", sa.String(length=600), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_out_at", sa.DateTime(timezone=True), nullable=True),
        _points("network_events", "process_id", "processes"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_network_events")),
        sa.UniqueConstraint(
            "process_id", "network", "number", name=op.f("uq_network_events_process_id_network_number")
        ),
    )


def downgrade() -> None:
    op.drop_table("network_events")
    op.drop_index("ix_outreach_acts_dated_on", table_name="outreach_acts")
    op.drop_table("outreach_acts")
    op.drop_index("ix_library_items_dated_on", table_name="library_items")
    op.drop_table("library_items")
    op.drop_table("article_versions")
    op.drop_index("ix_articles_number", table_name="articles")
    op.drop_table("articles")
