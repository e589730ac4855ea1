"""Steps that several migrations take."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op


def let_in(table: str, column: str, *, name: str, before: Sequence[str], after: Sequence[str]) -> None:
    """Change the closed list of words a column may hold.

    On SQLite the text of the table's CHECK is exchanged in place, which its documentation allows for a constraint that
    changes nothing of what is stored: the table is not rebuilt, so its triggers and those that point at it stay.
    """
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        op.drop_constraint(op.f(name), table, type_="check")
        op.create_check_constraint(op.f(name), table, f"{column} IN ({_list(after)})")
        return
    version = connection.exec_driver_sql("PRAGMA schema_version").scalar_one()
    found = connection.exec_driver_sql("SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ?", (table,))
    sql = str(found.scalar_one())
    old, new = f"{name} CHECK ({column} IN ({_list(before)}))", f"{name} CHECK ({column} IN ({_list(after)}))"
    if sql.count(old) != 1:
        raise RuntimeError(f"{table} has no such list to change: {old}")
    connection.exec_driver_sql("PRAGMA writable_schema = ON")
    changed = (sql.replace(old, new), table)
    connection.exec_driver_sql("UPDATE sqlite_schema SET sql = ? WHERE type = 'table' AND name = ?", changed)
    connection.exec_driver_sql(f"PRAGMA schema_version = {version + 1}")
    connection.exec_driver_sql("PRAGMA writable_schema = OFF")


def _list(words: Sequence[str]) -> str:
    return ", ".join(f"'{word}'" for word in words)


def point_at(table: str, column: str, target: str) -> None:
    """Add a column that may name a row of another table by its `id`; on SQLite too without rebuilding the table."""
    name = f"fk_{table}_{column}"
    if op.get_bind().dialect.name == "sqlite":
        points = f"CONSTRAINT {name} REFERENCES {target} (id) DEFERRABLE INITIALLY DEFERRED"
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column} CHAR(32) {points}")
        return
    op.add_column(table, sa.Column(column, sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f(name), table, target, [column], ["id"], deferrable=True, initially="DEFERRED")


def point_no_more(table: str, column: str) -> None:
    """Take such a column away again."""
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint(op.f(f"fk_{table}_{column}"), table, type_="foreignkey")
    op.execute(f"ALTER TABLE {table} DROP COLUMN {column}")


def add_word(table: str, column: str, *, name: str, words: Sequence[str], default: str | None) -> None:
    """Add a column that holds one word of a closed list; on SQLite too without rebuilding the table."""
    check = f"{column} IN ({_list(words)})"
    if op.get_bind().dialect.name == "sqlite":
        filled = f" DEFAULT '{default}' NOT NULL" if default else ""
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column} VARCHAR(24){filled} CONSTRAINT {name} CHECK ({check})")
        return
    op.add_column(table, sa.Column(column, sa.String(24), nullable=default is None, server_default=default))
    op.create_check_constraint(op.f(name), table, check)
    if default:
        op.alter_column(table, column, server_default=None)


def drop_word(table: str, column: str, *, name: str) -> None:
    """Take such a column away again."""
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint(op.f(name), table, type_="check")
    op.execute(f"ALTER TABLE {table} DROP COLUMN {column}")


def let_be_empty(table: str, column: str) -> None:
    """Let a column stay empty; on SQLite too without rebuilding the table, as its documentation allows."""
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        op.alter_column(table, column, nullable=True)
        return
    version = connection.exec_driver_sql("PRAGMA schema_version").scalar_one()
    found = connection.exec_driver_sql("SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ?", (table,))
    sql = str(found.scalar_one())
    old = f"{column} CHAR(32) NOT NULL"
    if sql.count(f"{column} CHAR(32),") == 1:  # taken back and taken again: it may stay empty already
        return
    if sql.count(old) != 1:
        raise RuntimeError(f"{table} has no such column to change: {old}")
    connection.exec_driver_sql("PRAGMA writable_schema = ON")
    changed = (sql.replace(old, f"{column} CHAR(32)"), table)
    connection.exec_driver_sql("UPDATE sqlite_schema SET sql = ? WHERE type = 'table' AND name = ?", changed)
    connection.exec_driver_sql(f"PRAGMA schema_version = {version + 1}")
    connection.exec_driver_sql("PRAGMA writable_schema = OFF")
