"""Comments on the draft: anybody may while it is open, the office reads and groups, one answer stands for a point."""

from __future__ import annotations

import json
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app.accounts.erasing import FORGET, Leaving
from app.commitments import actions
from app.commitments.actions import NewComment, Respond
from app.commitments.models import DraftComment, DraftIssue
from app.commitments.obstacles import unanswered_comments
from app.commitments.queries import comments
from app.commitments.rules.comments import COMMENT, CommentState, HeldBecause, folio
from app.duties.models import Duty, Promise
from app.duties.rules import DutyState, Part, SettledBecause
from app.kit.errors import Conflict, Invalid, NotAllowed, NotFound, NotNow, WrongState
from app.mail.rules import LetterKind
from app.my.queries import everything
from app.people.models import Person
from app.process import actions as scheduling
from app.process import queries as processes
from app.publication import draft_data
from app.publication.datasets import DATASETS
from app.publication.exporting import export
from app.publication.verifying import check_database
from app.trail.models import Entry
from tests.acts import by_hand
from tests.commitments.drafting import REASON, SAID, DraftBuilder
from tests.world import World, address

pytestmark = pytest.mark.either


@pytest.fixture
def draft(world: World) -> DraftBuilder:
    return DraftBuilder(world, world.open_process("plan", template="ogp_action_plan"))


def duties(world: World) -> list[Duty]:
    with world.database.reading() as session:
        return list(session.scalars(select(Duty).order_by(Duty.subject, Duty.subject_version)))


def leaves(world: World) -> str:
    with world.database.reading() as session:
        return " ".join(str(leaf) for leaf in session.scalars(select(Entry.leaf)))


# ------------------------------------------------------------------------------------------------------------ sending


def test_the_folio_of_a_comment_is_no_folio_of_a_proposal() -> None:
    assert folio("5PA", 12) == "5PA-C0012"
    assert COMMENT.moves_from(CommentState.RECEIVED) == ["admit", "hold_back"]


def test_anybody_comments_without_an_account_and_the_receipt_quotes_nothing(world: World, draft: DraftBuilder) -> None:
    said = draft.comment("Marta Ruiz", email="marta@example.org", about="1", section="solution")
    assert (said.folio, said.text_version, said.section, said.public_name) == ("PLAN-C0001", 1, "solution", "")
    [letter] = draft.receipts()
    assert (letter.to_address, letter.kind) == ("marta@example.org", LetterKind.RECEIPT)
    assert "PLAN-C0001" in letter.text
    for private in (SAID, "Marta"):
        assert private not in letter.text
    for private in (SAID, "Marta", "marta@example.org", draft.tokens()[0]):
        assert private not in leaves(world)


def test_no_address_gets_more_than_three_receipts_a_day(draft: DraftBuilder) -> None:
    said = [draft.comment("bruno", f"{SAID} {n}") for n in range(4)]
    assert [one.folio for one in said] == ["PLAN-C0001", "PLAN-C0002", "PLAN-C0003", "PLAN-C0004"]
    assert len(draft.receipts()) == 3


WRONG: list[tuple[dict[str, Any], set[str]]] = [
    ({"text": "Muy corto."}, {"text"}),
    ({"text": "x" * 5001}, {"text"}),
    ({"name": ""}, {"name"}),
    ({"name": "x" * 161}, {"name"}),
    ({"email": "bruno"}, {"email"}),
    ({"about": "99"}, {"about"}),
    ({"about": "²"}, {"about"}),
    ({"section": "solution"}, {"section"}),
    ({"about": "1", "section": "nothing"}, {"section"}),
    ({"text": "", "name": "", "email": "@"}, {"text", "name", "email"}),
]


def test_what_cannot_be_taken_is_said_by_its_field(draft: DraftBuilder) -> None:
    for wrong, fields in WRONG:
        with pytest.raises(Invalid) as refused:
            draft.comment("bruno", **{"text": SAID} | wrong)
        assert set(refused.value.fields) == fields, wrong


def test_twenty_and_five_thousand_characters_are_taken(draft: DraftBuilder) -> None:
    for text in ("x" * 20, "x" * 5000):
        assert len(draft.comment("bruno", text).text) == len(text)


