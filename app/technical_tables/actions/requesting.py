"""Asking an institution, by a numbered official letter, about all its proposals of the stage."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.decisions.rules import GATES
from app.kit import ids
from app.kit.errors import Invalid, NotNow
from app.kit.i18n import T, Text
from app.mail.outbox import Recipient
from app.mail.rendering import Rendered
from app.people import queries as people
from app.people.addresses import NOT_WHOLE, is_address
from app.people.models import Organisation
from app.people.rules import Permission
from app.process.kinds import StageKind
from app.process.models import Process, Stage
from app.process.rules import WindowStatus
from app.proposals.actions.inviting import body_named, contact_of
from app.proposals.models import Proposal
from app.technical_tables import letters
from app.technical_tables.letters import Asks
from app.technical_tables.models import Assessment, FeasibilityRequest, RequestLink
from app.technical_tables.queries import requests as queries
from app.technical_tables.rules import FEWEST_DAYS, MOST_ASKED, Dates, dates_of, next_step
from app.work import Work

FIRST_LETTER = "request"
GATES_OPEN = GATES[StageKind.TECHNICAL_TABLES].open_to


@dataclass(frozen=True)
class AskInstitution:
    """The letter that asks: its number, date and signatory, to whom it goes, about what, and until when."""

    organisation: str
    address: str
    letter_number: str
    signatory: str
    dated_on: date
    due_on: date
    folios: tuple[str, ...]
    head_address: str = ""


@dataclass(frozen=True)
class Made:
    """The letter as it will be sent, and the secret of its link."""

    letter: Rendered
    token: str


def to_ask(session: Session, process: Process, wish: AskInstitution, now: datetime) -> Made:
    """Check what was typed and write the letter, before the transaction begins."""
    found = queries.with_folios(session, process.id, wish.folios)
    faults = _faults(process, wish, now) | _folio_faults(wish, found)
    if faults:
        raise Invalid(**faults)
    token = ids.new_token()
    asks = Asks(
        wish.organisation.strip(),
        wish.letter_number.strip(),
        wish.dated_on,
        wish.signatory.strip(),
        wish.due_on,
        [f"{proposal.folio} · {proposal.title}" for proposal in found],
    )
    return Made(letters.request(process, asks, token), token)


def ask_institution(work: Work, process: Process, stage: Stage, wish: AskInstitution, made: Made) -> FeasibilityRequest:
    """Ask one institution about its proposals; the link in the letter is good without an account. Office only."""
    work.require(Permission.INVITE_BODIES, process.id)
    _when(process, stage, work.now)
    body = body_named(work, wish.organisation.strip())
    proposals = queries.with_folios(work.session, process.id, wish.folios)
    faults = _folio_faults(wish, proposals) | _asked_twice(work, stage, body, proposals)
    if faults:
        raise Invalid(**faults)
    request = _written(work, process, stage, body, wish)
    work.session.add(request)
    work.session.flush()
    for proposal in proposals:
        asked = {"proposal_id": proposal.id, "number": proposal.number, "text_version": proposal.revision}
        work.session.add(Assessment(id=ids.new_id(), request_id=request.id, **asked))
    link(work, request, made.token, FIRST_LETTER)
    work.post(made.letter, Recipient(request.person_id, request.address, made.letter.language))
    work.record(
        "feasibility.asked",
        request.subject,
        because=f"feasibility_request:{request.id}",
        stage=stage.slug,
        institution=body.name,
        letter=request.letter_number,
        dated_on=wish.dated_on.isoformat(),
        due_on=wish.due_on.isoformat(),
        proposals=[proposal.folio for proposal in proposals],
    )
    return request


def link(work: Work, request: FeasibilityRequest, token: str, stands_in: str) -> None:
    """Keep the hash of the secret that one letter carries."""
    secret = ids.hash_token(token)
    work.session.add(RequestLink(token_hash=secret, request_id=request.id, stands_in=stands_in, made_at=work.now))


def dates(process: Process, sent_at: datetime, due_on: date) -> Dates:
    """The instants of a request, by the clock of the process."""
    return dates_of(sent_at, due_on, process.zone)


def _written(
    work: Work, process: Process, stage: Stage, body: Organisation, wish: AskInstitution
) -> FeasibilityRequest:
    address = people.normal_address(wish.address)
    planned = next_step(dates(process, work.now, wish.due_on), {}, work.now)
    return FeasibilityRequest(
        id=ids.new_id(),
        process_id=process.id,
        stage_id=stage.id,
        number=queries.last_number(work.session, process.id) + 1,
        organisation_id=body.id,
        person_id=contact_of(work, process, body, address).id,
        letter_number=wish.letter_number.strip(),
        dated_on=wish.dated_on,
        signatory=wish.signatory.strip(),
        address=address,
        head_address=people.normal_address(wish.head_address) if wish.head_address else "",
        sent_at=work.now,
        due_on=wish.due_on,
        next_step=planned[0] if planned else None,
        next_at=planned[1] if planned else None,
        done={},
    )


def _when(process: Process, stage: Stage, now: datetime) -> None:
    if process.ended_at or process.paused_at:
        raise NotNow(T("This process is not running at the moment."))
    if stage.concluded_at:
        raise NotNow(T("This stage is concluded."), stage.opens_at, stage.closes_at)
    if stage.window.status(now) is WindowStatus.SCHEDULED:
        raise NotNow(T("This stage has not opened yet."), stage.opens_at, stage.closes_at)


def _faults(process: Process, wish: AskInstitution, now: datetime) -> dict[str, Text]:
    faults: dict[str, Text] = {}
    owed = {
        "organisation": (wish.organisation, T("Write the name of the institution.")),
        "letter_number": (wish.letter_number, T("Write the number of the official letter.")),
        "signatory": (wish.signatory, T("Write who signs the letter.")),
    }
    most = {"organisation": 200, "letter_number": 60, "signatory": 200}
    for name, (typed, sentence) in owed.items():
        if not typed.strip():
            faults[name] = sentence
        elif len(typed) > most[name]:
            faults[name] = T("This is too long: at most {n} characters.", n=most[name])
    bad_address = NOT_WHOLE
    if not is_address(wish.address):
        faults["address"] = bad_address
    if wish.head_address and not is_address(wish.head_address):
        faults["head_address"] = bad_address
    earliest = now.astimezone(process.zone).date() + timedelta(days=FEWEST_DAYS)
    if wish.due_on < earliest:
        faults["due_on"] = T("Give the institution at least {n} days.", n=FEWEST_DAYS)
    return faults


def _folio_faults(wish: AskInstitution, found: list[Proposal]) -> dict[str, Text]:
    if not wish.folios:
        return {"folios": T("Choose the proposals it is asked about.")}
    if len(wish.folios) > MOST_ASKED:
        return {"folios": T("At most {n} proposals in one letter.", n=MOST_ASKED)}
    unknown = sorted(set(wish.folios) - {proposal.folio for proposal in found})
    gone = [proposal.folio for proposal in found if proposal.state not in GATES_OPEN]
    if unknown or gone:
        return {"folios": T("Not before a technical table: {which}.", which=", ".join([*unknown, *gone]))}
    return {}


def _asked_twice(work: Work, stage: Stage, body: Organisation, proposals: list[Proposal]) -> dict[str, Text]:
    asked = work.session.scalars(
        select(Assessment.proposal_id)
        .join(FeasibilityRequest, FeasibilityRequest.id == Assessment.request_id)
        .where(FeasibilityRequest.stage_id == stage.id, FeasibilityRequest.organisation_id == body.id)
    ).all()
    again = [proposal.folio for proposal in proposals if proposal.id in set(asked)]
    if again:
        return {"folios": T("This institution was already asked about {which}.", which=", ".join(again))}
    return {}
