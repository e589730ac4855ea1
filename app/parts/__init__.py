"""What this program is made of: the routers of every slice, the header's facts, the tables that slices fill."""

from __future__ import annotations

import uuid
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Select, Uuid, bindparam, select

from app.accounts import erasing
from app.accounts import pages as accounts_pages
from app.admin import pages as admin_pages
from app.commitments import actions as commitment_actions
from app.commitments import api as commitments_api
from app.commitments import pages as commitments_pages
from app.commitments.obstacles import unanswered_comments
from app.commitments.queries import comments, commitments
from app.decisions import api as decisions_api
from app.decisions import pages as decisions_pages
from app.decisions.actions.publishing import FOLLOWS
from app.decisions.elsewhere import REPORTS
from app.decisions.obstacles import missing_decisions
from app.decisions.queries import named_bodies
from app.decisions.rules import RULE_OF
from app.documents import actions as documents
from app.editorial import pages as editorial_pages
from app.editorial.queries import articles
from app.feedback import actions as feedback
from app.feedback import api as feedback_api
from app.feedback import pages as feedback_pages
from app.feedback.collective import told_elsewhere as told_of_answer
from app.feedback.commented import of_comments
from app.feedback.obstacles import open_questions, owed_answers
from app.feedback.sections import ASSEMBLERS
from app.forum import api as forum_api
from app.forum import pages as forum_pages
from app.forum import tables as forum
from app.forum.queries.reporting import told_elsewhere as report_of_filter
from app.forum.queries.rounds import current_round
from app.forum.queries.seats import has_forum
from app.forum.queries.theming import GROUPS_OF
from app.kit.db import UtcDateTime
from app.kit.i18n import T
from app.meetings import actions as meeting_actions
from app.meetings import api as meetings_api
from app.meetings import pages as meetings_pages
from app.meetings.elsewhere import ELSEWHERE
from app.meetings.queries import meetings
from app.moderation import actions as moderation
from app.moderation import pages as moderation_pages
from app.moderation.queries import has_work
from app.my import pages as my_pages
from app.my.forgetting import STAGES
from app.parts.due import BY_THE_CLOCK, JOBS
from app.people.rules import Permission
from app.prioritisation import api as prioritisation_api
from app.prioritisation import pages as prioritisation_pages
from app.prioritisation.actions.comparing import JOB as COMPARE
from app.prioritisation.actions.comparing import compare_job
from app.prioritisation.actions.sweeping import JOB as SWEEP
from app.prioritisation.actions.sweeping import sweep_job
from app.prioritisation.queries.rounds import has_rounds, rule_of_ranking
from app.prioritisation.queries.tables import told_elsewhere as told_of_vote
from app.prioritisation.queries.themes import count_themes, has_themes, named_groups
from app.process import api as process_api
from app.process import colours
from app.process import pages as process_pages
from app.process.actions import MAY_CONCLUDE
from app.process.kinds import StageKind
from app.process.pages.beginning import BODIES_OF
from app.process.queries import intake_window
from app.process.rules import Window, WindowStatus
from app.proposals import api as proposals_api
from app.proposals import pages as proposals_pages
from app.proposals import queries as proposals
from app.proposals.obstacles import unexamined
from app.publication import api as publication_api
from app.publication import pages as publication_pages
from app.publication import posting
from app.technical_tables import actions as technical
from app.technical_tables import api as technical_api
from app.technical_tables import pages as technical_pages
from app.technical_tables.queries.requests import rule_of_answers
from app.technical_tables.queries.tables import count_tables, has_technical_tables
from app.technical_tables.queries.tables import told_elsewhere as told_of_table
from app.web.edge import Router
from app.web.view import View

