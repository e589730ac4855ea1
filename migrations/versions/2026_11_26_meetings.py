"""meetings"""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "meetings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("process_id", sa.Uuid(), nullable=False),
        sa.Column("stage_id", sa.Uuid(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "awareness_session",
                "forum_session",
                "prioritisation_table",
                "technical_table",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "convened",
                "held",
                "closed",
                "cancelled",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("title_es", sa.String(length=160), nullable=False),
        sa.Column("title_en", sa.String(length=160), nullable=False),
        sa.Column("purpose_es", sa.Text(), nullable=False),
        sa.Column("purpose_en", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "starts_to_the",
            sa.Enum(
                "instant",
                "day",
                "month",
                "year",
                name="precision",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("timezone", sa.String(length=60), nullable=False),
        sa.Column("place", sa.String(length=300), nullable=False),
        sa.Column("video_link", sa.String(length=600), nullable=False),
        sa.Column(
            "audience",
            sa.Enum("open", "invited", name="audience", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("registration_opens_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("registration_closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("age_min", sa.Integer(), nullable=True),
        sa.Column("age_max", sa.Integer(), nullable=True),
        sa.Column("accessibility", sa.Text(), nullable=False),
        sa.Column("recording_notice", sa.Text(), nullable=False),
        sa.Column("materials", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("hosts", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("speakers", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column(
            "provenance",
            sa.Enum(
                "native",
                "imported",
                "reported",
                "derived",
                "illustrative",
                name="provenance",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("reported_people", sa.Integer(), nullable=True),
        sa.Column("reported_source", sa.String(length=300), nullable=False),
        sa.Column("convened_for", sa.Uuid(), nullable=True),
        sa.Column("more_at", sa.String(length=200), nullable=False),
        sa.Column("room_code_hash", sa.String(length=64), nullable=True),
        sa.Column("registered", sa.Integer(), nullable=False),
        sa.Column("waiting", sa.Integer(), nullable=False),
        sa.Column("last_in_line", sa.Integer(), nullable=False),
        sa.Column("came", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("convened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["process_id"], ["processes.id"], name=op.f("fk_meetings_process_id"), initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["stage_id"], ["stages.id"], name=op.f("fk_meetings_stage_id"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meetings")),
        sa.UniqueConstraint("process_id", "kind", "number", name=op.f("uq_meetings_process_id_kind_number")),
    )
    with op.batch_alter_table("meetings", schema=None) as batch_op:
        batch_op.create_index("ix_meetings_convened_for", ["convened_for"], unique=False)
        batch_op.create_index("ix_meetings_public", ["process_id", "state", "starts_at"], unique=False)
        batch_op.create_index("ix_meetings_starts_at", ["starts_at"], unique=False)

    op.create_table(
        "meeting_acts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("moved", "cancelled", name="kind", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("after", sa.DateTime(timezone=True), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting_id"],
            ["meetings.id"],
            name=op.f("fk_meeting_acts_meeting_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_acts")),
    )
    with op.batch_alter_table("meeting_acts", schema=None) as batch_op:
        batch_op.create_index("ix_meeting_acts_meeting", ["meeting_id", "at"], unique=False)

    op.create_table(
        "meeting_attendances",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column(
            "way",
            sa.Enum(
                "personal_link",
                "room_code",
                "paper",
                "platform",
                name="way",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting_id"],
            ["meetings.id"],
            name=op.f("fk_meeting_attendances_meeting_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
            name=op.f("fk_meeting_attendances_person_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_attendances")),
        sa.UniqueConstraint("meeting_id", "person_id", name=op.f("uq_meeting_attendances_meeting_id_person_id")),
    )
    with op.batch_alter_table("meeting_attendances", schema=None) as batch_op:
        batch_op.create_index("ix_meeting_attendances_person", ["person_id"], unique=False)

    op.create_table(
        "meeting_minutes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft", "approved", "published", name="state", native_enum=False, create_constraint=True, length=24
            ),
            nullable=False,
        ),
        sa.Column("agenda", sa.Text(), nullable=False),
        sa.Column("dissent", sa.Text(), nullable=False),
        sa.Column("annexes", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("written_by_person_id", sa.Uuid(), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by_person_id", sa.Uuid(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["approved_by_person_id"],
            ["people.id"],
            name=op.f("fk_meeting_minutes_approved_by_person_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"],
            ["meetings.id"],
            name=op.f("fk_meeting_minutes_meeting_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["written_by_person_id"],
            ["people.id"],
            name=op.f("fk_meeting_minutes_written_by_person_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_minutes")),
        sa.UniqueConstraint("meeting_id", name=op.f("uq_meeting_minutes_meeting_id")),
    )
    op.create_table(
        "meeting_registrations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "registered", "waiting", "cancelled", name="state", native_enum=False, create_constraint=True, length=24
            ),
            nullable=False,
        ),
        sa.Column("in_line", sa.Integer(), nullable=False),
        sa.Column("territory_id", sa.Uuid(), nullable=True),
        sa.Column("birth_year", sa.Integer(), nullable=True),
        sa.Column("needs", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("by_the_office", sa.Boolean(), nullable=False),
        sa.Column("agreed_to_recording", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["meeting_id"],
            ["meetings.id"],
            name=op.f("fk_meeting_registrations_meeting_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
            name=op.f("fk_meeting_registrations_person_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["territory_id"],
            ["territories.id"],
            name=op.f("fk_meeting_registrations_territory_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_registrations")),
        sa.UniqueConstraint("meeting_id", "person_id", name=op.f("uq_meeting_registrations_meeting_id_person_id")),
    )
    with op.batch_alter_table("meeting_registrations", schema=None) as batch_op:
        batch_op.create_index("ix_meeting_registrations_line", ["meeting_id", "state", "in_line"], unique=False)
        batch_op.create_index("ix_meeting_registrations_person", ["person_id"], unique=False)

    op.create_table(
        "meeting_report_lines",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=320), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("address", sa.String(length=320), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("is_settled", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting_id"],
            ["meetings.id"],
            name=op.f("fk_meeting_report_lines_meeting_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_report_lines")),
        sa.UniqueConstraint("meeting_id", "key", name=op.f("uq_meeting_report_lines_meeting_id_key")),
    )
    op.create_table(
        "meeting_territories",
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("territory_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting_id"],
            ["meetings.id"],
            name=op.f("fk_meeting_territories_meeting_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["territory_id"],
            ["territories.id"],
            name=op.f("fk_meeting_territories_territory_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("meeting_id", "territory_id", name=op.f("pk_meeting_territories")),
    )
    op.create_table(
        "meeting_addenda",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("minutes_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["minutes_id"],
            ["meeting_minutes.id"],
            name=op.f("fk_meeting_addenda_minutes_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_addenda")),
        sa.UniqueConstraint("minutes_id", "number", name=op.f("uq_meeting_addenda_minutes_id_number")),
    )
    op.create_table(
        "meeting_agreements",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("minutes_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("proposal_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["minutes_id"],
            ["meeting_minutes.id"],
            name=op.f("fk_meeting_agreements_minutes_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"],
            ["proposals.id"],
            name=op.f("fk_meeting_agreements_proposal_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_agreements")),
        sa.UniqueConstraint("minutes_id", "number", name=op.f("uq_meeting_agreements_minutes_id_number")),
    )
    with op.batch_alter_table("meeting_agreements", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_meeting_agreements_proposal_id"), ["proposal_id"], unique=False)

    op.create_table(
        "meeting_links",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("registration_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["meeting_registrations.id"],
            name=op.f("fk_meeting_links_registration_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_links")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_meeting_links_token_hash")),
    )
    with op.batch_alter_table("meeting_links", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_meeting_links_registration_id"), ["registration_id"], unique=False)

    _put_sessions_into_the_calendar()


KINDS = {
    "ordinary": ("Sesión ordinaria", "Ordinary session"),
    "extraordinary": ("Sesión extraordinaria", "Extraordinary session"),
    "extended": ("Sesión ampliada", "Extended session"),
}


def _put_sessions_into_the_calendar() -> None:
    """Every session a forum has called so far stands in the calendar as a meeting, as new ones do by themselves."""
    key, moment = sa.Uuid(), sa.DateTime(timezone=True)
    sessions = sa.table("forum_sessions", sa.column("id", key), sa.column("process_id", key), sa.column("body_id", key),
                        sa.column("number"), sa.column("kind"), sa.column("state"), sa.column("held_at", moment),
                        sa.column("place"), sa.column("agenda"))  # fmt: skip
    processes = sa.table("processes", sa.column("id", key), sa.column("slug"), sa.column("timezone"))
    seats = sa.table("seat_attendances", sa.column("session_id", key), sa.column("presence"))
    came = sa.select(sa.func.count()).where(seats.c.session_id == sessions.c.id, seats.c.presence == "present")
    rows = op.get_bind().execute(
        sa.select(sessions, processes.c.slug, processes.c.timezone, came.scalar_subquery().label("came"))
        .join(processes, processes.c.id == sessions.c.process_id)
        .order_by(sessions.c.process_id, sessions.c.held_at, sessions.c.number)
    )
    last: dict[uuid.UUID, int] = {}
    for row in rows.mappings().all():
        number = last[row["process_id"]] = last.get(row["process_id"], 0) + 1
        op.get_bind().execute(sa.insert(_meetings()).values(**_as_meeting(row, number)))


def _meetings() -> sa.TableClause:
    key, moment = sa.Uuid(), sa.DateTime(timezone=True)
    json = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
    typed: dict[str, Any] = {"id": key, "process_id": key, "convened_for": key, "starts_at": moment, "ends_at": moment,
             "convened_at": moment, "materials": json, "hosts": json, "speakers": json}  # fmt: skip
    plain = (
        "kind number state title_es title_en purpose_es purpose_en starts_to_the timezone place video_link audience "
        "accessibility recording_notice provenance reported_source more_at registered waiting last_in_line came revision"
    )
    return sa.table(
        "meetings",
        *(sa.column(name, kind) for name, kind in typed.items()),
        *(sa.column(name) for name in plain.split()),
    )


def _as_meeting(row: sa.RowMapping, number: int) -> dict[str, object]:
    es, en = KINDS[row["kind"]]
    is_link = row["place"].strip().lower().startswith(("http://", "https://", "www."))
    words = dict.fromkeys(("purpose_en", "accessibility", "recording_notice", "reported_source"), "")
    counters = {"registered": 0, "waiting": 0, "last_in_line": 0, "revision": 1}
    return {
        **words,
        **counters,
        "id": uuid.uuid4(),
        "process_id": row["process_id"],
        "kind": "forum_session",
        "number": number,
        "state": row["state"],
        "title_es": f"{es} {row['number']}",
        "title_en": f"{en} {row['number']}",
        "purpose_es": row["agenda"],
        "starts_at": row["held_at"],
        "ends_at": row["held_at"] + timedelta(hours=2),
        "convened_at": row["held_at"],
        "starts_to_the": "instant",
        "timezone": row["timezone"],
        "place": "" if is_link else row["place"],
        "video_link": row["place"] if is_link and row["state"] != "closed" else "",
        "audience": "invited",
        "materials": [],
        "hosts": [],
        "speakers": [],
        "provenance": "native",
        "convened_for": row["id"],
        "more_at": f"/p/{row['slug']}/forum/sessions/{row['number']}",
        "came": row["came"] if row["state"] == "closed" else 0,
    }


def downgrade() -> None:
    with op.batch_alter_table("meeting_links", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_meeting_links_registration_id"))

    op.drop_table("meeting_links")
    with op.batch_alter_table("meeting_agreements", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_meeting_agreements_proposal_id"))

    op.drop_table("meeting_agreements")
    op.drop_table("meeting_addenda")
    op.drop_table("meeting_territories")
    op.drop_table("meeting_report_lines")
    with op.batch_alter_table("meeting_registrations", schema=None) as batch_op:
        batch_op.drop_index("ix_meeting_registrations_person")
        batch_op.drop_index("ix_meeting_registrations_line")

    op.drop_table("meeting_registrations")
    op.drop_table("meeting_minutes")
    with op.batch_alter_table("meeting_attendances", schema=None) as batch_op:
        batch_op.drop_index("ix_meeting_attendances_person")

    op.drop_table("meeting_attendances")
    with op.batch_alter_table("meeting_acts", schema=None) as batch_op:
        batch_op.drop_index("ix_meeting_acts_meeting")

    op.drop_table("meeting_acts")
    with op.batch_alter_table("meetings", schema=None) as batch_op:
        batch_op.drop_index("ix_meetings_starts_at")
        batch_op.drop_index("ix_meetings_public")
        batch_op.drop_index("ix_meetings_convened_for")

    op.drop_table("meetings")
