"""rounds in which each seat scores its themes, and what the forum sees of single sheets after the close"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.steps import add_word, drop_word

revision = "0027"
down_revision = "0028"
branch_labels = None
depends_on = None

SEEN = ("named", "nameless", "together")
CHECK = "ck_scoring_rounds_scores_seen"
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.add_column("scoring_rounds", sa.Column("by_theme", JSON, server_default=sa.text("'{}'"), nullable=False))
    if op.get_bind().dialect.name != "sqlite":
        op.alter_column("scoring_rounds", "by_theme", server_default=None)
    add_word("scoring_rounds", "scores_seen", name=CHECK, words=SEEN, default="named")


def downgrade() -> None:
    drop_word("scoring_rounds", "scores_seen", name=CHECK)
    op.drop_column("scoring_rounds", "by_theme")
