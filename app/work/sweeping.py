"""Sweeping: what was deleted or overwritten is gone from the disk too, and not only from what a statement reads.

No transaction can do it, so it stands here, beside the one place that commits: it changes no row.
"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence

from sqlalchemy import DDL, Connection

from app.kit.db import BUSY_MS, Database, unpooled

TRIES, PAUSE = 40, 0.25


def sweep(database: Database, tables: Sequence[str]) -> None:
    """Leave nothing on disk of what rows held before: SQLite's file and log whole, these tables of PostgreSQL.

    PostgreSQL's own write-ahead log and every backup keep what they have until they are thrown away.
    """
    engine = unpooled(database.url.render_as_string(hide_password=False))
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        if not database.is_sqlite:
            for table in tables:
                _rewrite(connection, engine.dialect.identifier_preparer.quote(table))
            return
        connection.exec_driver_sql(f"PRAGMA busy_timeout={BUSY_MS}")
        connection.exec_driver_sql("VACUUM")
        is_busy, *_ = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
        if is_busy:
            raise TimeoutError("the write-ahead log could not be emptied: somebody reads for too long")


def _rewrite(connection: Connection, name: str) -> None:
    """Write a table anew without its dead rows; PostgreSQL keeps those that somebody who reads just then might still
    see, and says how many: then once more.
    """
    said: list[str] = []
    driver = connection.connection.driver_connection
    driver.add_notice_handler(lambda notice: said.append(notice.message_detail or ""))  # type: ignore[union-attr]
    for _ in range(TRIES):
        said.clear()
        connection.execute(DDL(f"VACUUM (FULL, VERBOSE) {name}"))  # type: ignore[no-untyped-call]  # untyped there
        if not any(int(found[0]) for words in said if (found := re.match(r"\d+", words))):
            return
        time.sleep(PAUSE)
    raise TimeoutError("old rows could not be swept: somebody reads for too long")
