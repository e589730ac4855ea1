"""what the office writes (texts, library, outreach, events of the networks), and texts held back"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0018"
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
RULES = ("insult", "personal_data", "spam", "duplicate", "off_topic", "illegal_link")
REPORT_STATES = ("open", "held", "set_aside", "lapsed")
ENDINGS = ("released", "redacted", "hidden", "lapsed")
REVIEWS = ("upheld", "overturned")
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
    _moderation()


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


def _moderation() -> None:
    op.add_column("proposals", sa.Column("held_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "text_reports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("process_id", sa.Uuid(), nullable=False),
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("rule", _word(RULES, op.f("ck_text_reports_rule")), nullable=False),
        sa.Column("sentence", sa.String(length=500), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("state", _word(REPORT_STATES, op.f("ck_text_reports_state")), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        _points("text_reports", "process_id", "processes"),
        _points("text_reports", "proposal_id", "proposals"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_text_reports")),
    )
    op.create_index("ix_text_reports_open", "text_reports", ["process_id", "state", "due_at"])
    op.create_index("ix_text_reports_proposal", "text_reports", ["proposal_id", "state"])
    kept = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
    op.create_table(
        "text_holds",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("process_id", sa.Uuid(), nullable=False),
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("rule", _word(RULES, op.f("ck_text_holds_rule")), nullable=False),
        sa.Column("kept", kept, nullable=False),
        sa.Column("kept_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("held_by", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ending", _word(ENDINGS, op.f("ck_text_holds_ending")), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("review_asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("review", _word(REVIEWS, op.f("ck_text_holds_review")), nullable=True),
        sa.Column("reviewed_by", sa.Uuid(), nullable=True),
        _points("text_holds", "process_id", "processes"),
        _points("text_holds", "proposal_id", "proposals"),
        _points("text_holds", "held_by", "people"),
        _points("text_holds", "decided_by", "people"),
        _points("text_holds", "reviewed_by", "people"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_text_holds")),
    )
    op.create_index("ix_text_holds_process", "text_holds", ["process_id", "ended_at", "until"])
    op.create_index("ix_text_holds_proposal", "text_holds", ["proposal_id", "held_at"])
    op.create_index("ix_text_holds_kept_until", "text_holds", ["kept_until"])


def downgrade() -> None:
    op.drop_table("text_holds")
    op.drop_table("text_reports")
    op.drop_column("proposals", "held_at")
    op.drop_table("network_events")
    op.drop_index("ix_outreach_acts_dated_on", table_name="outreach_acts")
    op.drop_table("outreach_acts")
    op.drop_index("ix_library_items_dated_on", table_name="library_items")
    op.drop_table("library_items")
    op.drop_table("article_versions")
    op.drop_index("ix_articles_number", table_name="articles")
    op.drop_table("articles")
