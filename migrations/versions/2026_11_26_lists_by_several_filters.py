"""a list narrowed by several things at once looks at no proposal that does not stand in it"""

from __future__ import annotations

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

COLUMNS = {"state": "state", "territory": "territory_id", "sector": "origin_sector", "theme": "theme_id"}


def upgrade() -> None:
    for name, column in COLUMNS.items():
        others = [other for other in COLUMNS.values() if other != column]
        op.drop_index(f"ix_proposals_{name}", "proposals")
        op.create_index(f"ix_proposals_{name}", "proposals", ["process_id", column, "number", "is_public", *others])


def downgrade() -> None:
    for name, column in COLUMNS.items():
        op.drop_index(f"ix_proposals_{name}", "proposals")
        op.create_index(f"ix_proposals_{name}", "proposals", ["process_id", column, "number", "is_public"])
