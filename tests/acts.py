"""While tests run, no transaction that changed what people did is committed without an entry in the trail.

Read from the statements themselves, so that rows written past the ORM count too. Not among the tables: drafts only
their writer sees (letters, score sheets), counters and marks that follow from acts, and what has a log of its own
(sign-in, mail, jobs). A test that writes rows by hand to build what no act could says so with `by_hand()`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from sqlalchemy import Connection, Engine, event

ACTS = frozenset(
    {
        "admissions",
        "ballot_rights",
        "ballots",
        "collective_answers",
        "article_versions",
        "articles",
        "assessments",
        "assignments",
        "conflict_declarations",
        "count_sheets",
        "commitment_actors",
        "commitment_leads",
        "commitment_registers",
        "commitment_sources",
        "commitment_texts",
        "commitments",
        "continuities",
        "criteria",
        "criteria_sets",
        "deciding_bodies",
        "decisions",
        "dismissed_suspicions",
        "draft_comments",
        "draft_issues",
        "draft_responses",
        "feasibility_colleagues",
        "feasibility_extensions",
        "feasibility_requests",
        "forum_doubts",
        "forum_rules",
        "forum_sessions",
        "imports",
        "indicators",
        "invitations",
        "letter_texts",
        "library_items",
        "sending_pauses",
        "first_looks",
        "meeting_acts",
        "meeting_addenda",
        "meeting_agreements",
        "meeting_attendances",
        "meeting_minutes",
        "meeting_registrations",
        "meeting_report_lines",
        "meeting_territories",
        "meetings",
        "merges",
        "network_events",
        "on_ballots",
        "motion_voices",
        "session_addenda",
        "session_item_proposals",
        "session_items",
        "session_minutes",
        "session_notices",
        "session_motions",
        "session_tasks",
        "milestone_versions",
        "milestones",
        "monitoring_rounds",
        "outreach_acts",
        "processes",
        "progress_reports",
        "proposal_files",
        "proposals",
        "public_acts",
        "publications",
        "questions",
        "recusals",
        "revisions",
        "round_calls",
        "round_results",
        "scoring_rounds",
        "seat_attendances",
        "seat_holders",
        "seats",
        "stage_reports",
        "stages",
        "substitutes",
        "table_subgroups",
        "technical_table_actors",
        "technical_table_proposals",
        "technical_tables",
        "territories",
        "text_holds",
        "text_reports",
        "undecided",
        "voting_rounds",
        "voting_tables",
        "votings",
    }
)
TRAIL = "trail_entries"
STEP = "alembic_version"
"""Written by a step of the schema: it may fill a new column from what is known already, and is nobody's act."""
WRITES = re.compile(r'\s*(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM)\s+"?(\w+)', re.IGNORECASE)
_is_by_hand: ContextVar[bool] = ContextVar("by_hand", default=False)


class SilentAct(AssertionError):
    """A transaction changed what people did and wrote nothing into the trail."""


@contextmanager
def by_hand() -> Iterator[None]:
    """Let this test write rows that no act of the program writes."""
    token = _is_by_hand.set(True)
    try:
        yield
    finally:
        _is_by_hand.reset(token)


def watch() -> None:
    """From now on, in every database this process opens."""
    event.listen(Engine, "before_cursor_execute", _note)
    event.listen(Engine, "commit", _check)
    event.listen(Engine, "rollback", _forget)


def _note(connection: Connection, _cursor: object, statement: str, *_rest: object) -> None:
    found = WRITES.match(statement)
    if found:
        connection.info.setdefault("written", set()).add(found[1].lower())


def _check(connection: Connection) -> None:
    written: set[str] = connection.info.pop("written", set())
    silent = written & ACTS
    if silent and not {TRAIL, STEP} & written and not _is_by_hand.get():
        connection.connection.rollback()  # whoever commits believes by now that it is done
        raise SilentAct(f"changed without an entry in the trail: {', '.join(sorted(silent))}")


def _forget(connection: Connection) -> None:
    connection.info.pop("written", None)
