"""outcomes of the stages after a filter"""

from __future__ import annotations

from migrations.steps import let_in

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

OF_A_FILTER = ["selected", "reserved", "not_selected"]
LATER = ["prioritised", "not_prioritised", "feasible", "not_feasible", "committed", "not_committed"]
OUTCOME = ("decisions", "outcome")


def upgrade() -> None:
    let_in(*OUTCOME, name="ck_decisions_outcome", before=OF_A_FILTER, after=OF_A_FILTER + LATER)


def downgrade() -> None:
    let_in(*OUTCOME, name="ck_decisions_outcome", before=OF_A_FILTER + LATER, after=OF_A_FILTER)