ROUTERS: list[Router] = [
    *process_pages.ROUTERS,
    process_api.router,
    proposals_api.router,
    decisions_api.router,
    feedback_api.router,
    *proposals_pages.ROUTERS,
    *editorial_pages.ROUTERS,
    *meetings_pages.ROUTERS,
    meetings_api.router,
    *decisions_pages.ROUTERS,
    *feedback_pages.ROUTERS,
    *forum_pages.ROUTERS,
    *forum_api.ROUTERS,
    *prioritisation_pages.ROUTERS,
    *prioritisation_api.ROUTERS,
    *technical_pages.ROUTERS,
    technical_api.router,
    *commitments_pages.ROUTERS,
    *commitments_api.ROUTERS,
    *moderation_pages.ROUTERS,
    *publication_pages.ROUTERS,
    *publication_api.ROUTERS,
    admin_pages.router,
    *accounts_pages.ROUTERS,
    *my_pages.ROUTERS,
]


def _ask(table: list[Any], *questions: Any) -> None:
    table.extend(question for question in questions if question not in table)


def fill_tables() -> None:
    """Give the lower slices the questions that only higher ones can answer; called again it changes nothing."""
    _ask(MAY_CONCLUDE, unexamined, missing_decisions, unanswered_comments, owed_answers, open_questions)
    _ask(BODIES_OF, named_bodies)
    _ask(GROUPS_OF, named_groups)
    _ask(ELSEWHERE, told_of_vote, told_of_table, told_of_answer)
    _ask(REPORTS, report_of_filter)
    forum.fill(RULE_OF, BY_THE_CLOCK)
    RULE_OF[StageKind.PRIORITISATION, ""] = rule_of_ranking
    RULE_OF[StageKind.TECHNICAL_TABLES, ""] = rule_of_answers
    _ask(FOLLOWS, commitment_actions.enter_decided)
    ASSEMBLERS["comment"] = of_comments
    erasing.FORGET.update(STAGES)
    process_api.COUNTS.update(proposals_received=proposals.count_received, proposals_selected=proposals.count_selected)
    process_api.COUNTS.update(meetings.COUNTS)
    process_api.COUNTS.update(themes=count_themes, technical_tables=count_tables)
    process_api.COUNTS.update(commitments=commitments.count_public)
    JOBS[COMPARE] = compare_job
    JOBS[SWEEP] = sweep_job
    JOBS[commitment_actions.REMIND] = commitment_actions.remind_job
    JOBS.update({"feedback.draft": feedback.draft_job, "feedback.approve": feedback.approve_job})
    JOBS.update({"feedback.tell_late": feedback.tell_late_job, "feedback.tell_report": feedback.tell_report_job})
    JOBS.update({"meetings.remind": meeting_actions.remind_job, "meetings.fill": meeting_actions.fill_job})
    JOBS[technical.JOB] = technical.write_job
    JOBS.update(forum.JOBS)
    JOBS.update(posting.JOBS)
    asked = (meeting_actions.ask_what_is_due, technical.ask_what_is_due, commitment_actions.ask_what_is_due)
    swept = (documents.sweep, feedback.post_confirmed, feedback.let_published_stand, posting.do_what_is_due)
    for due in (*swept, moderation.lapse, *asked):
        if due not in BY_THE_CLOCK:
            BY_THE_CLOCK.append(due)


def CHROME(view: View) -> dict[str, Any]:  # noqa: N802 - handed to the house as one of its three functions
    """What the header and footer need to know."""
    language = view.language
    path = view.request.url.path
    path = path[3:] or "/" if path.startswith("/en") else path
    query = f"?{view.request.url.query}" if view.request.url.query else ""
    other = path if language == "en" else f"/en{path}"
    has = _has(view)
    return {
        "language": language,
        "other_language_url": other + query if view.request.method == "GET" else None,
        "process": view.process,
        "theme_url": _colours_of(view),
        "person": view.actor.name or None,
        "desk": view.actor.may_somewhere(Permission.SEE_DESK),
        "work": bool(view.actor.held),
        "nav": _nav(view, has, path) if has else [],
        "propose_url": _propose_url(view, has, path) if has else None,
        "notice": view.notice,
    }


