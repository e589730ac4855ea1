"""What a proposal's page tells of the meetings that voted: its ballot, how far they came with it, its place."""

from __future__ import annotations

from sqlalchemy import select, update

from app.prioritisation import actions, telling
from app.prioritisation.actions import NoteText
from app.prioritisation.queries import rounds
from app.proposals.models import Proposal
from app.proposals.rules import State
from tests.acts import by_hand
from tests.costs import cost
from tests.prioritisation.voting import Town, closed_round
from tests.world import World


def told(world: World, folio: str) -> list[tuple[str, str, str]]:
    """What is told of a proposal: the sentence, its note and where it leads."""
    with world.database.reading() as session:
        proposal = session.scalars(select(Proposal).where(Proposal.folio == folio)).one()
        found = telling.told_of(session, proposal, "es")
    return [(one.what.into("es"), one.note.into("es") if one.note else "", one.url) for one in found]


def note(town: Town, folio: str, state: str, number: int = 1, group: int = 0) -> None:
    with town.work("gloria") as (work, here):
        at, found = town.at(work, number)
        on_it = next(one for one in rounds.on_ballot(work.session, found.id) if one.folio == folio)
        empty = dict.fromkeys(("in_favour", "worries", "changes", "actors"), "")
        actions.write_note(work, here, at, (on_it, group), NoteText(0, state, **empty))


def test_a_draft_of_a_round_is_told_to_nobody(world: World, town: Town) -> None:
    town.draft()
    assert told(world, town.folios[0]) == []


def test_its_place_is_told_with_what_it_received(world: World) -> None:
    town = closed_round(world)
    asked = ("Quedó en la papeleta de una ronda de encuentros: Ronda de los barrios.", "", "/tables/rounds/1")
    ranked = "Ronda de los barrios: los encuentros ya votaron."
    place = "Lugar 1 de 5 en la clasificación; siguen las primeras 2. 11 papeletas la nombran."
    assert told(world, town.folios[1]) == [asked, (ranked, place, "/tables/rounds/1")]


def test_of_fewer_than_ten_ballots_only_the_place_is_told(world: World) -> None:
    town = closed_round(world, [(0,)] * 5 + [(1,)] * 2)
    assert told(world, town.folios[0])[-1][1] == "Lugar 1 de 5 en la clasificación; siguen las primeras 2."


def test_of_a_joined_proposal_nobody_reads_that_it_stood_level(world: World) -> None:
    town = closed_round(world)
    with by_hand(), world.work("carla") as work:
        gone = update(Proposal).where(Proposal.folio == town.folios[1])
        work.session.execute(gone.values(state=State.MERGED))
    place = "Lugar 1 de 5 en la clasificación; se retiró o se unió a otra y no ocupa ninguno."
    assert told(world, town.folios[1])[-1][1] == f"{place} 11 papeletas la nombran."


def test_how_far_a_meeting_came_is_told_once_it_is_closed_by_the_group_that_came_furthest(
    world: World, town: Town
) -> None:
    town.adopted()
    town.hold()
    with town.work("gloria") as (work, here):
        actions.set_subgroups(work, here, town.at(work)[0], [("", ""), ("", "")])
    note(town, town.folios[0], "not_reached", group=1)
    note(town, town.folios[0], "discussed", group=2)
    note(town, town.folios[1], "ran_out_of_time")
    assert len(told(world, town.folios[1])) == 1
    town.meetings.close(town.table().meeting)
    title = town.table().meeting.title("es")
    assert [said for said, _, _ in told(world, town.folios[0])][1:] == [f"Se conversó en el encuentro {title}."]
    assert told(world, town.folios[1])[1:] == [
        (f"En el encuentro {title} faltó tiempo para conversarla.", "", f"/tables/1#n-{town.folios[1]}")
    ]


async def test_many_meetings_are_told_in_one_sentence_and_cost_no_more(world: World, town: Town) -> None:
    town.adopted(count=6)
    page = f"/p/town/proposals/{town.folios[0]}"
    few = await cost(world, page)
    for number in range(1, 7):
        town.hold(number)
        note(town, town.folios[0], "discussed" if number < 5 else "not_reached", number)
        town.meetings.close(town.table(number).meeting)
    assert told(world, town.folios[0])[1:] == [
        ("Se conversó en 4 de 6 encuentros; en los demás no alcanzó el tiempo.", "", "/tables")
    ]
    assert await cost(world, page) == few <= 24
