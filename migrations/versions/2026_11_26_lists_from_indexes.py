"""a narrowed list reads from its index alone which proposals are public"""

from __future__ import annotations

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

COLUMNS = {"state": "state", "territory": "territory_id", "sector": "origin_sector", "theme": "theme_id"}


def upgrade() -> None:
    for name, column in COLUMNS.items():
        op.drop_index(f"ix_proposals_{name}", "proposals")
        op.create_index(f"ix_proposals_{name}", "proposals", ["process_id", column, "number", "is_public"])


def downgrade() -> None:
    for name, column in COLUMNS.items():
        op.drop_index(f"ix_proposals_{name}", "proposals")
        op.create_index(f"ix_proposals_{name}", "proposals", ["process_id", column, "number"])
