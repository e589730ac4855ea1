"""who stands aside is a person, a seat may abstain, suspected conflicts are dismissed with a reason, outsiders are named for one proposal"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.steps import let_in, point_at, point_no_more

revision = "0024"
down_revision = "0026"
branch_labels = None
depends_on = None

SHEETS = ("draft", "submitted")
KINDS = ("author", "institution", "family", "interest", "other")
SECTORS = (
    "government",
    "legislature",
    "judiciary",
    "oversight",
    "subnational",
    "civil_society",
    "academia",
    "private",
    "international",
)
OF_SEATS = ("stage_id", "seat_id", "proposal_id")
TARGETS = {
    "stage_id": "stages",
    "seat_id": "seats",
    "proposal_id": "proposals",
    "person_id": "people",
    "round_id": "scoring_rounds",
}
WHERE = {name: TARGETS[name] for name in ("stage_id", "seat_id", "proposal_id", "person_id")}


def upgrade() -> None:
    _counter("scoring_rounds", "left_suspected", "0")
    _counter("scoring_rounds", "remind_days", "0")
    op.add_column("scoring_rounds", sa.Column("per_proposal", sa.Integer(), nullable=True))
    _words("scoring_rounds", "lot", sa.String(80))
    op.add_column("scoring_rounds", sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True))
    let_in("score_sheets", "state", name="ck_score_sheets_state", before=SHEETS, after=(*SHEETS, "abstained"))
    _words("score_sheets", "abstain_reason", sa.Text())
    _of_a_person()
    _dismissed()
    _voided()
    _substitutes()
    _reminders()
    _assignments()


def _counter(table: str, column: str, at_first: str) -> None:
    op.add_column(table, sa.Column(column, sa.Integer(), nullable=False, server_default=at_first))
    if not _is_sqlite():
        op.alter_column(table, column, server_default=None)


def _words(table: str, column: str, kind: sa.types.TypeEngine[str]) -> None:
    op.add_column(table, sa.Column(column, kind, nullable=False, server_default=""))
    if not _is_sqlite():
        op.alter_column(table, column, server_default=None)


def _of_a_person() -> None:
    if not _is_sqlite():
        point_at("recusals", "person_id", "people")
        op.add_column("recusals", sa.Column("is_pinned", sa.Boolean(), nullable=False, server_default=sa.false()))
        op.alter_column("recusals", "is_pinned", server_default=None)
        op.add_column("recusals", sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True))
        op.drop_constraint(_unique(*OF_SEATS), "recusals", type_="unique")
        op.create_unique_constraint(_unique(*OF_SEATS, "person_id"), "recusals", [*OF_SEATS, "person_id"])
        return
    _rebuild("id, stage_id, seat_id, proposal_id, kind, note, at", person=True)


def _rebuild(kept: str, *, person: bool) -> None:
    """SQLite keeps a UNIQUE in the table itself: the table is written anew. Nothing points at it."""
    op.drop_index("ix_recusals_proposal", "recusals")
    op.rename_table("recusals", "recusals_before")
    keys = [*OF_SEATS, "person_id"] if person else list(OF_SEATS)
    added = _added() if person else []
    op.create_table(
        "recusals",
        sa.Column("id", sa.Uuid(), nullable=False),
        *(sa.Column(name, sa.Uuid(), nullable=False) for name in OF_SEATS),
        sa.Column("kind", _one_of(KINDS, "kind"), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        *added,
        *(_points("recusals", name, WHERE[name]) for name in keys),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recusals")),
        sa.UniqueConstraint(*keys, name=_unique(*keys)),
    )
    more = (", is_pinned", ", 0") if person else ("", "")
    op.execute(f"INSERT INTO recusals ({kept}{more[0]}) SELECT {kept}{more[1]} FROM recusals_before")  # noqa: S608 - names of columns
    op.drop_table("recusals_before")
    op.create_index("ix_recusals_proposal", "recusals", ["proposal_id"], unique=False)


def _added() -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("person_id", sa.Uuid()),
        sa.Column("is_pinned", sa.Boolean(), nullable=False),
        sa.Column("taken_back_at", sa.DateTime(timezone=True)),
    ]


def _dismissed() -> None:
    _table(
        "dismissed_suspicions",
        WHERE,
        sa.Column("signs", _json(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_dismissed_suspicions_stage", "dismissed_suspicions", ["stage_id"], unique=False)


def _voided() -> None:
    _table(
        "voided_sheets",
        {name: TARGETS[name] for name in ("round_id", "proposal_id", "seat_id", "person_id")},
        sa.Column("content", _json(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=False),
        empty="person_id",
    )
    op.create_index("ix_voided_sheets_round", "voided_sheets", ["round_id"], unique=False)


def _substitutes() -> None:
    _table(
        "substitutes",
        {name: TARGETS[name] for name in ("stage_id", "proposal_id")},
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("sector", _one_of(SECTORS, "sector"), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("stage_id", "proposal_id", "name", name=op.f("uq_substitutes_stage_id_proposal_id_name")),
    )


def _reminders() -> None:
    points = {name: TARGETS[name] for name in ("round_id", "person_id")}
    _table("round_reminders", points, sa.Column("at", sa.DateTime(timezone=True), nullable=False))
    op.create_index("ix_round_reminders_round", "round_reminders", ["round_id", "person_id"], unique=False)


def _assignments() -> None:
    points = {name: TARGETS[name] for name in ("round_id", "proposal_id", "seat_id")}
    only_once = op.f("uq_assignments_round_id_proposal_id_seat_id")
    _table(
        "assignments",
        points,
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("moved_on_at", sa.DateTime(timezone=True), nullable=True),
        sa.UniqueConstraint(*points, name=only_once),
    )
    op.create_index("ix_assignments_seat", "assignments", ["round_id", "seat_id"], unique=False)


def _table(name: str, points: dict[str, str], *rest: sa.schema.SchemaItem, empty: str = "") -> None:
    op.create_table(
        name,
        sa.Column("id", sa.Uuid(), nullable=False),
        *(sa.Column(column, sa.Uuid(), nullable=column == empty) for column in points),
        *rest,
        *(_points(name, column, target) for column, target in points.items()),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    )


def _points(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}")
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name, deferrable=True, initially="DEFERRED")


def _unique(*columns: str) -> str:
    return str(op.f(f"uq_recusals_{'_'.join(columns)}"))


def _one_of(words: tuple[str, ...], name: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=24)


def _json() -> Any:
    return sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def downgrade() -> None:
    for name in ("assignments", "round_reminders", "substitutes", "voided_sheets", "dismissed_suspicions"):
        op.drop_table(name)
    for column in ("reminded_at", "per_proposal", "lot", "remind_days", "left_suspected"):
        op.drop_column("scoring_rounds", column)
    op.drop_column("score_sheets", "abstain_reason")
    op.execute("UPDATE score_sheets SET state = 'draft' WHERE state = 'abstained'")
    let_in("score_sheets", "state", name="ck_score_sheets_state", before=(*SHEETS, "abstained"), after=SHEETS)
    if _is_sqlite():
        _rebuild("id, stage_id, seat_id, proposal_id, kind, note, at", person=False)
        return
    op.drop_constraint(_unique(*OF_SEATS, "person_id"), "recusals", type_="unique")
    point_no_more("recusals", "person_id")
    for column in ("is_pinned", "taken_back_at"):
        op.drop_column("recusals", column)
    op.create_unique_constraint(_unique(*OF_SEATS), "recusals", list(OF_SEATS))