def test_nobody_comments_before_after_or_where_there_is_no_draft(world: World, draft: DraftBuilder) -> None:
    world.clock.move(days=10)
    with pytest.raises(NotNow) as late:
        draft.comment()
    assert late.value.closes_at == draft.stage().closes_at
    world.clock.move(days=-11)
    with pytest.raises(NotNow):
        draft.comment()
    town = world.open_process("town")
    with world.work("bruno") as work:
        here = processes.by_slug(work.session, "town")
        stage = comments.stage_of(work.session, town.id, world.now)
        wish = NewComment(SAID, "Bruno")
        with pytest.raises(NotFound):
            actions.comment(work, here, stage, wish, actions.prepare(here, wish))


def test_a_dropped_draft_is_not_commented_on(draft: DraftBuilder) -> None:
    with draft.office() as (work, here, _):
        found = comments.titles_of(work.session, here.id, [2])[2]
        actions.drop(work, here, found, "Nadie puede llevarlo a cabo.")
    with pytest.raises(Invalid) as refused:
        draft.comment(about="2")
    assert set(refused.value.fields) == {"about"}


def test_whoever_holds_the_link_confirms_the_address_within_seven_days(world: World, draft: DraftBuilder) -> None:
    for name in ("Marta Ruiz", "Paula Rey"):
        draft.comment(name, email="casa@example.org")
    first, second = draft.tokens()
    draft.confirm(first)
    draft.confirm(first)
    world.clock.move(days=7)
    with pytest.raises(NotNow):
        draft.confirm(second)
    with pytest.raises(NotFound):
        draft.confirm("nothing")
    assert leaves(world).count("draft_comment.address_confirmed") == 1


def test_ana_signed_in_at_her_address_has_confirmed_it_already(world: World, draft: DraftBuilder) -> None:
    said = draft.comment("ana", signed_in=True)
    assert said.person_id == world.people["ana"].id
    assert said.confirmed_at == world.now


# ------------------------------------------------------------------------------------------------- reading, grouping


def test_bruno_and_nobody_but_the_office_reads_groups_answers_or_publishes(world: World, draft: DraftBuilder) -> None:
    said = draft.comment()
    draft.admit(said.folio)
    number = draft.group(said.folio)
    draft.respond(number)
    for who in ("ana", "bruno", "diego", "elena", "felix", "gloria", "admin", "stranger"):
        with draft.office(who) as (work, here, stage):
            issue = comments.issue_numbered(work.session, stage.id, number)
            for refused in (
                partial(actions.admit, work, here, stage, [said.folio]),
                partial(actions.hold_back, work, here, stage, [said.folio], "insult"),
                partial(actions.group, work, here, stage, [said.folio], ("", "Otro")),
                partial(actions.rename, work, here, stage, issue, "Otro"),
                partial(actions.take_out, work, here, stage, issue, [said.folio]),
                partial(actions.respond, work, here, stage, issue, Respond("noted", REASON)),
                partial(actions.publish_responses, work, here, stage),
            ):
                with pytest.raises(NotAllowed):
                    refused()


def test_a_comment_is_public_once_it_was_let_in_or_held_back_with_a_counted_reason(
    world: World, draft: DraftBuilder
) -> None:
    one, two, three = (draft.comment(who) for who in ("ana", "bruno", "diego"))
    draft.admit(one.folio)
    draft.hold_back(two.folio, because="personal_data")
    with pytest.raises(WrongState):
        draft.admit(one.folio)
    with pytest.raises(Invalid) as refused:
        draft.hold_back(three.folio, because="I do not like it")
    assert set(refused.value.fields) == {"because"}
    with pytest.raises(Invalid):
        draft.admit()
    with pytest.raises(NotFound):
        draft.admit("PLAN-C0099")
    with world.database.reading() as session:
        found = comments.counted(session, draft.stage().id)
        public = comments.comments(session, draft.stage().id, comments.IS_PUBLIC)
    assert found == comments.Counted(waiting=1, admitted=1, held={HeldBecause.PERSONAL_DATA: 1}, answered=0)
    assert (found.received, found.held_back) == (3, 1)
    assert [said.comment.folio for said in public] == [one.folio]


