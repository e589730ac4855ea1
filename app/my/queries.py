"""What a person sees of their own; every query asks for their key, so nobody's desk shows anything of another."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.accounts import security, sessions
from app.commitments.models import DraftComment
from app.commitments.rules.comments import STATE_WORDS as COMMENT_WORDS
from app.feedback import questions
from app.feedback.models import Letter
from app.forum.models import Round
from app.forum.rules.scoring import RoundState
from app.kit.errors import NotFound
from app.kit.i18n import T, Text
from app.kit.text import excerpt, say_instant
from app.mail.models import OutboxMessage
from app.mail.rules import LetterKind, OutboxState
from app.meetings.models import Attendance, Meeting, Registration
from app.meetings.rules.attendance import REGISTRATION_WORDS
from app.people.actor import Actor
from app.people.models import Contact, Person, RoleGrant
from app.people.rules import FROM_A_SEAT, MAY, ContactKind, Permission
from app.prioritisation.models import BallotRight, Table, Voting, VotingRound
from app.prioritisation.rules.voting import VOTING_WORDS
from app.process.kinds import StageKind
from app.process.models import Process, Stage
from app.proposals.models import Author, Proposal, ProposalDraft, Revision
from app.proposals.queries import files_of
from app.publication import queries as following
from app.publication.queries import Followed

MOST = 200
MOST_PLACES = 10


@dataclass(frozen=True)
class Mine:
    """One proposal somebody is an author of."""

    proposal: Proposal
    author: Author
    process: Process


def person(session: Session, person_id: uuid.UUID | None) -> Person:
    """The person whose desk it is."""
    found = session.get(Person, person_id) if person_id else None
    if found is None:
        raise NotFound
    return found


def where_to_score(session: Session, actor: Actor, now: datetime) -> str | None:
    """The process whose forum this person sits in and that scores at this moment; the one that ends first."""
    wanted = (Round.process_id.in_(_sits_in(actor)), Round.state == RoundState.OPEN)
    running = select(Process.slug).join(Round, Round.process_id == Process.id).where(*wanted)
    running = running.where(Round.opens_at <= now, Round.closes_at > now)
    return session.scalar(running.order_by(Round.closes_at, Process.slug).limit(1)) if _sits_in(actor) else None


def forum_sat_in(session: Session, actor: Actor) -> str | None:
    """The process in whose forum this person sits; of several the newest."""
    wanted = select(Process.slug).where(Process.id.in_(_sits_in(actor)))
    return session.scalar(wanted.order_by(Process.opened_at.desc()).limit(1)) if _sits_in(actor) else None


def _sits_in(actor: Actor) -> list[uuid.UUID]:
    return [held.process_id for held in actor.held if held.process_id and held.role in FROM_A_SEAT]


WORK: tuple[tuple[Permission, frozenset[StageKind], Text, str], ...] = (
    (
        Permission.RUN_TABLES,
        frozenset({StageKind.PRIORITISATION}),
        T("The votes at the meetings you facilitate"),
        "office/tables",
    ),
    (
        Permission.ASSESS_FEASIBILITY,
        frozenset({StageKind.TECHNICAL_TABLES, StageKind.PLAN}),
        T("What your institution is asked, and its commitments"),
        "institution",
    ),
)
"""What somebody without the office's desk works on: who may, at which kinds of stages, and where it is done."""


def work_of(session: Session, actor: Actor, now: datetime) -> list[tuple[Process, Text, str]]:
    """Where somebody works, in processes that run and whose stage for it has opened, newest first; for the office its
    desk says more.
    """
    found: list[tuple[Process, Text, str]] = []
    for permission, kinds, words, where in WORK:
        held = [one.process_id for one in actor.held if permission in MAY[one.role]]
        if not held:
            continue
        opened = (Stage.process_id == Process.id, Stage.kind.in_(kinds), Stage.opens_at <= now)
        wanted = select(Process).where(Process.ended_at.is_(None), exists().where(*opened))
        if None not in held:
            wanted = wanted.where(Process.id.in_([key for key in held if key]))
        rows = session.scalars(wanted.order_by(Process.opened_at.desc(), Process.slug).limit(MOST_PLACES))
        found += [(process, words, f"/p/{process.slug}/{where}") for process in rows]
    return found


