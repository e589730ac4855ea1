"""The pages of decisions and answers, walked through as officials and the public see them."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from app.feedback.models import Clarity, Letter, StageReport
from app.feedback.rules import LetterState
from app.mail.models import OutboxMessage
from tests.feedback.deciding import REASON, approve, decide, decided, draft, letters, publish
from tests.world import World, form_of

pytestmark = pytest.mark.either

OFFICE = "/p/town/office"
DECISION = "/p/town/decisions/decision"
FORUM_WORDS = re.compile(r"\b(foro|foros|forum|pauta|pautas|quórum|quorum|score|mesa|mesas)\b", re.IGNORECASE)


async def test_a_town_decides_publishes_and_answers_and_never_meets_a_forum(world: World) -> None:
    process = world.open_process()
    for who in ("ana", "bruno", "diego"):
        world.admitted(process, who, f"Propuesta de {who}")
    world.clock.move(days=11)
    seen: list[str] = []
    async with world.browser("carla") as carla, world.browser("hugo") as hugo, world.browser() as public:
        here = f"{OFFICE}/decisions/decision"
        one = await carla.get(f"{here}/TOWN-0001")
        listing = await carla.get(here)
        typed = {"outcome": "selected", "reason": REASON, "reason_codes": "other", "then": "next"}
        sent = await carla.post(f"{here}/TOWN-0001", data=typed | form_of(one.text, f"{here}/TOWN-0001"))
        assert sent.headers["location"] == f"{here}/TOWN-0002"
        together = {
            "folios": ["TOWN-0002", "TOWN-0003"],
            "reason-TOWN-0002": "La plaza tiene ya un proyecto en obra este año.",
            "reason-TOWN-0003": "El terreno es de un particular y no se puede usar.",
            "outcome": "not_selected",
        }
        sent = await carla.post(here, data=together | form_of(listing.text, here))
        assert sent.status_code == 303, sent.text
        publication = await carla.get(f"{here}/publication")
        sent = await carla.post(f"{here}/publication", data=form_of(publication.text, f"{here}/publication"))
        assert sent.headers["location"] == f"{OFFICE}/answers/decision"
        answers = await carla.get(f"{OFFICE}/answers/decision")
        action = f"{OFFICE}/answers/decision/drafts"
        assert (await carla.post(action, data=form_of(answers.text, action))).status_code == 303
        to_approve = await hugo.get(f"{OFFICE}/answers/decision")
        action = f"{OFFICE}/answers/decision/approval"
        letter = await hugo.get(f"{OFFICE}/answers/decision/letters/{letters(world)[0].id}")
        assert REASON in letter.text
        sent = await hugo.post(action, data={"which": "all"} | form_of(to_approve.text, action))
        assert sent.status_code == 303, sent.text
        assert {one.state for one in letters(world)} == {LetterState.APPROVED}
        addresses = [
            DECISION,
            f"{DECISION}/list",
            f"{DECISION}/list?outcome=not_selected",
            f"{DECISION}/list?code=other",
            f"{DECISION}/list?code=none",
            "/p/town/feedback",
            "/p/town/feedback/decision",
            "/en/p/town/feedback/decision",
        ]
        for path in addresses:
            page = await public.get(path)
            assert page.status_code == 200, path
            seen.append(page.text)
        for kind in ("draft", "approved", "all", "hand", "returned", "unknown", "blocked"):
            page = await carla.get(f"{OFFICE}/answers/decision?kind={kind}")
            seen.append(page.text)
        for only in ("open", "taken", "all"):
            page = await carla.get(f"{here}?only={only}")
            seen.append(page.text)
        seen += [page.text for page in (one, listing, publication, answers, to_approve, letter)]
        seen.append((await carla.get(f"{OFFICE}/answers")).text)
        seen.append((await carla.get(f"{OFFICE}/decisions/decision/TOWN-0001")).text)
    assert "De 3 propuestas, 1 sigue" in seen[0]
    seen += [one.text + one.html for one in letters(world)]
    assert [found.group(0) for text in seen for found in [FORUM_WORDS.search(text)] if found] == []


async def test_a_reason_is_missing_for_one_of_several(world: World) -> None:
    process = world.open_process()
    world.admitted(process, "ana"), world.admitted(process, "bruno")
    world.clock.move(days=11)
    here = f"{OFFICE}/decisions/decision"
    async with world.browser("carla") as carla:
        page = await carla.get(here)
        typed = {"folios": ["TOWN-0001", "TOWN-0002"], "reason-TOWN-0001": REASON, "outcome": "selected"}
        sent = await carla.post(here, data=typed | form_of(page.text, here))
    assert sent.status_code == 422
    assert REASON in sent.text
    assert "TOWN-0002" in sent.text


@pytest.mark.parametrize("who", ["ana", "bruno", "felix", "gloria", "elena"])
async def test_nobody_else_sees_the_offices_pages(world: World, who: str) -> None:
    process = decided(world)
    draft(world, process)
    key = letters(world)[0].id
    async with world.browser(who) as browser:
        for path in ("decisions/decision", "decisions/decision/publication", "answers", "answers/decision"):
            assert (await browser.get(f"{OFFICE}/{path}")).status_code == 403
        assert (await browser.get(f"{OFFICE}/answers/decision/letters/{key}")).status_code == 403


async def test_a_test_to_oneself_is_marked_and_counts_for_nothing(world: World) -> None:
    process = decided(world)
    draft(world, process)
    (letter,) = letters(world)
    path = f"{OFFICE}/answers/decision/letters/{letter.id}"
    async with world.browser("carla") as carla:
        page = await carla.get(path)
        assert (await carla.post(f"{path}/trial", data=form_of(page.text, f"{path}/trial"))).status_code == 303
        mail = await carla.get(f"{path}/mail")
    assert mail.headers["content-type"].startswith("message/rfc822")
    with world.database.reading() as session:
        tests = session.scalars(select(OutboxMessage).where(OutboxMessage.subject.startswith("[TEST]"))).all()
    assert [(one.to_address, one.letter_id) for one in tests] == [("carla@example.org", None)]


async def test_a_reader_says_whether_the_reason_was_clear(world: World) -> None:
    process = decided(world)
    draft(world, process)
    approve(world, process)
    (letter,) = letters(world)
    path = f"/p/town/answers/clear/{letter.question}"
    assert path in letter.text
    async with world.browser() as reader:
        page = await reader.get(path)
        typed = {"answer": "partly", "words": "Faltó decir cuándo."} | form_of(page.text, path)
        assert (await reader.post(path, data=typed)).status_code == 303
        assert (await reader.get("/p/town/answers/clear/otro")).status_code == 404
    with world.database.reading() as session:
        assert session.scalars(select(Clarity)).one().answer.value == "partly"


async def test_a_report_is_published_and_does_not_change(world: World) -> None:
    decided(world)
    path = "/p/town/feedback/decision"
    async with world.browser("carla") as carla:
        page = await carla.get(path)
        typed = {"purpose": "Se preguntó qué mejorar en la comuna."} | form_of(page.text, f"{path}/report")
        assert (await carla.post(f"{path}/report", data=typed)).status_code == 303
        page = await carla.get(path)
        assert "Se preguntó qué mejorar" in page.text
        typed = {"purpose": "Otra cosa."} | form_of(page.text, f"{path}/report")
        assert (await carla.post(f"{path}/report", data=typed)).status_code == 422
    with world.database.reading() as session:
        report = session.scalars(select(StageReport)).one()
        assert report.facts["answers"]["owed"] == 1
        assert report.facts["sectors"] == {"citizen": None}
        assert session.scalars(select(Letter)).all() == []


async def test_a_published_report_tells_of_its_own_moment_and_the_desk_asks_for_the_next(world: World) -> None:
    process = decided(world, "ana", "bruno")
    path = "/p/town/feedback/decision"
    async with world.browser("carla") as carla:
        first = {"purpose": "Se preguntó qué mejorar."} | form_of((await carla.get(path)).text, f"{path}/report")
        assert (await carla.post(f"{path}/report", data=first)).status_code == 303
        assert "ningún informe de la etapa" not in (await carla.get("/desk")).text
        world.clock.move(minutes=20)
        decide(world, process, "TOWN-0002", "not_selected", "El municipio ya licitó otra obra en el mismo lugar.")
        publish(world, process)
        report = await carla.get(path)
        assert "De 2 propuestas decididas, siguieron 2" in report.text
        assert "ya licitó otra obra" not in report.text
        assert "Después de esta versión se publicaron otras decisiones" in report.text
        desk = await carla.get("/desk")
        assert "ningún informe de la etapa" in desk.text, desk.headers
        second = {"purpose": "Se preguntó qué mejorar.", "change_note": "Cambió la decisión sobre TOWN-0002."}
        second |= form_of(report.text, f"{path}/report")
        assert (await carla.post(f"{path}/report", data=second)).status_code == 303
        assert "ya licitó otra obra" in (await carla.get(path)).text
        assert "ya licitó otra obra" not in (await carla.get(f"{path}?version=1")).text


async def test_the_second_official_approves_on_the_page_of_the_letter_and_the_first_is_told_who_may(
    world: World,
) -> None:
    process = decided(world, "ana", "bruno")
    draft(world, process)
    here = f"{OFFICE}/answers/decision"
    letter = f"{here}/letters/{letters(world)[0].id}"
    async with world.browser("carla") as carla, world.browser("hugo") as hugo:
        listing = (await carla.get(here)).text
        assert "Falta responder a 2 personas, sobre 2 propuestas." in listing
        assert "La puede aprobar: Hugo Pino" in (await carla.get(letter)).text
        assert "Las puede aprobar: Hugo Pino" in listing
        assert 'value="all"' not in listing
        page = await hugo.get(letter)
        assert 'value="all"' in (await hugo.get(here)).text
        sent = await hugo.post(f"{here}/approval", data=form_of(page.text, f"{here}/approval"))
        assert sent.headers["location"] == here
        assert "1 carta va en camino." in (await hugo.get(here)).text
        assert f'action="{here}/approval"' not in (await hugo.get(letter)).text


async def test_approving_all_leaves_out_what_one_wrote_oneself(world: World) -> None:
    process = decided(world, "ana", "bruno")
    draft(world, process)
    here = f"{OFFICE}/answers/decision"
    letter = f"{here}/letters/{letters(world)[0].id}"
    async with world.browser("hugo") as hugo:
        page = await hugo.get(letter)
        sent = await hugo.post(letter, data={"note": "Gracias por escribirnos."} | form_of(page.text, letter))
        assert sent.status_code == 303
        listing = await hugo.get(here)
        assert "Aprobar todas las que escribió otra persona" in listing.text
        sent = await hugo.post(f"{here}/approval", data={"which": "all"} | form_of(listing.text, f"{here}/approval"))
        assert sent.status_code == 303
    assert sorted(one.state.value for one in letters(world)) == ["approved", "draft"]