def test_whoever_was_held_back_is_owed_the_reason_and_may_be_let_in_after_all(
    world: World, draft: DraftBuilder
) -> None:
    said, mute = draft.comment("bruno"), draft.comment("Sin correo")
    draft.hold_back(said.folio, mute.folio)
    assert [(duty.part, duty.state, duty.settled_because) for duty in duties(world)] == [
        (Part.COMMENTER, DutyState.OWED, None),
        (Part.COMMENTER, DutyState.SETTLED, SettledBecause.NO_ADDRESS),
    ]
    draft.admit(said.folio)
    draft.respond(draft.group(said.folio))
    draft.publish()
    told = [(duty.subject, duty.subject_version) for duty in duties(world) if duty.state is DutyState.OWED]
    assert told == [("comment:PLAN-C0001", 1), ("comment:PLAN-C0001", 2)]


def test_comments_are_grouped_into_a_new_issue_or_one_that_is_there_and_taken_out(draft: DraftBuilder) -> None:
    one, two, three = (draft.comment(who) for who in ("ana", "bruno", "diego"))
    with pytest.raises(Conflict):
        draft.group(one.folio)
    draft.admit(one.folio, two.folio, three.folio)
    for into in ({"title": " "}, {"title": "x" * 201}, {"issue": "nine"}):
        with pytest.raises(Invalid):
            draft.group(one.folio, **into)
    with pytest.raises(NotFound):
        draft.group(one.folio, issue="9")
    assert draft.group(one.folio) == 1
    assert draft.group(two.folio, three.folio, issue="1") == 1
    with draft.office() as (work, here, stage):
        issue = comments.issue_numbered(work.session, stage.id, 1)
        actions.take_out(work, here, stage, issue, [three.folio])
        with pytest.raises(Conflict):
            actions.take_out(work, here, stage, issue, [three.folio])
        actions.rename(work, here, stage, issue, "Falta la fecha del segundo hito")
    assert [draft.fresh(said).issue_id for said in (one, two, three)] == [issue.id, issue.id, None]
    assert draft.issues()[0].title == "Falta la fecha del segundo hito"


# ---------------------------------------------------------------------------------------------- answering, publishing


HALF: list[tuple[Respond, set[str]]] = [
    (Respond("perhaps", REASON), {"response"}),
    (Respond("noted", "Corta"), {"reason"}),
    (Respond("noted", "x" * 4001), {"reason"}),
    (Respond("accepted", REASON), {"change_words"}),
    (Respond("accepted_in_part", REASON), {"change_words"}),
    (Respond("accepted", REASON, "x" * 4001), {"change_words"}),
    (Respond("accepted", REASON, changes=("1.2",)), {"changes"}),
]


def test_an_answer_has_its_reason_and_one_that_accepts_says_what_changed(draft: DraftBuilder) -> None:
    said = draft.comment()
    draft.admit(said.folio)
    number = draft.group(said.folio)
    with draft.office() as (work, here, stage):
        issue = comments.issue_numbered(work.session, stage.id, number)
        for wish, fields in HALF:
            with pytest.raises(Invalid) as refused:
                actions.respond(work, here, stage, issue, wish)
            assert set(refused.value.fields) == fields, wish


