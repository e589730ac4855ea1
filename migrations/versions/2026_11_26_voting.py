"""voting"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TRIGGERS = {
    "sqlite": [
        "CREATE TRIGGER ballots_no_update BEFORE UPDATE ON ballots BEGIN SELECT RAISE(ABORT, 'ballots is append-only'); END",
        "CREATE TRIGGER ballots_no_delete BEFORE DELETE ON ballots BEGIN SELECT RAISE(ABORT, 'ballots is append-only'); END",
    ],
    "postgresql": [
        "CREATE OR REPLACE FUNCTION ballots_refuse() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'ballots is append-only'; END $$ LANGUAGE plpgsql",
        "CREATE TRIGGER ballots_no_change BEFORE UPDATE OR DELETE ON ballots FOR EACH ROW EXECUTE FUNCTION ballots_refuse()",
        "CREATE TRIGGER ballots_no_truncate BEFORE TRUNCATE ON ballots FOR EACH STATEMENT EXECUTE FUNCTION ballots_refuse()",
    ],
}


def upgrade() -> None:
    op.create_table(
        "voting_rounds",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("process_id", sa.Uuid(), nullable=False),
        sa.Column("stage_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("draft", "adopted", "closed", name="state", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("name_es", sa.String(length=160), nullable=False),
        sa.Column("name_en", sa.String(length=160), nullable=False),
        sa.Column(
            "method",
            sa.Enum("approval", "points", name="method", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("most", sa.Integer(), nullable=False),
        sa.Column("each", sa.Integer(), nullable=False),
        sa.Column(
            "over",
            sa.Enum("heads", "tables", name="over", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("with_reserved", sa.Boolean(), nullable=False),
        sa.Column("result", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column("adopted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["process_id"],
            ["processes.id"],
            name=op.f("fk_voting_rounds_process_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["stage_id"], ["stages.id"], name=op.f("fk_voting_rounds_stage_id"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voting_rounds")),
        sa.UniqueConstraint("process_id", "number", name=op.f("uq_voting_rounds_process_id_number")),
    )
    with op.batch_alter_table("voting_rounds", schema=None) as batch_op:
        batch_op.create_index("ix_voting_rounds_stage", ["stage_id", "number"], unique=False)

    op.create_table(
        "collective_answers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("process_id", sa.Uuid(), nullable=False),
        sa.Column("stage_id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("table_number", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("facts", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("change_note", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting_id"],
            ["meetings.id"],
            name=op.f("fk_collective_answers_meeting_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["process_id"],
            ["processes.id"],
            name=op.f("fk_collective_answers_process_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["stage_id"],
            ["stages.id"],
            name=op.f("fk_collective_answers_stage_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_collective_answers")),
        sa.UniqueConstraint("meeting_id", "version", name=op.f("uq_collective_answers_meeting_id_version")),
    )
    op.create_table(
        "voting_tables",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("process_id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "scope",
            sa.Enum(
                "territorial", "youth", "thematic", name="scope", native_enum=False, create_constraint=True, length=24
            ),
            nullable=False,
        ),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting_id"],
            ["meetings.id"],
            name=op.f("fk_voting_tables_meeting_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["process_id"],
            ["processes.id"],
            name=op.f("fk_voting_tables_process_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["round_id"],
            ["voting_rounds.id"],
            name=op.f("fk_voting_tables_round_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voting_tables")),
        sa.UniqueConstraint("meeting_id", name=op.f("uq_voting_tables_meeting_id")),
    )
    with op.batch_alter_table("voting_tables", schema=None) as batch_op:
        batch_op.create_index("ix_voting_tables_round", ["round_id", "number"], unique=False)

    op.create_table(
        "on_ballots",
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["proposal_id"],
            ["proposals.id"],
            name=op.f("fk_on_ballots_proposal_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["round_id"],
            ["voting_rounds.id"],
            name=op.f("fk_on_ballots_round_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("round_id", "proposal_id", name=op.f("pk_on_ballots")),
    )
    with op.batch_alter_table("on_ballots", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_on_ballots_proposal_id"), ["proposal_id"], unique=False)

    op.create_table(
        "rehearsal_boxes",
        sa.Column("table_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["table_id"],
            ["voting_tables.id"],
            name=op.f("fk_rehearsal_boxes_table_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("table_id", name=op.f("pk_rehearsal_boxes")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_rehearsal_boxes_code_hash")),
    )
    op.create_table(
        "table_notes",
        sa.Column("table_id", sa.Uuid(), nullable=False),
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("subgroup", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "discussed",
                "ran_out_of_time",
                "not_reached",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("in_favour", sa.Text(), nullable=False),
        sa.Column("worries", sa.Text(), nullable=False),
        sa.Column("changes", sa.Text(), nullable=False),
        sa.Column("actors", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["proposal_id"],
            ["proposals.id"],
            name=op.f("fk_table_notes_proposal_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["table_id"],
            ["voting_tables.id"],
            name=op.f("fk_table_notes_table_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("table_id", "proposal_id", "subgroup", name=op.f("pk_table_notes")),
    )
    with op.batch_alter_table("table_notes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_table_notes_proposal_id"), ["proposal_id"], unique=False)

    op.create_table(
        "table_subgroups",
        sa.Column("table_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("facilitator", sa.String(length=160), nullable=False),
        sa.Column("note_taker", sa.String(length=160), nullable=False),
        sa.ForeignKeyConstraint(
            ["table_id"],
            ["voting_tables.id"],
            name=op.f("fk_table_subgroups_table_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("table_id", "number", name=op.f("pk_table_subgroups")),
    )
    op.create_table(
        "votings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("table_id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("take", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "prepared",
                "open",
                "closed",
                "annulled",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "way",
            sa.Enum("codes", "paper", name="way", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("ballots", sa.Integer(), nullable=False),
        sa.Column("assisted", sa.Integer(), nullable=False),
        sa.Column("told", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column("box_hash", sa.String(length=64), nullable=False),
        sa.Column("box_salt", sa.String(length=64), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("annulled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("annulled_because", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["round_id"], ["voting_rounds.id"], name=op.f("fk_votings_round_id"), initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["table_id"], ["voting_tables.id"], name=op.f("fk_votings_table_id"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_votings")),
        sa.UniqueConstraint("table_id", "take", name=op.f("uq_votings_table_id_take")),
    )
    with op.batch_alter_table("votings", schema=None) as batch_op:
        batch_op.create_index("ix_votings_round", ["round_id", "state"], unique=False)

    op.create_table(
        "ballot_boxes",
        sa.Column("voting_id", sa.Uuid(), nullable=False),
        sa.Column("ballots", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("assisted", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["voting_id"], ["votings.id"], name=op.f("fk_ballot_boxes_voting_id"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("voting_id", name=op.f("pk_ballot_boxes")),
    )
    op.create_table(
        "ballot_codes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("voting_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("is_spent", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["voting_id"], ["votings.id"], name=op.f("fk_ballot_codes_voting_id"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ballot_codes")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_ballot_codes_code_hash")),
    )
    with op.batch_alter_table("ballot_codes", schema=None) as batch_op:
        batch_op.create_index("ix_ballot_codes_voting", ["voting_id", "is_spent"], unique=False)

    op.create_table(
        "ballot_rights",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("voting_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_ballot_rights_person_id"), initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["round_id"],
            ["voting_rounds.id"],
            name=op.f("fk_ballot_rights_round_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["voting_id"],
            ["votings.id"],
            name=op.f("fk_ballot_rights_voting_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ballot_rights")),
        sa.UniqueConstraint("round_id", "person_id", name=op.f("uq_ballot_rights_round_id_person_id")),
    )
    with op.batch_alter_table("ballot_rights", schema=None) as batch_op:
        batch_op.create_index("ix_ballot_rights_voting", ["voting_id"], unique=False)

    op.create_table(
        "ballots",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("voting_id", sa.Uuid(), nullable=False),
        sa.Column("choices", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["voting_id"], ["votings.id"], name=op.f("fk_ballots_voting_id"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ballots")),
        info={"append_only": True},
    )
    with op.batch_alter_table("ballots", schema=None) as batch_op:
        batch_op.create_index("ix_ballots_voting", ["voting_id"], unique=False)

    op.create_table(
        "count_sheets",
        sa.Column("voting_id", sa.Uuid(), nullable=False),
        sa.Column("rows", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("told", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column("typed_by_person_id", sa.Uuid(), nullable=True),
        sa.Column("checked_by_person_id", sa.Uuid(), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["checked_by_person_id"],
            ["people.id"],
            name=op.f("fk_count_sheets_checked_by_person_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["typed_by_person_id"],
            ["people.id"],
            name=op.f("fk_count_sheets_typed_by_person_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["voting_id"], ["votings.id"], name=op.f("fk_count_sheets_voting_id"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("voting_id", name=op.f("pk_count_sheets")),
    )

    for statement in TRIGGERS[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("count_sheets")
    with op.batch_alter_table("ballots", schema=None) as batch_op:
        batch_op.drop_index("ix_ballots_voting")

    op.drop_table("ballots")
    with op.batch_alter_table("ballot_rights", schema=None) as batch_op:
        batch_op.drop_index("ix_ballot_rights_voting")

    op.drop_table("ballot_rights")
    with op.batch_alter_table("ballot_codes", schema=None) as batch_op:
        batch_op.drop_index("ix_ballot_codes_voting")

    op.drop_table("ballot_codes")
    op.drop_table("ballot_boxes")
    with op.batch_alter_table("votings", schema=None) as batch_op:
        batch_op.drop_index("ix_votings_round")

    op.drop_table("votings")
    op.drop_table("table_subgroups")
    with op.batch_alter_table("table_notes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_table_notes_proposal_id"))

    op.drop_table("table_notes")
    op.drop_table("rehearsal_boxes")
    with op.batch_alter_table("on_ballots", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_on_ballots_proposal_id"))

    op.drop_table("on_ballots")
    with op.batch_alter_table("voting_tables", schema=None) as batch_op:
        batch_op.drop_index("ix_voting_tables_round")

    op.drop_table("voting_tables")
    op.drop_table("collective_answers")
    with op.batch_alter_table("voting_rounds", schema=None) as batch_op:
        batch_op.drop_index("ix_voting_rounds_stage")

    op.drop_table("voting_rounds")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION IF EXISTS ballots_refuse() CASCADE")
