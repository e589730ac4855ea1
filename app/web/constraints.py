"""What the database refuses, said as a sentence: one map from the name of a constraint to words for a person."""

from __future__ import annotations

import re

from sqlalchemy.exc import IntegrityError

from app.kit.errors import Conflict, Refusal
from app.kit.i18n import T, Text

SENTENCES: dict[str, Text] = {
    "uq_processes_slug": T("There is already a process with this address. Choose another one."),
    "uq_proposals_process_id_folio": T("This folio was given to somebody else at the same moment. Send it again."),
    "uq_decisions_proposal_id_stage_id_version": T(
        "Somebody decided on this proposal at the same moment. Load it again."
    ),
    "uq_score_sheets_round_id_proposal_id_seat_id": T(
        "This score sheet was already begun in another window. Load it again."
    ),
    "uq_trail_chains_name": T("There is already a process with this address. Choose another one."),
    "uq_meetings_process_id_kind_number": T("Another meeting was entered at the same moment. Send it again."),
    "uq_meeting_registrations_meeting_id_person_id": T("This was already sent. Look into your mailbox."),
    "uq_meeting_attendances_meeting_id_person_id": T("This person was counted at the same moment."),
    "uq_letters_person_id_stage_id_edition": T("This letter was already drafted. Load the page again."),
    "uq_questions_person_id_subject_id_subject_version": T(
        "You have already asked about this decision. One may ask once about each."
    ),
    "uq_voting_rounds_process_id_number": T("Another round was set at the same moment. Send it again."),
    "uq_voting_tables_meeting_id": T("This meeting votes in a round already."),
    "uq_ballot_rights_round_id_person_id": T("Somebody noted this person for a ballot at the same moment. Look again."),
    "pk_table_notes": T("Somebody began this note at the same moment. Load the page again and compare."),
    "uq_table_notes_table_id_proposal_id_subgroup": T(
        "Somebody began this note at the same moment. Load the page again and compare."
    ),
    "uq_commitments_process_id_number": T("Another commitment was drafted at the same moment. Send it again."),
    "uq_draft_comments_process_id_number": T("Another comment came in at the same moment. Send it again."),
    "uq_draft_issues_process_id_number": T("Another issue was named at the same moment. Send it again."),
    "uq_draft_responses_issue_id_number": T("Somebody wrote this answer at the same moment. Load the page again."),
    "uq_monitoring_rounds_process_id_number": T("Another round was opened at the same moment. Look at it first."),
    "uq_organisations_name": T("This organisation was entered at the same moment. Send it again."),
    "uq_technical_tables_process_id_number": T("Somebody entered one at the same moment. Send it again."),
    "uq_feasibility_requests_process_id_number": T("Somebody entered one at the same moment. Send it again."),
    "uq_feasibility_links_request_id_stands_in": T("Somebody entered one at the same moment. Send it again."),
    "uq_articles_process_id_kind_name": T("Another text was published at the same moment. Send it again."),
    "uq_article_versions_article_id_number": T("Somebody put this right at the same moment. Load the page again."),
    "uq_library_items_process_id_number": T("Another document was entered at the same moment. Send it again."),
    "uq_outreach_acts_process_id_number": T("Another row was entered at the same moment. Send it again."),
    "uq_network_events_process_id_network_number": T("Another event was entered at the same moment. Send it again."),
    "pk_replays": T("This was already sent and is being worked on. Wait a moment and look again."),
}
_SQLITE = re.compile(r"UNIQUE constraint failed: (.+)")


def name_of(error: IntegrityError) -> str:
    """The name of the constraint that was broken, on either database."""
    diagnosed = getattr(getattr(error.orig, "diag", None), "constraint_name", None)
    if diagnosed:
        return str(diagnosed)
    found = _SQLITE.search(str(error.orig))
    if not found:
        return ""
    columns = [column.strip().split(".") for column in found[1].split(",")]
    name = "_".join([columns[0][0], *(column[-1] for column in columns)])
    return "pk_replays" if name == "replays_key" else f"uq_{name}"


def refusal_of(error: IntegrityError) -> Refusal | None:
    """The refusal a broken constraint means, or None when it is a fault of ours."""
    sentence = SENTENCES.get(name_of(error))
    return Conflict(sentence) if sentence else None