def test_one_answer_answers_every_comment_of_its_point_and_letters_are_owed_at_once(
    world: World, draft: DraftBuilder
) -> None:
    with pytest.raises(Conflict):
        draft.publish()
    version = draft.rewrite(1, solution="Publicar cada compra antes del 1 de marzo.")
    said = draft.answered("ana", "bruno", "Sin correo", response="accepted", changes=(f"1.{version}",))
    with world.database.reading() as session:
        [row] = comments.published(session, draft.stage().id)
        promised = session.scalars(select(Promise.promised_at)).all()
    assert row.response is not None
    assert (row.said_by, row.response.changes) == (3, [[1, 2]])
    assert promised == [world.now + timedelta(days=30)]
    assert [(duty.subject, duty.part, duty.state, duty.settled_because) for duty in duties(world)] == [
        ("comment:PLAN-C0001", Part.COMMENTER, DutyState.OWED, None),
        ("comment:PLAN-C0002", Part.COMMENTER, DutyState.OWED, None),
        ("comment:PLAN-C0003", Part.COMMENTER, DutyState.SETTLED, SettledBecause.NO_ADDRESS),
    ]
    assert [draft.fresh(one).answered_version for one in said] == [1, 1, 1]
    with pytest.raises(Conflict):
        draft.publish()
    with pytest.raises(Conflict):
        draft.hold_back(said[0].folio)
    with pytest.raises(Conflict):
        draft.group(said[0].folio, title="Otro")


def test_an_address_nobody_confirmed_in_time_is_answered_by_publication_and_one_that_may_still_be_is_owed(
    world: World, draft: DraftBuilder
) -> None:
    early = draft.comment("Marta Ruiz", email="marta@example.org")
    world.clock.move(days=7)
    late = draft.comment("Paula Rey", email="paula@example.org")
    draft.admit(early.folio, late.folio)
    draft.respond(draft.group(early.folio, late.folio))
    draft.publish()
    assert [duty.state for duty in duties(world)] == [DutyState.SETTLED, DutyState.OWED]


def test_a_later_comment_and_a_changed_answer_are_published_with_the_next_publication(
    world: World, draft: DraftBuilder
) -> None:
    [first] = draft.answered("bruno")
    later = draft.comment("ana")
    draft.admit(later.folio)
    draft.group(later.folio, issue="1")
    with world.database.reading() as session:
        assert comments.published(session, draft.stage().id)[0].said_by == 1
    draft.publish()
    assert [draft.fresh(one).answered_version for one in (first, later)] == [1, 1]
    draft.respond(1, "accepted", change_words="Se agrega la fecha.")
    with world.database.reading() as session:
        [row] = comments.published(session, draft.stage().id)
        assert (row.said_by, row.response and row.response.number) == (2, 1)
    draft.publish()
    assert [draft.fresh(one).answered_version for one in (first, later)] == [2, 2]
    assert [(duty.subject, duty.subject_version) for duty in duties(world)] == [
        ("comment:PLAN-C0001", 1),
        ("comment:PLAN-C0001", 2),
        ("comment:PLAN-C0002", 1),
        ("comment:PLAN-C0002", 2),
    ]
    with world.database.reading() as session:
        assert [one.number for one in comments.responses_of(session, draft.issues()[0].id)] == [2, 1]


def test_what_is_written_of_a_point_stays_inside_until_it_is_published(world: World, draft: DraftBuilder) -> None:
    said = draft.comment()
    draft.admit(said.folio)
    draft.respond(draft.group(said.folio))
    assert REASON not in leaves(world)
    assert "necesita una fecha" not in leaves(world)
    draft.publish()
    assert REASON in leaves(world)


def test_the_stage_is_not_concluded_over_an_unread_or_unanswered_comment_or_an_answer_owed(
    world: World, draft: DraftBuilder
) -> None:
    said, other = draft.comment("bruno"), draft.comment("ana")
    draft.admit(said.folio)
    world.clock.move(days=10)

    def named() -> list[str]:
        with world.database.reading() as session:
            return [one.text.into("en") for one in unanswered_comments(session, draft.stage())]

    assert named() == ["1 comment waits to be read.", f"1 comment has no published answer: {said.folio}."]
    draft.hold_back(other.folio)
    draft.respond(draft.group(said.folio))
    assert named() == [f"1 comment has no published answer: {said.folio}."]
    draft.publish()
    assert named() == []
    with draft.office() as (work, here, stage), pytest.raises(Conflict, match="owed"):
        scheduling.conclude(work, here, stage)