def proposals(session: Session, person_id: uuid.UUID) -> list[Mine]:
    """The proposals a person is answered for, newest first, those not yet public among them."""
    rows = session.execute(
        select(Proposal, Author, Process)
        .join(Author, Author.proposal_id == Proposal.id)
        .join(Process, Process.id == Proposal.process_id)
        .where(Author.person_id == person_id)
        .order_by(Proposal.received_at.desc())
        .limit(MOST)
    )
    return [Mine(*row) for row in rows]


def own_proposal(session: Session, person_id: uuid.UUID | None, author_id: uuid.UUID) -> Mine:
    """One proposal of a person, by their own line of authorship; another's is as if it did not exist."""
    row = session.execute(
        select(Proposal, Author, Process)
        .join(Author, Author.proposal_id == Proposal.id)
        .join(Process, Process.id == Proposal.process_id)
        .where(Author.id == author_id, Author.person_id == person_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    return Mine(*row)


def followed(session: Session, person_id: uuid.UUID, language: str) -> list[Followed]:
    """What a person follows by e-mail, with any address of theirs."""
    mailboxes = following.followers_of(session, person_id)
    return following.followed_by(session, [one.id for one in mailboxes], language) if mailboxes else []


@dataclass(frozen=True)
class TookPart:
    """One thing somebody took part in, beside proposing: what it is, where it stands, and its page."""

    title: str
    meta: str
    standing: Text
    path: str


def took_part(session: Session, person_id: uuid.UUID, language: str) -> list[tuple[Text, list[TookPart]]]:
    """Meetings, comments on drafts and votes of a person, each kind only where there is some."""
    wished, came = _at_meetings(session, Registration, person_id), _at_meetings(session, Attendance, person_id)
    standing = {meeting.id: (meeting, REGISTRATION_WORDS[row.state]) for row, meeting in wished}
    standing |= {meeting.id: (meeting, T("you were there")) for _, meeting in came}
    found = list(standing.values())
    comments, votes = [one for one, _ in _draft_comments(session, person_id)], _had_a_ballot(session, person_id)
    places = [meeting.process_id for meeting, _ in found] + [one.process_id for one in comments]
    names = _names(session, {*places, *(one.process_id for one, _, _ in votes)})
    sections = [
        (T("Your meetings"), [_met(names, one, words, language) for one, words in found]),
        (T("What you said of a draft"), [_said(names, comment, language) for comment in comments]),
        (T("Where you could vote"), [_voted(names, *one, language) for one in votes]),
    ]
    return [(title, lines) for title, lines in sections if lines]


def _names(session: Session, keys: set[uuid.UUID]) -> dict[uuid.UUID, Process]:
    return {one.id: one for one in session.scalars(select(Process).where(Process.id.in_(keys)))} if keys else {}


def _met(names: dict[uuid.UUID, Process], meeting: Meeting, words: Text, language: str) -> TookPart:
    process = names[meeting.process_id]
    meta = f"{process.name(language)} · {say_instant(meeting.starts_at, process.zone, language)}"
    return TookPart(meeting.title(language), meta, words, f"/p/{process.slug}/meetings/{meeting.slug}")


def _said(names: dict[uuid.UUID, Process], comment: DraftComment, language: str) -> TookPart:
    process = names[comment.process_id]
    title = f"{comment.folio} · {excerpt(comment.text, 80)}"
    return TookPart(title, process.name(language), COMMENT_WORDS[comment.state], f"/p/{process.slug}/draft")


def _voted(
    names: dict[uuid.UUID, Process], found: VotingRound, table: Table, voting: Voting, language: str
) -> TookPart:
    process = names[found.process_id]
    path = f"/p/{process.slug}/tables/{table.number}"
    return TookPart(found.name(language), process.name(language), VOTING_WORDS[voting.state], path)


def drafts(session: Session, person_id: uuid.UUID) -> list[tuple[ProposalDraft, Process]]:
    """What was begun under an address this person has confirmed, the latest first, each with its process."""
    confirmed = (Contact.person_id == person_id, Contact.kind == ContactKind.EMAIL, Contact.confirmed_at.is_not(None))
    wanted = (
        select(ProposalDraft, Process)
        .join(Process, Process.id == ProposalDraft.process_id)
        .where(ProposalDraft.address.in_(select(Contact.value).where(*confirmed)))
        .order_by(ProposalDraft.updated_at.desc())
        .limit(MOST_PLACES)
    )
    return [(row[0], row[1]) for row in session.execute(wanted)]


def letters(session: Session, person_id: uuid.UUID, limit: int = 50) -> list[OutboxMessage]:
    """The letters written to a person, newest first: no drafts, which are not letters yet, and no ways in."""
    wanted = (
        OutboxMessage.person_id == person_id,
        OutboxMessage.state != OutboxState.DRAFT,
        OutboxMessage.kind != LetterKind.SIGN_IN,
        OutboxMessage.subject != "",
    )
    newest = select(OutboxMessage).where(*wanted).order_by(OutboxMessage.created_at.desc(), OutboxMessage.id.desc())
    return list(session.scalars(newest.limit(limit)))


def letter(session: Session, person_id: uuid.UUID, letter_id: uuid.UUID) -> OutboxMessage:
    """One letter to a person; somebody else's is as if it did not exist."""
    for found in letters(session, person_id, MOST):
        if found.id == letter_id:
            return found
    raise NotFound


def where_to_ask(session: Session, letter: OutboxMessage) -> str | None:
    """The page on which the reader of a letter of answer may ask about what it tells."""
    wanted = (Letter.outbox_message_id == letter.id, Letter.question != "")
    found = session.execute(
        select(Process.slug, Letter.question).join(Process, Process.id == Letter.process_id).where(*wanted)
    ).one_or_none()
    return f"/p/{found[0]}/answers/clear/{found[1]}" if found else None


def everything(session: Session, who: Person, now: Any) -> dict[str, Any]:
    """All that is kept about a person, as they may take it along; nothing of anybody else is in it."""
    return {
        "person": _columns(who, "name", "public_name", "language", "origin_sector", "identity_level", "created_at"),
        "contacts": [
            _columns(row, "kind", "value", "confirmed_at")
            for row in session.scalars(select(Contact).where(Contact.person_id == who.id))
        ],
        "roles": [
            _columns(row, "role", "post", "from_at", "to_at")
            for row in session.scalars(select(RoleGrant).where(RoleGrant.person_id == who.id))
        ],
        "proposals": [_proposal(session, one) for one in proposals(session, who.id)],
        "drafts": _begun(session, who.id),
        "draft_comments": [
            {"process": process} | _columns(row, "folio", "state", "section", "text", "public_name", "received_at")
            for row, process in _draft_comments(session, who.id)
        ],
        "registrations": [
            {"meeting": meeting.slug, "title": meeting.title_es}
            | _columns(row, "state", "birth_year", "needs", "agreed_to_recording", "at")
            for row, meeting in _at_meetings(session, Registration, who.id)
        ],
        "attendances": [
            {"meeting": meeting.slug, "title": meeting.title_es} | _columns(row, "way", "minutes", "at")
            for row, meeting in _at_meetings(session, Attendance, who.id)
        ],
        "ballots": [
            {"round": found.name_es, "table": table.number, "vote": voting.take, "state": voting.state}
            for found, table, voting in _had_a_ballot(session, who.id)
        ],
        "follows": _follows(session, who.id),
        "letters": [
            _columns(row, "subject", "text", "state", "to_address", "created_at", "accepted_at")
            for row in letters(session, who.id, MOST)
        ],
        "questions": _asked(session, who.id),
        "sessions": [_columns(row, "device", "began_at", "seen_at") for row in sessions.open_of(session, who.id, now)],
        "at_the_door": [_columns(row, "kind", "at") for row in security.newest_of(session, who.id, MOST)],
    }


def _asked(session: Session, person_id: uuid.UUID) -> list[dict[str, Any]]:
    """What a person asked about decisions, and what they were answered."""
    names = ("folio", "sought", "words", "asked_at", "reply", "answer", "answered_at")
    found = questions.of_person(session, person_id)
    return [{"process": slug, "version": row.subject_version, **_columns(row, *names)} for row, slug in found]


def _follows(session: Session, person_id: uuid.UUID) -> list[dict[str, Any]]:
    mailboxes = following.followers_of(session, person_id)
    by_mailbox = following.follows_of(session, [one.id for one in mailboxes])
    return [
        {"address": one.address, "since": follow.confirmed_at, "subject": follow.subject, "how_often": follow.rhythm}
        for one in mailboxes
        for follow in by_mailbox[one.id]
    ]


def _begun(session: Session, person_id: uuid.UUID) -> list[dict[str, Any]]:
    found = drafts(session, person_id)
    return [{"process": process.slug, **_columns(draft, "typed", "updated_at")} for draft, process in found]


def _draft_comments(session: Session, person_id: uuid.UUID) -> list[tuple[DraftComment, str]]:
    """What a person said of drafts, the latest first, each with its process."""
    rows = session.execute(
        select(DraftComment, Process.slug)
        .join(Process, Process.id == DraftComment.process_id)
        .where(DraftComment.person_id == person_id)
        .order_by(DraftComment.received_at.desc())
        .limit(MOST)
    )
    return [(row[0], row[1]) for row in rows]


def _at_meetings(
    session: Session, table: type[Registration | Attendance], person_id: uuid.UUID
) -> list[tuple[Any, Meeting]]:
    """What a person left at meetings, the latest first, each with its meeting."""
    rows = session.execute(
        select(table, Meeting)
        .join(Meeting, Meeting.id == table.meeting_id)
        .where(table.person_id == person_id)
        .order_by(table.at.desc())
        .limit(MOST)
    )
    return [(row[0], row[1]) for row in rows]


def _had_a_ballot(session: Session, person_id: uuid.UUID) -> list[tuple[VotingRound, Table, Voting]]:
    """In which rounds, and at which table, a person had a ballot; what was on it is nowhere."""
    rows = session.execute(
        select(VotingRound, Table, Voting)
        .join(BallotRight, BallotRight.round_id == VotingRound.id)
        .join(Voting, Voting.id == BallotRight.voting_id)
        .join(Table, Table.id == Voting.table_id)
        .where(BallotRight.person_id == person_id)
        .order_by(VotingRound.number.desc())
        .limit(MOST)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def _proposal(session: Session, mine: Mine) -> dict[str, Any]:
    texts = select(Revision).where(Revision.proposal_id == mine.proposal.id).order_by(Revision.number)
    return {
        "process": mine.process.slug,
        **_columns(mine.proposal, "folio", "state", "received_at"),
        **_columns(mine.author, "part", "public_name", "confirmed_at"),
        "texts": [
            _columns(row, "number", "title", "problem", "solution", "cause", "result", "at")
            for row in session.scalars(texts)
        ],
        "files": [
            {"name": one.document.name, "kind": one.document.kind, "size": one.document.size, "at": one.document.at}
            | {"from_text": one.from_revision, "until_text": one.until_revision, "held_back_for": one.held_for}
            for one in files_of(session, mine.proposal.id)
        ],
    }


def _columns(row: Any, *names: str) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}
