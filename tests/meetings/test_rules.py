"""Who may come, when the link is shown, and how a platform's report is read: plain Python."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.kit.errors import Invalid, WrongState
from app.meetings import reports
from app.meetings.reports import Participant
from app.meetings.rules import meeting as rules
from app.meetings.rules.attendance import REGISTRATION, RegistrationState
from app.meetings.rules.meeting import MEETING, Ages, MeetingKind, MeetingState, unfit
from app.meetings.rules.minutes import MINUTES, MinutesState

START = datetime(2026, 6, 10, 22, tzinfo=UTC)
END = START + timedelta(hours=2)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@pytest.mark.parametrize(
    ("now", "shown"),
    [
        (START - 24 * HOUR - MINUTE, False),
        (START - 24 * HOUR, True),
        (END, True),
        (END + 2 * HOUR - MINUTE, True),
        (END + 2 * HOUR, False),
    ],
)
def test_the_link_is_shown_from_a_day_before_to_two_hours_after(now: datetime, shown: bool) -> None:
    assert rules.is_link_shown(START, END, now) is shown


@pytest.mark.parametrize(
    ("birth_year", "fits"), [(2012, False), (2011, True), (2000, True), (1997, True), (1996, True), (1995, False)]
)
def test_who_may_be_of_the_age_is_let_in(birth_year: int, fits: bool) -> None:
    assert Ages(15, 29).fits(birth_year, 2026) is fits


def test_place_and_age_are_told_apart() -> None:
    youth = Ages(15, 29)
    assert unfit(Ages(), (), ("", None), 2026) is None
    assert unfit(youth, (), ("", 2005), 2026) is None
    assert unfit(Ages(), ("14",), ("14", None), 2026) is None
    faults = [
        unfit(Ages(), ("14",), ("10", None), 2026),
        unfit(Ages(), ("14",), ("", None), 2026),
        unfit(youth, (), ("", None), 2026),
        unfit(youth, (), ("", 1980), 2026),
    ]
    assert [fault and fault[0] for fault in faults] == ["territory", "territory", "birth_year", "birth_year"]
    assert "15" in str(faults[3][1] if faults[3] else "")


@pytest.mark.parametrize("kind", MeetingKind)
def test_an_address_names_kind_and_number(kind: MeetingKind) -> None:
    assert rules.parse_slug(rules.slug_of(kind, 12)) == (kind, 12)
    for wrong in (
        "",
        "new",
        "table-1",
        f"{kind.value}-1",
        "technical-table-0",
        "technical-table-01",
        "technical-table",
    ):
        assert rules.parse_slug(wrong) is None


def test_the_three_lives_hold_only_their_own_moves() -> None:
    for state in MeetingState:
        for move in ("convene", "hold", "close", "cancel", "report", "draft"):
            allowed = (state.value, move) in {
                ("draft", "convene"),
                ("convened", "hold"),
                ("held", "close"),
                ("convened", "cancel"),
            }
            assert MEETING.may(state, move) is allowed
    with pytest.raises(WrongState):
        REGISTRATION.after(RegistrationState.REGISTERED, "move_up")
    with pytest.raises(WrongState):
        MINUTES.after(MinutesState.PUBLISHED, "write")
    with pytest.raises(WrongState):
        MINUTES.after(MinutesState.DRAFT, "publish")


# --------------------------------------------------------------------------------------------------------- reports

ENGLISH = """Meeting ID,Topic,Start Time,End Time,User Email,Duration (Minutes),Participants
898 1234,Mesa,10/05/2026 06:00:00 PM,10/05/2026 08:00:00 PM,office@example.org,120,3

Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes),Guest,Recording Consent,In Waiting Room
Ana Soto,ana@example.org,10/05/2026 06:00:00 PM,10/05/2026 06:30:00 PM,30,Yes,,No
Bruno (Bruno Rivas),,10/05/2026 06:00:00 PM,10/05/2026 06:10:00 PM,10,Yes,,No
Ana Soto,ANA@example.org,10/05/2026 06:20:00 PM,10/05/2026 07:00:00 PM,40,Yes,,No
Eva Luz,eva@example.org,10/05/2026 05:50:00 PM,10/05/2026 06:00:00 PM,10,Yes,,Yes
"""
SPANISH = (
    "\ufeffNombre (nombre original);Correo electrónico del usuario;Hora de entrada;Hora de salida;"
    "Duración (minutos);Invitado\r\n"
    "Ana Soto;ana@example.org;05/10/2026 18:00:00;05/10/2026 18:30:00;30;Sí\r\n"
    "Íñigo Núñez;;05/10/2026 18:00:00;05/10/2026 18:45:00;45;Sí\r\n"
    "Ana Soto;ana@example.org;05/10/2026 19:00:00;05/10/2026 19:20:00;20;Sí\r\n"
)


def test_a_report_in_english_is_read_and_times_are_put_together() -> None:
    assert reports.read(ENGLISH.encode()) == [
        Participant("Ana Soto", "ana@example.org", 60),
        Participant("Bruno", "", 10),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_report_in_spanish_with_semicolons_and_a_mark_is_read(encoding: str) -> None:
    text = SPANISH.removeprefix("\ufeff") if encoding == "utf-16" else SPANISH
    assert reports.read(text.encode(encoding)) == [
        Participant("Ana Soto", "ana@example.org", 50),
        Participant("Íñigo Núñez", "", 45),
    ]


def test_a_report_without_times_sums_the_minutes_it_says() -> None:
    text = "Nombre\tDuración\nAna Soto\t12,5\nana soto\t10\nBruno\t00:31:00\n"
    assert reports.read(text.encode()) == [Participant("Ana Soto", "", 22), Participant("Bruno", "", 31)]


def test_spanish_morning_and_afternoon_are_understood() -> None:
    text = "Nombre,Hora de entrada,Hora de salida\nAna,05/10/2026 06:02:11 p. m.,05/10/2026 07:02:11 p. m.\n"
    assert reports.read(text.encode()) == [Participant("Ana", "", 60)]


@pytest.mark.parametrize(
    "raw",
    [
        b"%PDF-1.7 nothing of the kind",
        b"folio,title\nA-1,Something\n",
        b"Name,Topic\nAna,Something\n",
        b"Name,Duration\n",
        b"\x00\xff\x00" * 50,
        b"x" * (reports.MOST_BYTES + 1),
    ],
)
def test_what_is_no_report_is_refused(raw: bytes) -> None:
    with pytest.raises(Invalid) as refused:
        reports.read(raw)
    assert list(refused.value.fields) == ["report"]
