"""Sweeping: what was deleted or overwritten is gone from the disk too, and not only from what a statement reads.

No transaction can do it, so it stands here, beside the one place that commits: it changes no row.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import DDL

from app.kit.db import BUSY_MS, Database, unpooled


def sweep(database: Database, tables: Sequence[str]) -> None:
    """Leave nothing on disk of what rows held before: SQLite's file and log whole, these tables of PostgreSQL.

    PostgreSQL's own write-ahead log and every backup keep what they have until they are thrown away.
    """
    engine = unpooled(database.url.render_as_string(hide_password=False))
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        if not database.is_sqlite:
            for table in tables:
                name = engine.dialect.identifier_preparer.quote(table)
                connection.execute(DDL(f"VACUUM (FULL) {name}"))  # type: ignore[no-untyped-call]  # untyped there
            return
        connection.exec_driver_sql(f"PRAGMA busy_timeout={BUSY_MS}")
        connection.exec_driver_sql("VACUUM")
        is_busy, *_ = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
        if is_busy:
            raise TimeoutError("the write-ahead log could not be emptied: somebody reads for too long")
