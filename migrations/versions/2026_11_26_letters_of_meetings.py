"""letters of meetings"""

from __future__ import annotations

from migrations.steps import let_in

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

BEFORE = ["sign_in", "receipt", "duty", "optional"]
AFTER = ["sign_in", "receipt", "meeting", "duty", "optional"]
KIND = ("outbox_messages", "kind")


def upgrade() -> None:
    let_in(*KIND, name="ck_outbox_messages_kind", before=BEFORE, after=AFTER)


def downgrade() -> None:
    let_in(*KIND, name="ck_outbox_messages_kind", before=AFTER, after=BEFORE)
