"""The office at the door: what an act says is made before its transaction, and only for the version it was made for."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.kit.errors import Conflict
from app.mail.models import OutboxMessage
from app.process.models import Process, Stage
from app.proposals import actions
from app.proposals.actions.preparing import Texts, ToTell
from app.proposals.models import Author, Proposal
from app.proposals.rules import State
from tests.world import World

REASON = "Indique a qué sesiones del concejo se refiere."
NEW = Texts("Publicar las actas en texto", "Nadie puede buscar en las actas.", "Publicarlas como texto en cinco días.")


def revise(world: World, proposal: Proposal) -> None:
    with world.work("ana") as work:
        fresh = work.session.get_one(Proposal, proposal.id)
        process = work.session.get_one(Process, fresh.process_id)
        stage = work.session.get_one(Stage, fresh.stage_id)
        author = work.session.scalars(select(Author).where(Author.proposal_id == fresh.id)).one()
        actions.revise(work, process, stage, (fresh, author), actions.to_revise(fresh, NEW))


@pytest.mark.parametrize("is_revised", [True, False])
def test_a_letter_made_for_an_earlier_text_is_refused(world: World, *, is_revised: bool) -> None:
    process = world.open_process()
    proposal = world.propose(process)
    with world.database.reading() as session:
        here, fresh = session.get_one(Process, process.id), session.get_one(Proposal, proposal.id)
        made = actions.to_return(session, here, fresh, REASON, world.now)
    if is_revised:
        revise(world, proposal)
        with pytest.raises(Conflict, match="in the meantime"):
            return_it(world, proposal, made)
    else:
        return_it(world, proposal, made)
    with world.database.reading() as session:
        told = [letter.text for letter in session.scalars(select(OutboxMessage).order_by(OutboxMessage.created_at))]
    assert world.fresh(proposal).state is (State.SUBMITTED if is_revised else State.RETURNED)
    assert sum(REASON in text for text in told) == (0 if is_revised else 1)


def return_it(world: World, proposal: Proposal, made: ToTell) -> None:
    with world.work("carla") as work:
        fresh = work.session.get_one(Proposal, proposal.id)
        actions.return_for_changes(work, work.session.get_one(Process, fresh.process_id), fresh, made)


async def test_who_types_a_proposal_in_for_somebody_is_not_taken_for_its_author(world: World) -> None:
    world.open_process()
    async with world.browser("carla") as browser:
        page = (await browser.get("/p/town/office/enter")).text
        own = (await browser.get("/p/town/propose")).text
    form = page[page.index('<form id="propose"') : page.index("</form>", page.index('<form id="propose"'))]
    assert "Nombre de la persona" in form
    assert 'autocomplete="email"' not in form
    for mine in ("Su nombre", "Su propuesta", "puede elegir", "Usted escribe", "Escribe como"):
        assert mine not in form
    assert "Nombre de la persona" not in own
