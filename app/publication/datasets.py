"""The open data of a process: each dataset built up from allowed columns, never cut down from a full table."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.decisions.models import DecidingBody, Decision
from app.duties import ledger
from app.editorial.queries import outreach
from app.feedback import questions
from app.meetings.queries import meetings
from app.meetings.rules.meeting import TOOK_PLACE
from app.people.models import Organisation
from app.prioritisation.models import Placement, Theme
from app.process.models import Process, Stage, Territory
from app.proposals.models import Invitation, Proposal, Revision
from app.proposals.queries import MERGED_INTO
from app.proposals.rules import plain_state
from app.publication.columns import Dataset, Row, columns, iso
from app.publication.draft_data import OF_THE_DRAFT
from app.publication.plan_data import OF_THE_PLAN
from app.publication.scoring import OF_THE_FORUM
from app.publication.sessions import OF_THE_SESSIONS
from app.publication.voting import VOTING
from app.technical_tables.queries import open_data as technical

BATCH = 500
LICENCE = "CC BY 4.0"


def _stages(session: Session, process: Process) -> Iterator[Row]:
    for stage in session.scalars(select(Stage).where(Stage.process_id == process.id).order_by(Stage.position)):
        yield {
            "stage": stage.slug,
            "kind": stage.kind.value,
            "position": stage.position,
            "opens_at": iso(stage.opens_at),
            "closes_at": iso(stage.closes_at),
            "concluded_at": iso(stage.concluded_at),
        }


def _proposals(session: Session, process: Process) -> Iterator[Row]:
    after = 0
    while True:
        rows = session.execute(
            select(Proposal, Revision, Territory.name_es, MERGED_INTO)
            .join(Revision, (Revision.proposal_id == Proposal.id) & (Revision.number == Proposal.revision))
            .outerjoin(Territory, Territory.id == Proposal.territory_id)
            .where(Proposal.process_id == process.id, Proposal.is_public, Proposal.number > after)
            .order_by(Proposal.number)
            .limit(BATCH)
        ).all()
        for proposal, revision, territory, into in rows:
            yield {**_proposal(proposal, revision, territory), "merged_into": into or ""}
        if len(rows) < BATCH:
            return
        after = rows[-1][0].number


def _proposal(proposal: Proposal, revision: Revision, territory: str | None) -> Row:
    return {
        "folio": proposal.folio,
        "title": revision.title,
        "problem": revision.problem,
        "solution": revision.solution,
        "state": proposal.state.value,
        "plain_state": plain_state(proposal.state).value,
        "origin_sector": proposal.origin_sector.value,
        "territory": territory or "",
        "published_as": proposal.public_names,
        "channel": proposal.channel.value,
        "provenance": proposal.provenance.value,
        "received_at": iso(proposal.received_at),
        "received_to_the": proposal.received_to_the.value,
        "admitted_at": iso(proposal.admitted_at),
        "not_from_the_consultation": proposal.not_from_the_consultation,
        "entered_afterwards": proposal.entered_afterwards,
        "source_ref": proposal.source_ref or "",
        "tags": "|".join(proposal.tags),
    }


def _decisions(session: Session, process: Process) -> Iterator[Row]:
    rows = session.execute(
        select(Decision, Proposal.folio, Stage.slug, DecidingBody.name_es)
        .join(Proposal, Proposal.id == Decision.proposal_id)
        .join(Stage, Stage.id == Decision.stage_id)
        .join(DecidingBody, DecidingBody.id == Decision.body_id)
        .where(Decision.process_id == process.id, Decision.published_at.is_not(None))
        .order_by(Stage.position, Proposal.number, Decision.version)
        .execution_options(yield_per=BATCH)
    )
    for decision, folio, stage, body in rows:
        yield {
            "folio": folio,
            "stage": stage,
            "version": decision.version,
            "text_version": decision.text_version,
            "is_current": decision.is_current,
            "outcome": decision.outcome.value,
            "reason": decision.reason,
            "reason_codes": "|".join(decision.reason_codes),
            "body": body,
            "session": decision.session_name,
            "act": decision.act_number,
            "follows_rule": "" if decision.follows_rule is None else decision.follows_rule,
            "override_reason": decision.override_reason,
            "decided_at": iso(decision.decided_at),
            "decided_to_the": decision.decided_to_the.value,
            "published_at": iso(decision.published_at),
            "provenance": decision.provenance.value,
        }


def _invitations(session: Session, process: Process) -> Iterator[Row]:
    rows = session.execute(
        select(Invitation, Organisation.name)
        .join(Organisation, Organisation.id == Invitation.organisation_id)
        .where(Invitation.process_id == process.id)
        .order_by(Invitation.sent_at)
    )
    for invitation, body in rows:
        yield {
            "body": body,
            "letter": invitation.letter_number,
            "dated_on": invitation.dated_on.isoformat(),
            "signatory": invitation.signatory,
            "first_answer_at": iso(invitation.first_answer_at),
        }


def _answers(session: Session, process: Process) -> Iterator[Row]:
    for stage in session.scalars(select(Stage).where(Stage.process_id == process.id).order_by(Stage.position)):
        tally = ledger.tally(session, stage.id)
        if tally.total:
            asked = questions.figures(session, stage.id).shown()
            counts = {"owed": tally.owed, "covered": tally.covered, "settled": tally.settled}
            yield {"stage": stage.slug, **counts, **{f"questions_{key}": n for key, n in asked.items()}}


def _meetings(session: Session, process: Process) -> Iterator[Row]:
    """Neither people nor video links: only what stands on the public pages of the meetings."""
    after = ""
    while True:
        page = meetings.listed(session, process.id, None, after, BATCH)
        places = meetings.territories_of(session, page.rows)
        for meeting in page.rows:
            yield {
                "meeting": meeting.slug,
                "kind": meeting.kind.value,
                "number": meeting.number,
                "state": meeting.state.value,
                "title": meeting.title_es,
                "starts_at": iso(meeting.starts_at),
                "ends_at": iso(meeting.ends_at),
                "starts_to_the": meeting.starts_to_the.value,
                "timezone": meeting.timezone,
                "place": meeting.place,
                "audience": meeting.audience.value,
                "capacity": "" if meeting.capacity is None else meeting.capacity,
                "age_min": "" if meeting.age_min is None else meeting.age_min,
                "age_max": "" if meeting.age_max is None else meeting.age_max,
                "territories": "|".join(place.code for place in places.get(meeting.id, ())),
                "people": meeting.people if meeting.state in TOOK_PLACE else "",
                "reported_source": meeting.reported_source,
                "provenance": meeting.provenance.value,
            }
        if page.next is None:
            return
        after = page.next


def _themes(session: Session, process: Process) -> Iterator[Row]:
    for theme in session.scalars(select(Theme).where(Theme.process_id == process.id).order_by(Theme.number)):
        yield {
            "theme": theme.number,
            "name_es": theme.name_es,
            "name_en": theme.name_en,
            "about_es": theme.about_es,
            "about_en": theme.about_en,
            "whole": theme.whole,
            "parts": theme.parts,
            "named_at": iso(theme.named_at),
            "dissolved_at": iso(theme.dissolved_at),
        }


def _placements(session: Session, process: Process) -> Iterator[Row]:
    rows = session.execute(
        select(Placement, Theme.number, Proposal.folio)
        .join(Theme, Theme.id == Placement.theme_id)
        .join(Proposal, Proposal.id == Placement.proposal_id)
        .where(Placement.process_id == process.id, Proposal.is_public)
        .order_by(Placement.number, Placement.placed_at)
        .execution_options(yield_per=BATCH)
    )
    for placement, theme, folio in rows:
        yield {
            "folio": folio,
            "theme": theme,
            "part": placement.part,
            "reason": placement.reason,
            "suggested": placement.suggested or "",
            "placed_at": iso(placement.placed_at),
            "ended_at": iso(placement.ended_at),
            "ended_because": placement.ended_because,
        }


DATASETS: dict[str, Dataset] = {
    "stages": Dataset(
        "stages",
        "The stages of the process and their windows.",
        columns(
            "stage text short name of the stage in addresses",
            "kind text kind of stage, from the closed list",
            "position integer order of the stage",
            "opens_at instant when its window opens (UTC)",
            "closes_at instant when its window closes; what arrives from then on is late (UTC)",
            "concluded_at instant when the office concluded it",
        ),
        _stages,
    ),
    "proposals": Dataset(
        "proposals",
        "Every public proposal as it stands.",
        columns(
            "folio text public number",
            "title text title",
            "problem text the problem and whom it affects",
            "solution text what is proposed",
            "state text technical state, see the glossary",
            "plain_state text the plain word the public reads",
            "origin_sector text sector it comes from",
            "territory text place it is about",
            "published_as text name or pseudonym its author chose",
            "channel text how it came in",
            "provenance text native, imported, reported, derived or illustrative",
            "received_at instant when it was received whole (UTC)",
            "received_to_the text how exactly that moment is known",
            "admitted_at instant when it became public",
            "not_from_the_consultation text the reason, where it entered outside the window",
            "entered_afterwards text the reason, where it came in time and was entered after the window",
            "source_ref text its number in the file it was imported from",
            "tags text categories of the imported file, between bars",
            "merged_into text the proposal it was joined with",
        ),
        _proposals,
    ),
    "decisions": Dataset(
        "decisions",
        "Every published decision, superseded ones included.",
        columns(
            "folio text the proposal",
            "stage text the stage that decided",
            "version integer 1 for the first, more for those that supersede",
            "text_version integer on which version of the text it was taken",
            "is_current boolean whether it counts now",
            "outcome text what was decided",
            "reason text the public reason",
            "reason_codes text kinds of reasons, between bars",
            "body text who decided",
            "session text in which session",
            "act text by which act",
            "follows_rule boolean whether it follows the body's own rule; empty where there is none",
            "override_reason text why the rule was left",
            "decided_at instant when it was decided (UTC)",
            "decided_to_the text how exactly that moment is known",
            "published_at instant when it became public (UTC)",
            "provenance text native, imported, reported, derived or illustrative",
        ),
        _decisions,
    ),
    "themes": Dataset(
        "themes",
        "The themes in which proposals are grouped.",
        columns(
            "theme integer number of the theme",
            "name_es text its name in Spanish",
            "name_en text its name in English, where there is one",
            "about_es text what it is about, in Spanish",
            "about_en text what it is about, in English",
            "whole integer proposals that stand in it whole",
            "parts integer parts of proposals that stand in it",
            "named_at instant when it was named (UTC)",
            "dissolved_at instant when it was given up, if it was",
        ),
        _themes,
    ),
    "placements": Dataset(
        "placements",
        "Which proposal, or which part of it, stands or stood in which theme, and why.",
        columns(
            "folio text the proposal",
            "theme integer the theme",
            "part text which part of it; empty for all of it",
            "reason text the public reason",
            "suggested integer its place among the three themes that a comparison suggested, if it was one of them",
            "placed_at instant when it was placed there (UTC)",
            "ended_at instant when it was taken out, if it was",
            "ended_because text the public reason for that",
        ),
        _placements,
    ),
    "invitations": Dataset(
        "invitations",
        "The public bodies that were invited by official letter.",
        columns(
            "body text the public body",
            "letter text number of the letter",
            "dated_on date date of the letter",
            "signatory text who signed it",
            "first_answer_at instant when it first sent a proposal",
        ),
        _invitations,
    ),
    "meetings": Dataset(
        "meetings",
        "Every public meeting, the latest first, cancelled ones included.",
        columns(
            "meeting text its kind and number, as in its address",
            "kind text awareness_session, forum_session, prioritisation_table or technical_table",
            "number integer number among those of its kind",
            "state text convened, held, closed or cancelled",
            "title text title",
            "starts_at instant when it begins or began (UTC)",
            "ends_at instant when it ends or ended (UTC)",
            "starts_to_the text how exactly that moment is known",
            "timezone text zone of the place where people meet",
            "place text where, unless it is only by video",
            "audience text open or invited",
            "capacity integer places; empty where there is no limit",
            "age_min integer from which age; empty where it does not matter",
            "age_max integer up to which age; empty where it does not matter",
            "territories text codes of the places it is for, between bars; empty means all",
            "people integer how many came: counted, or reported where nobody was counted",
            "reported_source text the document that says so, for a meeting entered from one",
            "provenance text native, imported, reported, derived or illustrative",
        ),
        _meetings,
    ),
    "outreach": Dataset(
        "outreach",
        "How people were told of the process, the latest first, withdrawn rows included.",
        columns(*outreach.COLUMNS),
        outreach.open_rows,
    ),
    **VOTING,
    "technical_tables": Dataset(
        "technical_tables",
        "The technical tables with what lies on them, one row for each proposal.",
        columns(*technical.TABLE_COLUMNS),
        technical.table_rows,
    ),
    "assessments": Dataset(
        "assessments",
        "What institutions were asked by official letter and what they answered, one row for each proposal.",
        columns(*technical.ASSESSMENT_COLUMNS),
        technical.assessment_rows,
    ),
    "answers": Dataset(
        "answers",
        "Written answers by stage: owed, covered by a letter that was accepted, settled with a reason.",
        columns(
            "stage text the stage",
            "owed integer answers still owed",
            "covered integer answers covered by an accepted letter",
            "settled integer answers settled with a reason",
            "questions_asked integer how many people asked about a decision; empty under five",
            "questions_answered integer how many of them were answered; empty where it would tell a number under five",
            "questions_waiting integer how many of them wait; empty where it would tell a number under five",
            "questions_anew integer how many decisions were taken anew after it; empty under five",
            "questions_median_days number median days until the answer; empty under five answers",
        ),
        _answers,
    ),
    **OF_THE_SESSIONS,
    **OF_THE_FORUM,
    **OF_THE_DRAFT,
    **OF_THE_PLAN,
}