def _colours_of(view: View) -> str | None:
    """Where the colours of the process a page stands in are read, if it chose its own."""
    place = view.process
    return f"/p/{place.slug}/theme-{colours.digest(place.accent)}.css" if place and place.accent else None


def _propose_url(view: View, has: _Has, path: str) -> str | None:
    """Where a proposal is written, while that is open; the form and the process's own page say it themselves."""
    own = f"/p/{view.process.slug}" if view.process else ""
    is_open = has.opens_at is not None and Window(has.opens_at, has.closes_at).status(view.now) is WindowStatus.OPEN
    is_said_there = path == own or path.startswith(f"{own}/propose")
    return view.url(f"{own}/propose") if is_open and not is_said_there else None


def _nav(view: View, has: _Has, path: str) -> list[dict[str, Any]]:
    """The parts of the process a page stands in, and the office's own for those who work there."""
    place = view.process
    if place is None:
        return []
    base = f"/p/{place.slug}"
    links = [(base, T("The process")), (f"{base}/proposals", T("Proposals")), (f"{base}/calendar", T("Calendar"))]
    links.append((f"{base}/feedback", T("Answers")))
    links.extend(_parts_links(view, has, place.id, base))
    if view.actor.may(Permission.EXAMINE_PROPOSALS, place.id):
        links.append((f"{base}/office/proposals", T("To examine")))
    if view.actor.may(Permission.DECIDE, place.id):
        links.append((f"{base}/office/decisions", T("To decide")))
    if view.actor.may(Permission.APPROVE_ANSWERS, place.id):
        links.append((f"{base}/office/answers", T("Letters of answer")))
    if view.actor.may(Permission.EDIT_PROCESS, place.id):
        links.append((f"{base}/office/stages", T("Stages and dates")))
    if view.actor.may(Permission.GRANT_ROLES, place.id):
        links.append((f"{base}/office/people", T("People")))
    return [
        {
            "url": view.url(address),
            "label": label.into(view.variant),
            "current": path == address,
            "is_work": address.startswith((f"{base}/office", f"{base}/score", f"{base}/institution")),
        }
        for address, label in links
    ]


def _parts_links(view: View, has: _Has, process_id: uuid.UUID, base: str) -> list[tuple[str, Any]]:
    """The doors to what not every process has."""
    met, sits, groups, votes, assesses, drafted, planned, plans, tells, reported = has[:10]
    links: list[tuple[str, Any]] = [
        *(_meeting_links(view, process_id, base) if met else ()),
        *(_forum_links(view, process_id, base) if sits else ()),
        *(_theme_links(view, process_id, base) if groups else ()),
        *([(f"{base}/tables", T("Priorities"))] if votes else ()),
        *(_technical_links(view, process_id, base) if assesses else ()),
        *(_draft_links(view, process_id, base) if drafted else ()),
        *([(f"{base}/commitments", T("Commitments"))] if planned else ()),
        *([(f"{base}/information", T("Information"))] if tells else ()),
    ]
    if (assesses or planned or plans) and _speaks_for_institution(view, process_id):
        links.append((f"{base}/institution", T("Your institution")))
    if (votes or groups) and view.actor.may(Permission.RUN_TABLES, process_id):
        links.append((f"{base}/office/tables", T("To vote at tables")))
    if (planned or plans) and view.actor.may(Permission.WRITE_COMMITMENTS, process_id):
        links.append((f"{base}/office/commitments", T("To write the plan")))
    if reported and view.actor.may(Permission.MODERATE, process_id):
        links.append((f"{base}/office/moderation", T("To moderate")))
    if view.actor.may(Permission.PUBLISH_CONTENT, process_id):
        links.append((f"{base}/office/content", T("Content")))
    return links