def test_a_concluded_stage_is_left_as_it_is_and_later_drafts_are_not_shown(world: World, draft: DraftBuilder) -> None:
    [said] = draft.answered("Sin correo")
    world.clock.move(days=10)
    with draft.office() as (work, here, stage):
        scheduling.conclude(work, here, stage)
    draft.plan.drafted("Uno que vino después")
    with draft.office() as (work, here, stage):
        assert [one.number for one, _ in comments.shown_of(work.session, stage)] == [1, 2]
        issue = comments.issue_numbered(work.session, stage.id, 1)
        for refused in (
            lambda: actions.admit(work, here, stage, [said.folio]),
            lambda: actions.respond(work, here, stage, issue, Respond("noted", REASON)),
            lambda: actions.publish_responses(work, here, stage),
        ):
            with pytest.raises(NotNow):
                refused()


# ---------------------------------------------------------------------------------------------------- data, erasing


def test_the_open_data_tell_public_comments_without_names_and_published_points(
    world: World, draft: DraftBuilder
) -> None:
    draft.answered("ana", "bruno", response="accepted", change_words="Se agrega la fecha.")
    hidden = draft.comment("diego", "Un comentario que nadie leyó todavía.", publish_name=True)
    with world.database.reading() as session:
        said = list(DATASETS["draft_comments"].rows(session, draft.process))
        points = list(DATASETS["draft_issues"].rows(session, draft.process))
    assert [(row["folio"], row["issue"]) for row in said] == [("PLAN-C0001", 1), ("PLAN-C0002", 1)]
    assert [(row["issue"], row["comments"], row["response"]) for row in points] == [(1, 2, "accepted")]
    for private in ("Ana", "Bruno", address("ana"), hidden.text):
        assert private not in str([*said, *points])


def test_verify_names_a_comment_that_counts_as_answered_and_is_not(world: World, draft: DraftBuilder) -> None:
    [said] = draft.answered("Sin correo")
    url = world.settings.database_url
    assert check_database(url).fault is None
    with by_hand(), world.work("carla") as work:
        work.session.get_one(DraftComment, said.id).issue_id = None
    assert check_database(url).fault == "plan: PLAN-C0001 counts as answered and stands in no issue"
    with by_hand(), world.work("carla") as work:
        issue = work.session.scalars(select(DraftIssue)).one()
        work.session.get_one(DraftComment, said.id).issue_id = issue.id
        issue.published_version = 2
    assert check_database(url).fault == "plan: draft point 1: version 2 is told to be published and 1 is"


def test_an_erased_person_leaves_the_comment_and_no_name(world: World, draft: DraftBuilder) -> None:
    named, unnamed = draft.comment("bruno", publish_name=True), draft.comment("bruno")
    forget = FORGET["draft_comments"]
    assert callable(forget)
    with by_hand(), world.work("admin") as work:
        forget(work, Leaving(named.person_id, (), "Persona 1"))
    assert [draft.fresh(one).public_name for one in (named, unnamed)] == ["Persona 1", ""]
    assert draft.fresh(named).text == SAID
    assert draft.fresh(named).confirm_hash is None


def test_bruno_takes_along_what_he_said_and_nothing_of_ana(world: World, draft: DraftBuilder) -> None:
    draft.comment("bruno")
    draft.comment("ana", "Lo que dijo Ana del borrador del plan.")
    with world.database.reading() as session:
        found = everything(session, session.get_one(Person, world.people["bruno"].id), world.now)
    assert [(row["process"], row["folio"], row["text"]) for row in found["draft_comments"]] == [
        ("plan", "PLAN-C0001", SAID)
    ]


def test_an_export_whose_points_tell_another_number_of_comments_is_found(
    world: World, draft: DraftBuilder, tmp_path: Path
) -> None:
    draft.answered("Sin correo", "Otra persona")
    files = dict(export(world.settings, "plan", tmp_path))
    assert (files["draft_comments"], files["draft_issues"]) == (2, 1)
    assert draft_data.fault_of(tmp_path) is None
    file = tmp_path / "draft_issues.json"
    content = json.loads(file.read_text("utf-8"))
    content["rows"][0]["comments"] = 3
    file.write_text(json.dumps(content), "utf-8")
    assert draft_data.fault_of(tmp_path) == "draft point 1: 3 comments are told and 2 are there"
