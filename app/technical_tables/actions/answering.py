"""The first answer of an institution, proposal by proposal, and its approval by the head of service."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select

from app.kit.errors import Conflict, Invalid, NotAllowed, NotNow
from app.kit.i18n import T, Text
from app.people.rules import Permission
from app.process.models import Process, Stage
from app.proposals.models import Proposal
from app.technical_tables import rules
from app.technical_tables.models import Assessment, FeasibilityRequest
from app.technical_tables.queries import requests as queries
from app.technical_tables.rules import NEEDS_GROUNDS, Answer, Dimension, Grade
from app.work import Work

LONGEST_POST = 160
LONGEST_NUMBER = 60


@dataclass(frozen=True)
class GivenAnswer:
    """What was typed about one proposal: the answer, its grounds, the legal reason, plain words, another text."""

    answer: str
    whose: str = ""
    grounds: Mapping[Dimension, tuple[str, str]] = field(default_factory=dict)
    legal_reason: str = ""
    plain_words: str = ""
    counter_proposal: str = ""


@dataclass(frozen=True)
class Approval:
    """Who says to be the head of service: name and post."""

    name: str
    post: str


@dataclass(frozen=True)
class OfficialLetter:
    """An incoming letter, signed, that carries the answer of the head of service."""

    number: str
    on: date | None


def require_may_answer(work: Work, process: Process, request: FeasibilityRequest) -> None:
    """Ask who may answer with an account: the office, which types what a letter says, and the institution itself."""
    work.require(Permission.ASSESS_FEASIBILITY, process.id)
    if work.actor.may(Permission.INVITE_BODIES, process.id):
        return
    if not queries.speaks_for(work.session, work.actor.person_id, request.organisation_id):
        raise NotAllowed


def answer_by_link(work: Work, process: Process, token: str, folio: str, given: GivenAnswer) -> Assessment:
    """Write down the answer about one proposal; whoever holds the link of the letter may."""
    return write_answer(work, process, queries.request_by_token(work.session, process.id, token), folio, given)


def answer_for(work: Work, process: Process, request: FeasibilityRequest, folio: str, given: GivenAnswer) -> Assessment:
    """The same for those who sign in: the institution's own people, or the office out of a letter."""
    require_may_answer(work, process, request)
    return write_answer(work, process, request, folio, given)


def approve_by_link(work: Work, process: Process, token: str, approval: Approval) -> FeasibilityRequest:
    """Approve every answer as the head of service, who gives name and post; from then on they are public."""
    request = held_open(work, process, queries.request_by_token(work.session, process.id, token))
    faults: dict[str, Text] = {}
    for name, typed in (("head_name", approval.name), ("head_post", approval.post)):
        if not typed.strip():
            faults[name] = T("Write name and post of the head of service.")
        elif len(typed) > LONGEST_POST:
            faults[name] = T("This is too long: at most {n} characters.", n=LONGEST_POST)
    if faults:
        raise Invalid(**faults)
    _require_whole(work, request)
    request.head_name, request.head_post = approval.name.strip(), approval.post.strip()
    _approve(work, request, {"by": "page"}, {"head": request.head_name, "post": request.head_post})
    return request


def record_letter(work: Work, process: Process, request: FeasibilityRequest, letter: OfficialLetter) -> None:
    """Record the signed letter of the head of service as the approval of the answers typed out of it. Office only."""
    work.require(Permission.INVITE_BODIES, process.id)
    request = held_open(work, process, request)
    faults: dict[str, Text] = {}
    if not letter.number.strip():
        faults["answer_number"] = T("Write the number of the official letter.")
    elif len(letter.number) > LONGEST_NUMBER:
        faults["answer_number"] = T("This is too long: at most {n} characters.", n=LONGEST_NUMBER)
    if letter.on is None:
        faults["answer_on"] = T("Write the date of the letter.")
    if faults:
        raise Invalid(**faults)
    _require_whole(work, request)
    request.answer_number, request.answer_on = letter.number.strip(), letter.on
    on = letter.on.isoformat() if letter.on else ""
    _approve(work, request, {"by": "letter", "letter": request.answer_number, "on": on}, {})


