"""proposals in sight and decided ones by sector, place and way, counted once and kept"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

BATCH = 2000
BY = {
    "sector": "p.origin_sector",
    "territory": "coalesce(replace(cast(p.territory_id AS text), '-', ''), '')",
    "channel": "p.channel",
    "session": "CASE WHEN d.session_name <> '' AND d.act_number <> '' THEN d.session_name || ' · ' || d.act_number"
    " ELSE d.session_name || d.act_number END",
    "rule": "CASE WHEN d.follows_rule IS NULL THEN 'none' WHEN d.follows_rule THEN 'followed' ELSE 'left' END",
}
"""By what decided proposals are grouped, read off the proposal `p` and its decision in force `d`."""
KNOWN_TO = {"month": 7, "year": 4}


def upgrade() -> None:
    op.create_table(
        "proposal_groups",
        *_groups("process_id"),
        sa.Column("value", sa.String(40), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        *_keys("proposal_groups", "process_id", "processes"),
    )
    op.create_table(
        "decision_groups",
        *_groups("stage_id"),
        sa.Column("value", sa.String(240), nullable=False),
        sa.Column("came", sa.Integer(), nullable=False),
        sa.Column("went_on", sa.Integer(), nullable=False),
        *_keys("decision_groups", "stage_id", "stages"),
    )
    for dimension, value in BY.items():
        _group_decisions(dimension, value)
        if dimension not in {"session", "rule"}:
            _group_proposals(dimension, value)
    _group_days()


def _group_decisions(dimension: str, value: str) -> None:
    going = "d.outcome IN ('selected', 'prioritised', 'feasible', 'committed')"
    op.execute(
        f"INSERT INTO decision_groups (stage_id, dimension, value, came, went_on) "  # noqa: S608 - words of this file
        f"SELECT m.stage_id, '{dimension}', {value}, count(*), sum(CASE WHEN {going} THEN 1 ELSE 0 END) "
        "FROM decision_marks m JOIN decisions d ON d.id = m.decision_id JOIN proposals p ON p.id = d.proposal_id "
        f"WHERE m.mark = 'all' GROUP BY m.stage_id, {value}"
    )


def _group_proposals(dimension: str, value: str) -> None:
    op.execute(
        f"INSERT INTO proposal_groups (process_id, dimension, value, n) "  # noqa: S608 - words of this file
        f"SELECT p.process_id, '{dimension}', {value}, count(*) FROM proposals p "
        f"WHERE p.is_public GROUP BY p.process_id, {value}"
    )


def _group_days() -> None:
    """The day is that of the process's own zone, which no SQL both databases understand can say."""
    proposals = sa.table(
        "proposals",
        *(sa.column("process_id", sa.Uuid()), sa.column("is_public", sa.Boolean())),
        *(sa.column("received_at", sa.DateTime(timezone=True)), sa.column("received_to_the", sa.String())),
    )
    processes = sa.table("processes", sa.column("id", sa.Uuid()), sa.column("timezone", sa.String()))
    read = (
        sa.select(proposals.c.process_id, processes.c.timezone, proposals.c.received_at, proposals.c.received_to_the)
        .join(processes, processes.c.id == proposals.c.process_id)
        .where(proposals.c.is_public)
    )
    days: Counter[tuple[Any, str]] = Counter()
    for process_id, zone, at, known_to in op.get_bind().execute(read).yield_per(BATCH):
        moment: datetime = at if at.tzinfo else at.replace(tzinfo=UTC)
        day = moment.astimezone(ZoneInfo(zone)).date().isoformat()
        days[process_id, day[: KNOWN_TO.get(known_to)]] += 1
    groups = sa.table(
        "proposal_groups",
        *(sa.column("process_id", sa.Uuid()), sa.column("dimension"), sa.column("value"), sa.column("n")),
    )
    rows = [{"process_id": key, "dimension": "day", "value": day, "n": n} for (key, day), n in days.items()]
    if rows:
        op.bulk_insert(groups, rows)


def _groups(of: str) -> tuple[sa.Column[Any], ...]:
    return sa.Column(of, sa.Uuid(), nullable=False), sa.Column("dimension", sa.String(20), nullable=False)


def _keys(table: str, of: str, target: str) -> tuple[Any, ...]:
    points = op.f(f"fk_{table}_{of}")
    return (
        sa.ForeignKeyConstraint([of], [f"{target}.id"], name=points, deferrable=True, initially="DEFERRED"),
        sa.PrimaryKeyConstraint(of, "dimension", "value", name=op.f(f"pk_{table}")),
    )


def downgrade() -> None:
    op.drop_table("decision_groups")
    op.drop_table("proposal_groups")
