"""the version of the text a decision was taken on; what came in time and was entered afterwards"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

AS_IT_STOOD = (
    "UPDATE decisions SET text_version = COALESCE((SELECT MAX(revisions.number) FROM revisions "
    "WHERE revisions.proposal_id = decisions.proposal_id AND revisions.at <= decisions.decided_at), 1)"
)
"""The newest version there was when it was decided."""


def upgrade() -> None:
    op.add_column("decisions", sa.Column("text_version", sa.Integer(), nullable=False, server_default="1"))
    op.execute(AS_IT_STOOD)
    op.add_column("proposals", sa.Column("came_in_time", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index("ix_letters_way", "letters", ["way", "state"])
    if op.get_bind().dialect.name != "sqlite":
        op.alter_column("decisions", "text_version", server_default=None)
        op.alter_column("proposals", "came_in_time", server_default=None)


def downgrade() -> None:
    op.drop_index("ix_letters_way", "letters")
    op.drop_column("proposals", "came_in_time")
    op.drop_column("decisions", "text_version")