class _Has(NamedTuple):
    """What a process has of what not every process has, and from when to when proposals are taken in."""

    meetings: bool
    forum: bool
    themes: bool
    rounds: bool
    technical_tables: bool
    draft: bool
    commitments: bool
    may_have_commitments: bool
    content: bool
    moderation: bool
    opens_at: datetime | None
    closes_at: datetime | None


def _has(view: View) -> _Has | None:
    place = view.process
    if place is None:
        return None
    asked = {"process": place.id, "now": view.now}
    return view.recently(("has", place.id), lambda: _Has(*view.session.execute(_what_it_has(), asked).one()))


def _speaks_for_institution(view: View, process_id: uuid.UUID) -> bool:
    """Whether somebody answers and reports for an institution; the office has pages of its own for that."""
    if view.actor.may(Permission.INVITE_BODIES, process_id):
        return False
    return any(view.actor.may(one, process_id) for one in (Permission.ASSESS_FEASIBILITY, Permission.REPORT_PROGRESS))


@cache
def _what_it_has() -> Select[*tuple[Any, ...]]:
    """The statement that every page inside a process asks, put together once: that took longer than asking it."""
    one: Any = bindparam("process", type_=Uuid())
    plan = (commitments.has_commitments(one), commitments.may_have_commitments(one))
    has = (meetings.has_meetings(one), has_forum(one), has_themes(one), has_rounds(one))
    office = (articles.has_content(one), has_work(one))
    window = intake_window(one, bindparam("now", type_=UtcDateTime()))
    return select(*has, has_technical_tables(one), comments.has_draft(one), *plan, *office, *window)


def _meeting_links(view: View, process_id: uuid.UUID, base: str) -> list[tuple[str, Any]]:
    """The doors to the meetings, in a process that has some or stages that are made of them."""
    links: list[tuple[str, Any]] = [(f"{base}/meetings", T("Meetings"))]
    if view.actor.may(Permission.RECORD_ATTENDANCE, process_id):
        links.append((f"{base}/office/meetings", T("To run meetings")))
    return links


def _forum_links(view: View, process_id: uuid.UUID, base: str) -> list[tuple[str, Any]]:
    """The forum's doors, in a process that has one: reading, scoring, recording sessions."""
    links: list[tuple[str, Any]] = [(f"{base}/forum", T("The forum"))]
    if view.actor.sits_in(process_id) and current_round(view.session, process_id, view.now):
        links.append((f"{base}/score", T("To score")))
    if view.actor.may(Permission.RECORD_SESSION, process_id):
        links.append((f"{base}/office/forum/sessions", T("Sessions")))
    return links


def _theme_links(view: View, process_id: uuid.UUID, base: str) -> list[tuple[str, Any]]:
    """The themes, in a process that groups its proposals; those who group find their board."""
    links: list[tuple[str, Any]] = [(f"{base}/themes", T("Themes"))]
    if view.actor.may(Permission.GROUP_PROPOSALS, process_id):
        links.append((f"{base}/office/themes", T("To group")))
    return links


def _draft_links(view: View, process_id: uuid.UUID, base: str) -> list[tuple[str, Any]]:
    """The draft of the plan, in a process with a dated stage for comments on it; the office finds them."""
    links: list[tuple[str, Any]] = [(f"{base}/draft", T("The draft"))]
    if view.actor.may(Permission.WRITE_COMMITMENTS, process_id):
        links.append((f"{base}/office/draft", T("To answer comments")))
    return links


def _technical_links(view: View, process_id: uuid.UUID, base: str) -> list[tuple[str, Any]]:
    """The technical tables, in a process with such a stage; the office finds its tables and its requests."""
    links: list[tuple[str, Any]] = [(f"{base}/technical-tables", T("Technical tables"))]
    if view.actor.may(Permission.CONVENE_MEETINGS, process_id):
        links.append((f"{base}/office/technical-tables", T("To run the technical tables")))
    if view.actor.may(Permission.INVITE_BODIES, process_id):
        links.append((f"{base}/office/feasibility", T("Requests to institutions")))
    return links