def held_open(work: Work, process: Process, request: FeasibilityRequest) -> FeasibilityRequest:
    """The request as it stands now, held for this transaction, while it may still be answered."""
    held = select(FeasibilityRequest).where(FeasibilityRequest.id == request.id).with_for_update()
    request = work.session.scalars(held.execution_options(populate_existing=True)).one()
    stage = work.session.get_one(Stage, request.stage_id)
    if process.ended_at or process.paused_at:
        raise NotNow(T("This process is not running at the moment."))
    if stage.concluded_at:
        raise NotNow(T("This stage is concluded."), stage.opens_at, stage.closes_at)
    if request.approved_at:
        raise Conflict(T("The head of service has approved these answers; they are public and stay as they are."))
    return request


def write_answer(
    work: Work, process: Process, request: FeasibilityRequest, folio: str, given: GivenAnswer
) -> Assessment:
    """Write one answer down, whoever was let in to give it; it may be changed until the head approves."""
    request = held_open(work, process, request)
    row, proposal, _ = queries.asked_about(work.session, request, folio)
    faults = _faults(given)
    if faults:
        raise Invalid(**faults)
    row.answer, row.answered_at = Answer(given.answer), work.now
    row.text_version = proposal.revision
    row.whose = given.whose.strip() if row.answer is Answer.NOT_OURS else ""
    with_grounds = row.answer in NEEDS_GROUNDS
    row.grounds = {
        dimension.value: {"grade": grade, "words": words.strip()}
        for dimension, (grade, words) in given.grounds.items()
        if with_grounds and grade
    }
    row.legal_reason, row.plain_words = given.legal_reason.strip(), given.plain_words.strip()
    row.counter_proposal = given.counter_proposal.strip() if with_grounds else ""
    work.record("feasibility.answer_noted", request.subject, because=f"assessment:{row.id}", proposal=proposal.folio)
    return row


def _faults(given: GivenAnswer) -> dict[str, Text]:
    faults: dict[str, Text] = {}
    if given.answer not in set(Answer):
        return {"answer": T("Choose an answer.")}
    answer = Answer(given.answer)
    if answer is Answer.NOT_OURS and not given.whose.strip():
        faults["whose"] = T("Write whose it is, as far as you know.")
    if len(given.whose) > rules.LONGEST_NAME:
        faults["whose"] = T("This is too long: at most {n} characters.", n=rules.LONGEST_NAME)
    if answer in NEEDS_GROUNDS:
        faults |= _ground_faults(given)
    if answer is not Answer.YES and len(given.plain_words.strip()) < rules.SHORTEST_WORDS:
        faults["plain_words"] = T("Say why in plain words. The author and the public will read them.")
    for name in ("legal_reason", "plain_words", "counter_proposal"):
        if len(getattr(given, name)) > rules.LONGEST_TEXT:
            faults[name] = T("This is too long: at most {n} characters.", n=rules.LONGEST_TEXT)
    return faults


def _ground_faults(given: GivenAnswer) -> dict[str, Text]:
    faults: dict[str, Text] = {}
    for dimension in Dimension:
        grade, words = given.grounds.get(dimension, ("", ""))
        if grade not in set(Grade):
            faults[f"grade-{dimension.value}"] = T("Say how this looks.")
        elif grade != Grade.FINE and len(words.strip()) < rules.SHORTEST_WORDS:
            faults[f"words-{dimension.value}"] = T("Say what the doubt or the obstacle is.")
        elif len(words) > rules.LONGEST_TEXT:
            faults[f"words-{dimension.value}"] = T("This is too long: at most {n} characters.", n=rules.LONGEST_TEXT)
    return faults


def _require_whole(work: Work, request: FeasibilityRequest) -> None:
    asked = [one for one in queries.asked_in(work.session, request) if not one.is_gone]
    open_ones = [one.proposal.folio for one in asked if not one.assessment.answer]
    if open_ones:
        raise Conflict(T("There is no answer yet about {which}.", which=", ".join(open_ones[:5])))


def _approve(work: Work, request: FeasibilityRequest, facts: dict[str, str], private: dict[str, str]) -> None:
    request.approved_at, request.next_step, request.next_at = work.now, None, None
    institution = queries.institution_of(work.session, request).name
    work.record("feasibility.answered", request.subject, institution=institution, private=private, **facts)
    for one in queries.asked_in(work.session, request):
        if not one.is_gone:
            _tell(work, request, one.assessment, one.proposal, institution)


def _tell(work: Work, request: FeasibilityRequest, row: Assessment, proposal: Proposal, institution: str) -> None:
    work.record(
        "proposal.assessed",
        proposal.subject,
        because=f"assessment:{row.id}",
        request=request.number,
        institution=institution,
        answer=row.answer.value if row.answer else "",
        obstacles=[dimension.value for dimension in row.obstacles],
        text_version=row.text_version,
    )
