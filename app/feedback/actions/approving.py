"""Approving: a second person releases the letters; what is approved is what is sent, byte for byte."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.duties import ledger
from app.duties.rules import DutyState
from app.feedback import looks, queries, reaching, rules
from app.feedback.actions import drafting, looking
from app.feedback.actions.rights import for_its_own_decisions
from app.feedback.models import Letter
from app.feedback.rules import AT_ONCE, LETTER, LetterState, Way
from app.kit.errors import Conflict, Invalid, NotAllowed, NotFound
from app.kit.i18n import T
from app.mail.outbox import Recipient
from app.mail.rendering import Rendered
from app.mail.rules import LetterKind
from app.people import queries as people
from app.people.rules import Permission
from app.process.models import Process, Stage
from app.work import Work


@dataclass(frozen=True)
class Approved:
    """How many letters go out, how many are to be handed over, and the folios left out because they are blocked.

    `waiting` is how many of those that go out wait until somebody has looked at the first.
    """

    posted: int
    by_hand: int
    left_out: list[str]
    waiting: int = 0


def approve(
    work: Work,
    process: Process,
    stage: Stage,
    chosen: list[uuid.UUID] | None = None,
    since: datetime | None = None,
) -> Approved:
    """Approve the chosen drafts, or all (at most a hundred) that nothing blocks; they go into the outbox as they stand.

    A second role-holder approves, the chair of a forum only what the forum decided. Whoever is alone with the task
    waits 24 hours after drafting, and the letter is marked. Refused whole while one of the chosen is blocked.
    A draft of which nothing is owed any more, because an earlier letter arrived after all, is cancelled instead.
    Of more than twenty only the first leave before somebody has looked; `since` is when the job began they belong to.
    """
    work.require(Permission.APPROVE_ANSWERS, process.id)
    for_its_own_decisions(work, process, stage)
    looking.hold(work, stage.id)
    letters = _chosen(work, stage, chosen)
    _refused_to_who_wrote(work, process, letters)
    if not letters:
        raise Conflict(T("There is no letter to approve."))
    duties = queries.carried_by(work.session, [letter.id for letter in letters])
    owed = _still_owed(work, stage, letters)
    letters = _without_answered(letters, duties, owed)
    addresses = _addresses(work, letters)
    if not all(set(duties[letter.id]) <= owed for letter in letters):
        raise Conflict(T("Something changed since these letters were drafted. Draft them again."))
    for letter in letters:
        _release(work, letter)
    mailed = [letter for letter in letters if letter.way is Way.EMAIL and letter.person_id in addresses]
    share = looking.share(work, stage, len(mailed), since)
    for place, letter in enumerate(mailed):
        _post(work, letter, addresses[letter.person_id], duties[letter.id], waits=place >= share.at_once)
    if share.is_new and share.look is not None:
        share.look.letters = [str(letter.outbox_message_id) for letter in mailed[: share.at_once]]
    by_hand = [letter for letter in letters if letter not in mailed]
    for letter in by_hand:
        letter.way = Way.HAND
    _say(work, stage, letters)
    return Approved(len(mailed), len(by_hand), _left_out(work, stage), max(0, len(mailed) - share.at_once))


def _refused_to_who_wrote(work: Work, process: Process, letters: list[Letter]) -> None:
    me = work.actor.person_id
    alone = not people.others_who_may(work.session, Permission.APPROVE_ANSWERS, process.id, me, work.now)
    for letter in letters:
        why_not = rules.why_not_approve(letter.hands, me, work.now, is_alone=alone)
        if why_not is not None:
            raise NotAllowed(why_not)


def _chosen(work: Work, stage: Stage, chosen: list[uuid.UUID] | None) -> list[Letter]:
    if chosen is None:
        return queries.to_approve(work.session, stage.id, AT_ONCE)
    if len(chosen) > AT_ONCE:
        raise Invalid(letters=T("Choose at most {n} letters at a time.", n=AT_ONCE))
    wanted = (Letter.id.in_(chosen), Letter.stage_id == stage.id)
    letters = list(work.session.scalars(select(Letter).where(*wanted).order_by(Letter.id).with_for_update()))
    if len(letters) != len(set(chosen)):
        raise NotFound
    stuck = [folio for letter in letters if letter.blocked_because for folio in letter.folios]
    if stuck:
        raise Conflict(T("These letters are blocked and cannot be approved: {folios}.", folios=", ".join(stuck)))
    for letter in letters:
        LETTER.after(letter.state, "approve")
    return letters


def _addresses(work: Work, letters: list[Letter]) -> dict[uuid.UUID, str]:
    """Where these letters go: to confirmed addresses; what tells only the public answer also to another one left."""
    known = queries.addresses_of(work.session, [letter.person_id for letter in letters])
    open_to = {letter.person_id for letter in letters if letter.is_to_anybody} - set(known)
    return reaching.left_addresses_of(work.session, open_to) | known


def _without_answered(
    letters: list[Letter], duties: dict[uuid.UUID, list[uuid.UUID]], owed: set[uuid.UUID]
) -> list[Letter]:
    for letter in letters:
        if owed.isdisjoint(duties[letter.id]):
            letter.state = LETTER.after(letter.state, "cancel")
    return [letter for letter in letters if letter.state is not LetterState.CANCELLED]


def _still_owed(work: Work, stage: Stage, letters: list[Letter]) -> set[uuid.UUID]:
    owed = queries.owed_of(work.session, stage.id, [letter.person_id for letter in letters])
    return {duty.id for duty in owed if duty.state is DutyState.OWED}


def _release(work: Work, letter: Letter) -> None:
    letter.is_lone_approval = rules.is_lone(letter.hands, work.actor.person_id)
    letter.state = LETTER.after(letter.state, "approve")
    letter.approved_by, letter.approved_at = work.actor.person_id, work.now
    earlier = work.session.get(Letter, letter.supersedes_id) if letter.supersedes_id else None
    if earlier is not None and LETTER.may(earlier.state, "supersede"):
        earlier.state = LETTER.after(earlier.state, "supersede")


def _post(work: Work, letter: Letter, address: str, duties: list[uuid.UUID], *, waits: bool) -> None:
    key = work.post(
        Rendered(
            subject=letter.subject,
            text=letter.text,
            html=letter.html,
            language=letter.language,
            kind=LetterKind.DUTY,
            origin=letter.origin,
            process_id=letter.process_id,
            letter_id=letter.id,
            stage_id=letter.stage_id,
        ),
        Recipient(letter.person_id, address, letter.language),
        draft=waits,
    )
    letter.outbox_message_id = key
    ledger.covers(work.session, key, duties)


def post_confirmed(work: Work) -> None:
    """Post what was approved to be handed over and was not, to whoever has confirmed an address since: by the clock.

    It goes as it was approved, and covers what it stands for once the provider accepts it. Where others wait for a
    look it waits with them.
    """
    found = queries.to_post_after_all(work.session, AT_ONCE)
    stages = {letter.stage_id for letter in found}
    if found:
        looking.hold(work, *stages)
    waiting = {look.stage_id for look in looks.open_in(work.session, stages)} if found else set()
    for letter in found:
        address = queries.addresses_of(work.session, [letter.person_id])[letter.person_id]
        letter.way = Way.EMAIL
        carried = queries.carried_by(work.session, [letter.id])[letter.id]
        _post(work, letter, address, carried, waits=letter.stage_id in waiting)
        work.record("answer.posted", letter.trail_subject, folios=letter.folios)


def _say(work: Work, stage: Stage, letters: list[Letter]) -> None:
    if not letters:
        return
    work.record(
        "answer.approved",
        stage.subject,
        stage=stage.slug,
        letters=len(letters),
        editions=sorted({letter.edition for letter in letters}),
        digest=rules.digest(letter.content_hash for letter in letters),
        lone=any(letter.is_lone_approval for letter in letters),
    )


def _left_out(work: Work, stage: Stage) -> list[str]:
    work.session.flush()
    wanted = (Letter.stage_id == stage.id, Letter.state == LetterState.DRAFT, Letter.blocked_because.is_not(None))
    blocked = work.session.scalars(select(Letter).where(*wanted).order_by(Letter.id).limit(AT_ONCE))
    return [folio for letter in blocked for folio in letter.folios]


def reopen(work: Work, process: Process, letter: Letter) -> None:
    """Take back an approval while the letter has not left; it has to be approved again. Whoever may approve."""
    work.require(Permission.APPROVE_ANSWERS, process.id)
    drafting.reopen_quietly(work, letter)
    work.record("answer.approval_withdrawn", letter.trail_subject, folios=letter.folios)
