"""How Alembic meets the database: one connection, one transaction per migration, append-only tables left alone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

from alembic import context
from alembic.autogenerate import render
from alembic.operations.ops import CreateIndexOp, DropIndexOp, MigrationScript, ModifyTableOps
from sqlalchemy import JSON, Connection, TypeDecorator
from sqlalchemy.engine import make_url

from app.kit import schema
from app.kit.db import UtcDateTime
from app.settings import load_settings

METADATA = schema.metadata()


def run() -> None:
    given = context.config.attributes
    url = given.get("database_url") or load_settings().database_url
    with schema.migrating(url) as connection:
        is_sqlite = make_url(url).get_backend_name() == "sqlite"
        search_tables = _tables_of_full_text_search(connection)

        def is_described(name: str | None, kind: str, _parents: object) -> bool:
            return kind != "table" or name not in search_tables

        def note(ctx: Any, step: Any, heads: Any, run_args: Any) -> None:
            del ctx, heads, run_args
            given.setdefault("steps", []).append(f"{step.up_revision_id} {step.up_revision.doc}")

        context.configure(
            connection=connection,
            target_metadata=METADATA,
            render_as_batch=is_sqlite,
            compare_type=True,
            transaction_per_migration=True,
            include_name=is_described,
            on_version_apply=note,
            render_item=_in_plain_types,
            process_revision_directives=_refuse_rebuilding_what_is_append_only,
        )
        with context.begin_transaction():
            context.run_migrations()


def _tables_of_full_text_search(connection: Connection) -> set[str]:
    """The search index is made by hand on each database (`app/kit/search.py`), and no model describes it."""
    rows = connection.exec_driver_sql(
        "SELECT name FROM pragma_table_list WHERE type IN ('virtual', 'shadow')"
        if connection.dialect.name == "sqlite"
        else "SELECT table_name FROM information_schema.columns WHERE data_type = 'tsvector' AND table_schema = 'public'"
    )
    names = {name for (name,) in rows}
    connection.rollback()
    return names


def _refuse_rebuilding_what_is_append_only(
    _context: object, _revision: str | Iterable[str | None] | None, scripts: list[MigrationScript]
) -> None:
    """Batch mode rebuilds a table and drops its triggers: for these tables the migration is to be written by hand."""
    kept = {table.name for table in METADATA.tables.values() if table.info.get("append_only")}
    for script in scripts:
        for half in script.upgrade_ops_list:
            for change in half.ops:
                if isinstance(change, ModifyTableOps) and change.table_name in kept and _rebuilds(change):
                    raise SystemExit(
                        f"{change.table_name} is append-only: write ALTER TABLE by hand, keep its triggers."
                    )


def _in_plain_types(kind: str, item: object, autogen: Any) -> str | Literal[False]:
    """A migration never imports the program, which moves on: our column types are written as what they are made of."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, TypeDecorator):
        return render._repr_type(item.impl_instance, autogen)  # noqa: SLF001 - Alembic has no public door to it
    if kind == "type" and isinstance(item, JSON):
        autogen.imports.add("from sqlalchemy.dialects import postgresql")
        return 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
    return False


def _rebuilds(change: ModifyTableOps) -> bool:
    return not all(isinstance(part, CreateIndexOp | DropIndexOp) for part in change.ops)


if context.is_offline_mode():
    raise SystemExit("Migrations run against a database; there is no offline mode.")
run()
