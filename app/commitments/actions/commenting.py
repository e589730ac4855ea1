"""Commenting on the draft of the plan without an account: received whole while the window is open, with a receipt."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from app.accounts import known
from app.accounts.known import Known
from app.commitments import letters
from app.commitments.models import Commitment, DraftComment
from app.commitments.queries import comments as queries
from app.commitments.queries import commitments
from app.commitments.rules import comments as rules
from app.kit import ids
from app.kit.errors import Invalid, NotFound, NotNow
from app.kit.i18n import T, Text
from app.kit.text import say_instant
from app.mail import unasked
from app.mail.outbox import Recipient
from app.mail.rendering import LATE, Rendered, blank
from app.people import queries as people
from app.people.addresses import NOT_WHOLE, is_address
from app.people.models import Person
from app.people.rules import IdentityLevel
from app.process.actions import require_open
from app.process.models import Process, Stage
from app.proposals.letters import variant
from app.proposals.rules import Channel, Provenance
from app.work import Work


@dataclass(frozen=True)
class NewComment:
    """What somebody says, of the whole draft or of one commitment or a part of it, and who they are."""

    text: str
    name: str
    email: str = ""
    publish_name: bool = False
    about: str = ""
    section: str = ""
    language: str = "es"
    channel: Channel = Channel.WEB
    provenance: Provenance = Provenance.NATIVE


@dataclass(frozen=True)
class Prepared:
    """What is made before the transaction begins: the secret of the link, and the receipt but for its folio."""

    token: str
    receipt: Rendered | None


@dataclass(frozen=True)
class Received:
    """What the sender is shown at once."""

    comment: DraftComment
    mail_was_sent: bool


def prepare(process: Process, wish: NewComment) -> Prepared:
    """Check what was typed and write the receipt, outside the transaction."""
    faults: dict[str, Text] = rules.faults_in(wish.text, wish.name)
    if wish.email and not is_address(wish.email):
        faults["email"] = NOT_WHOLE
    if wish.section and (wish.section not in rules.PARTS or not wish.about):
        faults["section"] = T("Choose a commitment, and one of its parts or the whole of it.")
    if faults:
        raise Invalid(**faults)
    token = ids.new_token()
    receipt = None
    if wish.email:
        letter = letters.comment_received(process, LATE("folio"), token, wish.language)
        receipt = blank(letter, variant(process, wish.language))
    return Prepared(token, receipt)


def comment(work: Work, process: Process, stage: Stage | None, wish: NewComment, made: Prepared) -> Received:
    """Receive a comment while the window of the draft is open. Anybody may, without an account.

    It is public once the office has let it in. The receipt goes to the address that was left, if one was, with the
    folio and a link and nothing that was written; no address gets more than three such letters a day.
    """
    if stage is None:
        raise NotFound
    require_open(process, stage, work.now)
    about = _about(work, process, stage, wish)
    person = known.person_of(work, Known(wish.name, wish.email, wish.language))
    number = _next_number(work, process, stage)
    row = DraftComment(
        id=ids.new_id(),
        process_id=process.id,
        stage_id=stage.id,
        number=number,
        folio=rules.folio(process.folio_prefix, number),
        state=rules.COMMENT.after(None, "send"),
        commitment_id=about.id if about else None,
        text_version=about.text_version if about else 0,
        section=wish.section,
        text=wish.text,
        person_id=person.id,
        has_contact=bool(wish.email),
        public_name=wish.name if wish.publish_name else "",
        language=wish.language,
        channel=wish.channel,
        provenance=wish.provenance,
        received_at=work.now,
        decided=0,
    )
    _set_link(work, row, person, made)
    work.session.add(row)
    facts = {"commitment": about.number if about else None, "section": wish.section, "channel": wish.channel.value}
    work.record("draft_comment.received", row.subject, stage=stage.slug, **facts)
    return Received(row, _send_receipt(work, process, row, wish, made))


def _about(work: Work, process: Process, stage: Stage, wish: NewComment) -> Commitment | None:
    """The commitment the comment is about, none for the whole draft; refused where the draft shows no such one."""
    if not wish.about:
        return None
    number = int(wish.about) if wish.about.isascii() and wish.about.isdigit() and len(wish.about) < 10 else 0
    try:
        found = commitments.numbered(work.session, process.id, number)
    except NotFound:
        found = None
    if found is None or not queries.is_shown(stage, found, work.now):
        raise Invalid(about=T("Choose one of the commitments of the draft, or the whole draft."))
    return found


def _next_number(work: Work, process: Process, stage: Stage) -> int:
    """The next number, with the stage held so that two comments at the same moment get one each."""
    work.session.execute(select(Stage.id).where(Stage.id == stage.id).with_for_update())
    here = DraftComment.process_id == process.id
    return (work.session.scalar(select(func.max(DraftComment.number)).where(here)) or 0) + 1


def _set_link(work: Work, row: DraftComment, person: Person, made: Prepared) -> None:
    if not row.has_contact:
        return
    is_known = person.id == work.actor.person_id and person.identity_level is not IdentityLevel.UNCONFIRMED
    row.confirm_hash = ids.hash_token(made.token)
    row.confirmed_at = work.now if is_known else None
    row.confirm_by = None if is_known else work.now + rules.CONFIRM_WITHIN


def _send_receipt(work: Work, process: Process, row: DraftComment, wish: NewComment, made: Prepared) -> bool:
    if made.receipt is None:
        return False
    address = people.normal_address(wish.email)
    if unasked.is_enough(work.session, address, work.now):
        return False
    at = say_instant(row.received_at, process.zone, made.receipt.language, seconds=True)
    letter = made.receipt.filled(folio=row.folio, received_at=at)
    work.post(letter, Recipient(row.person_id, address, wish.language))
    return True


def confirm(work: Work, row: DraftComment) -> None:
    """Confirm the address the receipt went to; whoever holds the link may, once, within seven days."""
    if row.confirmed_at:
        return
    if row.confirm_by is None or work.now >= row.confirm_by:
        raise NotNow(T("This link has expired. Your comment was received all the same, and its answer is public."))
    row.confirmed_at = work.now
    known.prove(work, row.person_id)
    work.record("draft_comment.address_confirmed", row.subject)
