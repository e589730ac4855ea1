"""What letters of the intake may say to whom."""

from __future__ import annotations

from sqlalchemy import select

from app.mail.models import OutboxMessage
from app.people.rules import ContactKind
from app.process import queries as processes
from app.proposals import actions as proposals
from app.proposals.models import Author, Proposal
from app.settings import Settings
from tests.clock import MovableClock
from tests.world import World

REASON = "Falta decir en qué barrio se pide esto, para poder consultarlo."


def returned_letter(world: World, *, confirmed: bool) -> OutboxMessage:
    town = world.open_process()
    proposal = world.propose(town, "vecina", "Bancas con sombra", contact=(ContactKind.EMAIL, "vecina@example.org"))
    with world.work("carla") as work:
        fresh, here = work.session.get_one(Proposal, proposal.id), processes.by_slug(work.session, town.slug)
        author = work.session.scalars(select(Author).where(Author.proposal_id == proposal.id)).one()
        if confirmed:
            proposals.confirm(work, fresh, author)
            work.session.flush()
        made = proposals.to_return(work.session, here, fresh, REASON, work.now)
        proposals.return_for_changes(work, here, fresh, made)
    with world.database.reading() as session:
        found = list(session.scalars(select(OutboxMessage).order_by(OutboxMessage.created_at, OutboxMessage.id)))
    world.close()
    return found[-1]


def test_a_confirmed_address_reads_the_reason(settings: Settings, clock: MovableClock) -> None:
    letter = returned_letter(World(settings, clock), confirmed=True)
    assert REASON in letter.text
    assert "Bancas con sombra" in letter.html


def test_an_address_nobody_confirmed_is_quoted_nothing(settings: Settings, clock: MovableClock) -> None:
    letter = returned_letter(World(settings, clock), confirmed=False)
    for said in (letter.subject, letter.text, letter.html):
        assert "TOWN-0001" in said
        assert "Bancas" not in said
        assert "barrio" not in said
    assert "11 de junio de 2026" in letter.text
