"""Holding a text back: its words are set aside, a stump stands for them everywhere, and letting go puts them back."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from app.kit import search
from app.kit.errors import Conflict, Invalid, NotFound
from app.kit.i18n import LANGUAGES, T, Text
from app.kit.text import say_instant
from app.mail.outbox import Recipient
from app.mail.rendering import Letter
from app.moderation import letters, queries
from app.moderation.actions.reporting import settle
from app.moderation.models import TextHold, TextReport
from app.moderation.rules import (
    BY_A_PERSON,
    ENDING_WORDS,
    HELD_TITLE,
    HIDDEN_TITLE,
    KEPT_FOR_REVIEW,
    RULE_WORDS,
    Ending,
    ReportState,
    Rule,
    without,
    working_days_on,
)
from app.people import queries as people
from app.people.rules import ContactKind, Permission
from app.process import queries as processes
from app.process.models import Process
from app.proposals.actions.advancing import words_of
from app.proposals.letters import variant
from app.proposals.models import Author, Proposal, ProposalFile, Revision
from app.proposals.rules import HeldFor
from app.work import Work

FIELDS = ("title", "problem", "solution", "cause", "result")
AT_ONCE = 50
FOR_FILES = {Rule.PERSONAL_DATA: HeldFor.PERSONAL_DATA, Rule.INSULT: HeldFor.INSULT}


def hold(work: Work, process: Process, proposal: Proposal, rule: str) -> TextHold:
    """Set the text aside for two working days at most, and tell its authors. Office."""
    work.require(Permission.MODERATE, process.id)
    if not proposal.is_public:
        raise NotFound
    if proposal.held_at is not None:
        raise Conflict(T("This text is held back already."))
    if rule not in set(Rule):
        raise Invalid(rule=T("Say by which rule."))
    held = TextHold(
        process_id=process.id,
        proposal_id=proposal.id,
        rule=Rule(rule),
        kept=_words(work, proposal),
        held_at=work.now,
        until=working_days_on(work.now, process.zone),
        held_by=work.actor.person_id,
    )
    work.session.add(held)
    _cover(work, process, proposal, held)
    proposal.held_at = work.now
    settle(queries.reports_of(work.session, proposal.id), ReportState.HELD)
    work.session.flush()
    _find_again(work, proposal)
    work.record("proposal.text_held", proposal.subject, rule=rule)
    speaks = variant(process, proposal.language)
    until = say_instant(held.until, process.zone, speaks)
    _tell(work, process, proposal, letters.held(process, proposal, RULE_WORDS[held.rule].into(speaks), until))
    return held


def _words(work: Work, proposal: Proposal) -> dict[str, object]:
    """Every word of every version, and the files that were shown."""
    versions = [{name: getattr(row, name) for name in ("number", *FIELDS)} for row in _revisions(work, proposal)]
    shown = [row.number for row in _files(work, proposal) if row.held_for is None]
    return {"title": proposal.title, "revision": proposal.revision, "versions": versions, "files": shown}


def _cover(work: Work, process: Process, proposal: Proposal, held: TextHold) -> None:
    """Put the stump where the words were, and hold the files with them."""
    title, told = both(HELD_TITLE), " · ".join(_why(held, process, language) for language in LANGUAGES)
    for row in _revisions(work, proposal):
        row.title, row.problem, row.solution, row.cause, row.result = title, told, title, "", ""
    proposal.title = title
    for file in _files(work, proposal):
        if file.held_for is None:
            file.held_for, file.held_at = FOR_FILES.get(held.rule, HeldFor.NOT_ALLOWED), work.now


def _why(held: TextHold, process: Process, language: str) -> str:
    since, until = (say_instant(moment, process.zone, language) for moment in (held.held_at, held.until))
    why = T("{rule} Held back from {since} until {until}.", rule=RULE_WORDS[held.rule], since=since, until=until)
    return why.into(language)


def both(text: Text) -> str:
    """A sentence in both languages: a stump stands in the rows, which have no language of their own."""
    return f"{text.into('es')} · {text.into('en')}"


def decide(work: Work, process: Process, proposal: Proposal, ending: str, passages: Sequence[str] = ()) -> None:
    """Show it again, show it with words taken out, or show it no more. Office, while it is held."""
    work.require(Permission.MODERATE, process.id)
    held = queries.newest_hold(work.session, proposal.id)
    if held is None or not held.is_in_force:
        raise Conflict(T("This text is not held back."))
    if ending not in set(BY_A_PERSON):
        raise Invalid(ending=T("Say what becomes of it."))
    _check_passages(held, Ending(ending), passages)
    held.decided_by = work.actor.person_id
    end(work, proposal, held, Ending(ending), tuple(passages))
    work.record("proposal.text_decided", proposal.subject, ending=ending, rule=held.rule.value)


def _check_passages(held: TextHold, ending: Ending, passages: Sequence[str]) -> None:
    if ending is not Ending.REDACTED:
        return
    whole = "\n".join(version[name] for version in held.kept["versions"] for name in FIELDS)
    if not passages or any(len(one) < 2 or one not in whole for one in passages):
        raise Invalid(passages=T("Copy from the text, one on each line, exactly what has to be taken out."))


def end(work: Work, proposal: Proposal, held: TextHold, ending: Ending, passages: tuple[str, ...] = ()) -> None:
    """End a hold: put back what may be shown, and tell the authors."""
    held.ended_at, held.ending = work.now, ending
    proposal.held_at = None
    if ending is Ending.HIDDEN:
        title = both(HIDDEN_TITLE)
        for row in _revisions(work, proposal):
            row.title, row.problem, row.solution = title, both(RULE_WORDS[held.rule]), title
        proposal.title = title
    else:
        put_back(work, proposal, held, passages)
    if ending in {Ending.HIDDEN, Ending.REDACTED}:
        held.kept_until = work.now + KEPT_FOR_REVIEW
    else:
        held.kept = {}
    work.session.flush()
    _find_again(work, proposal)
    process = processes.by_id(work.session, held.process_id)
    speaks = variant(process, proposal.language)
    rule, outcome = RULE_WORDS[held.rule].into(speaks), ENDING_WORDS[ending].into(speaks)
    _tell(work, process, proposal, letters.decided(process, proposal, outcome, rule, held.kept_until is not None))


def put_back(work: Work, proposal: Proposal, held: TextHold, passages: tuple[str, ...] = ()) -> None:
    """Put the words back where they were; versions written since keep their own."""
    rows = {row.number: row for row in _revisions(work, proposal)}
    for version in held.kept["versions"]:
        for name in FIELDS:
            setattr(rows[version["number"]], name, without(version[name], passages))
    if proposal.revision == held.kept["revision"]:
        proposal.title = without(held.kept["title"], passages)
    if passages:
        return  # what was taken out of the text may stand in the files too: the office shows each again by itself
    for file in _files(work, proposal):
        if file.number in held.kept["files"]:
            file.held_for, file.held_at = None, None


def find_again(work: Work, proposal: Proposal) -> None:
    """Let the search know the words that stand now, and no others."""
    _find_again(work, proposal)


def _find_again(work: Work, proposal: Proposal) -> None:
    if proposal.search_number is None:
        return
    newest = next(row for row in _revisions(work, proposal) if row.number == proposal.revision)
    words = words_of(proposal, newest.title, newest.problem, newest.solution)
    search.put(work.session, proposal.search_number, str(proposal.process_id), words)


def _revisions(work: Work, proposal: Proposal) -> list[Revision]:
    rows = select(Revision).where(Revision.proposal_id == proposal.id).order_by(Revision.number)
    return list(work.session.scalars(rows))


def _files(work: Work, proposal: Proposal) -> list[ProposalFile]:
    return list(work.session.scalars(select(ProposalFile).where(ProposalFile.proposal_id == proposal.id)))


def _tell(work: Work, process: Process, proposal: Proposal, letter: Letter) -> None:
    for author in work.session.scalars(select(Author).where(Author.proposal_id == proposal.id).order_by(Author.id)):
        contact = people.email_of(work.session, author.person_id)
        if contact is not None and author.contact_kind is ContactKind.EMAIL:
            work.post(letter, Recipient(author.person_id, contact.value, variant(process, proposal.language)))


def lapse(work: Work) -> None:
    """What the clock does: show again what nobody decided on, and count the reports nobody looked at."""
    if not queries.is_anything_due(work.session, work.now):
        return
    late = select(TextHold).where(TextHold.ended_at.is_(None), TextHold.until <= work.now).limit(AT_ONCE)
    for held in work.session.scalars(late).all():
        proposal = work.session.get_one(Proposal, held.proposal_id)
        end(work, proposal, held, Ending.LAPSED)
        work.record("proposal.text_decided", proposal.subject, ending=Ending.LAPSED.value, rule=held.rule.value)
    old = select(TextReport).where(TextReport.state == ReportState.OPEN, TextReport.due_at <= work.now).limit(AT_ONCE)
    for found in work.session.scalars(old).all():
        settle([found], ReportState.LAPSED)
        process = processes.by_id(work.session, found.process_id)
        work.record("text.report_lapsed", process.subject, rule=found.rule.value)
    for held in work.session.scalars(select(TextHold).where(TextHold.kept_until <= work.now).limit(AT_ONCE)).all():
        held.kept, held.kept_until = {}, None
        work.record("proposal.held_words_forgotten", work.session.get_one(Proposal, held.proposal_id).subject)
