"""The pages of the draft: reading it, commenting, the table of answers, and the office that answers."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.commitments.models import DraftComment, DraftIssue
from app.mail.models import OutboxMessage
from tests.commitments.drafting import REASON, SAID, DraftBuilder
from tests.costs import cost
from tests.world import World, address, form_of

pytestmark = pytest.mark.either

DRAFT = "/p/plan/draft"
OFFICE = "/p/plan/office/draft"
API = "/api/v1/processes/plan"


@pytest.fixture
def draft(world: World) -> DraftBuilder:
    return DraftBuilder(world, world.open_process("plan", template="ogp_action_plan"))


def said_by(world: World) -> list[DraftComment]:
    with world.database.reading() as session:
        return list(session.scalars(select(DraftComment).order_by(DraftComment.number)))


async def test_a_town_meets_nothing_of_it(world: World, draft: DraftBuilder) -> None:
    town = world.open_process("town")
    world.admitted(town, "ana")
    async with world.browser("carla") as carla:
        for path in ("", "/comment", "/comments", "/issues", "/1"):
            assert (await carla.get(f"/p/town/draft{path}")).status_code == 404
        assert (await carla.get("/p/town/office/draft")).status_code == 404
        page = (await carla.get("/p/town")).text
        data = (await carla.get("/p/town/data")).text
        assert (await carla.get("/api/v1/processes/town/draft-comments")).status_code == 404
    for word in ("/draft", "borrador", "draft_comments"):
        assert word not in page + data
    async with world.browser() as reader:
        assert f'href="{DRAFT}"' in (await reader.get("/p/plan")).text
        assert "draft_comments" in (await reader.get("/p/plan/data")).text


async def test_the_draft_is_nobodys_to_read_before_its_stage_opens(world: World, draft: DraftBuilder) -> None:
    later = world.open_process("later", template="ogp_action_plan", folio_prefix="LATE")
    DraftBuilder(world, later)
    world.clock.move(hours=-2)
    async with world.browser() as reader:
        page = (await reader.get("/p/later/draft")).text
        assert "se podrá leer y comentar desde" in page
        assert "Compras abiertas" not in page
        for path in ("/p/later/draft/1", "/p/later/commitments/1/versions", "/p/later/commitments/1"):
            assert (await reader.get(path)).status_code == 404, path


async def test_anybody_reads_the_draft_comments_on_a_part_and_gets_a_receipt(world: World, draft: DraftBuilder) -> None:
    form_at = f"{DRAFT}/comment"
    async with world.browser() as reader:
        assert "Compras abiertas" in (await reader.get(DRAFT)).text
        one = (await reader.get(f"{DRAFT}/1")).text
        assert "Publicar cada compra." in one
        assert f"{form_at}?about=1&amp;section=solution" in one
        page = await reader.get(f"{form_at}?about=1&section=solution")
        assert "Publicar cada compra." in page.text
        typed = {"about": "1", "section": "solution", "text": SAID, "name": "Marta", "email": "marta@example.org"}
        sent = await reader.post(form_at, data=typed | form_of(page.text, form_at))
        receipt = (await reader.get(sent.headers["location"])).text
        assert (await reader.get(f"{DRAFT}/receipt/forged")).status_code == 404
        unread = (await reader.get(f"{DRAFT}/comments")).text
    for words in ("PLAN-C0001", SAID, "dentro de 7 días"):
        assert words in receipt
    assert SAID not in unread
    assert (said_by(world)[0].section, said_by(world)[0].text_version) == ("solution", 1)


async def test_nothing_typed_is_lost_where_something_is_to_be_corrected(world: World, draft: DraftBuilder) -> None:
    form_at = f"{DRAFT}/comment"
    typed = {
        "about": "2",
        "section": "results",
        "text": "Muy corto.",
        "name": "Marta",
        "email": "marta",
        "publish_name": "yes",
    }
    async with world.browser() as reader:
        page = await reader.get(form_at)
        wrong = await reader.post(form_at, data=typed | form_of(page.text, form_at))
    assert wrong.status_code == 422
    for kept in (
        'value="2" selected',
        'value="results" selected',
        "\nMuy corto.</textarea>",
        'value="Marta"',
        'value="marta"',
        'name="publish_name" value="yes" checked',
    ):
        assert kept in wrong.text
    assert said_by(world) == []


async def test_a_late_comment_is_refused_with_the_dates_on_the_page_and_by_program(
    world: World, draft: DraftBuilder
) -> None:
    form_at = f"{DRAFT}/comment"
    async with world.browser() as reader:
        form = form_of((await reader.get(form_at)).text, form_at)
        world.clock.move(days=10)
        assert (await reader.get(form_at)).status_code == 409
        late = await reader.post(form_at, data={"text": SAID, "name": "Marta"} | form)
        assert late.status_code == 409
        assert SAID in late.text
        told = await reader.post(f"{API}/draft-comments", json={"text": SAID, "name": "Marta"})
        page = (await reader.get(DRAFT)).text
    assert told.status_code == 409
    closes_at = draft.stage().closes_at
    assert closes_at is not None
    assert told.json()["closes_at"].startswith(closes_at.strftime("%Y-%m-%dT%H:%M"))
    assert "El plazo para comentar terminó" in page
    assert f'href="{form_at}"' not in page


async def test_the_link_of_the_receipt_confirms_by_a_button_and_quotes_nothing_that_is_not_public(
    world: World, draft: DraftBuilder
) -> None:
    draft.comment("Marta Ruiz", email="marta@example.org")
    mine = f"{DRAFT}/mine/{draft.tokens()[0]}"
    async with world.browser() as reader:
        page = (await reader.get(mine)).text
        assert said_by(world)[0].confirmed_at is None
        assert (await reader.post(mine, data=form_of(page, mine))).status_code == 303
        after = (await reader.get(mine)).text
        assert (await reader.get(f"{DRAFT}/mine/nothing")).status_code == 404
    assert said_by(world)[0].confirmed_at == world.now
    assert "Su dirección está confirmada" in after
    assert "recibido, por leer" in after
    for hidden in (SAID, "Marta"):
        assert hidden not in page + after


def test_the_receipt_speaks_of_a_comment(world: World, draft: DraftBuilder) -> None:
    draft.comment("Marta Ruiz", email="marta@example.org")
    with world.database.reading() as session:
        (receipt,) = session.scalars(select(OutboxMessage).where(OutboxMessage.to_address == "marta@example.org"))
    for words in (receipt.text, receipt.html):
        assert "Su comentario llegó completo." in words


async def test_the_office_reads_groups_answers_and_publishes_without_scripts(world: World, draft: DraftBuilder) -> None:
    for who in ("ana", "bruno", "diego"):
        draft.comment(who, f"{SAID} ({who})")
    version = draft.rewrite(1, solution="Publicar cada compra antes del 1 de marzo.")
    async with world.browser("carla") as carla:
        page = (await carla.get(OFFICE)).text
        admission = form_of(page, f"{OFFICE}/admission")
        held = {"comments": ["PLAN-C0003"], "because": "off_topic"}
        half = await carla.post(f"{OFFICE}/holding", data={"comments": ["PLAN-C0003"]} | admission)
        assert half.status_code == 422
        assert 'value="PLAN-C0003" checked' in half.text
        assert (await carla.post(f"{OFFICE}/holding", data=held | admission)).status_code == 303
        admission = form_of((await carla.get(OFFICE)).text, f"{OFFICE}/admission")
        both = {"comments": ["PLAN-C0001", "PLAN-C0002"]}
        assert (await carla.post(f"{OFFICE}/admission", data=both | admission)).status_code == 303
        loose = form_of((await carla.get(f"{OFFICE}?kind=loose")).text, f"{OFFICE}/issues")
        empty = await carla.post(f"{OFFICE}/issues", data=both | loose)
        assert empty.status_code == 422
        assert 'value="PLAN-C0002" checked' in empty.text
        named = both | {"title": "El segundo hito necesita una fecha"}
        assert (await carla.post(f"{OFFICE}/issues", data=named | loose)).status_code == 303
        one = f"{OFFICE}/issues/1"
        form = form_of((await carla.get(one)).text, one)
        wrong = await carla.post(one, data={"response": "accepted", "reason": REASON} | form)
        assert wrong.status_code == 422
        assert REASON in wrong.text
        answer = {"response": "accepted", "reason": REASON, "changes": [f"1.{version}"]}
        assert (await carla.post(one, data=answer | form)).status_code == 303
        publication = form_of((await carla.get(OFFICE)).text, f"{OFFICE}/publication")
        published = await carla.post(f"{OFFICE}/publication", data=publication)
        assert published.headers["location"] == f"{DRAFT}/issues"
    async with world.browser() as reader:
        table = (await reader.get(f"{DRAFT}/issues")).text
        english = (await reader.get(f"/en{DRAFT}/issues")).text
        point = (await reader.get(f"{DRAFT}/issues/1")).text
        counted = (await reader.get(DRAFT)).text
        compared = await reader.get("/p/plan/commitments/1/versions?one=1&other=2")
    for words in (
        "El segundo hito necesita una fecha",
        "se acoge",
        REASON,
        "Compromiso 1, versión 2",
        "<span>2</span>",
    ):
        assert words in table
    assert "accepted" in english
    assert f"{SAID} (ana)" in point
    assert "No trata del borrador. (1)" in counted
    assert "antes del 1 de marzo" in compared.text
    for hidden in ("Ana Soto", "Bruno", address("ana"), "(diego)"):
        assert hidden not in table + point + counted


async def test_a_name_stands_beside_a_comment_only_where_its_author_chose_so(world: World, draft: DraftBuilder) -> None:
    draft.comment("ana", publish_name=True)
    draft.comment("bruno")
    draft.admit("PLAN-C0001", "PLAN-C0002")
    async with world.browser() as reader:
        page = (await reader.get(f"{DRAFT}/comments")).text
        told = (await reader.get(f"{API}/draft-comments")).json()
    assert "Ana Soto" in page
    assert "Bruno" not in page
    assert [item["published_as"] for item in told["items"]] == ["Ana Soto", ""]
    assert (told["total"], told["next"]) == (2, None)


async def test_bruno_cannot_read_what_waits_nor_answer_it(world: World, draft: DraftBuilder) -> None:
    said = draft.comment("ana")
    draft.admit(said.folio)
    draft.group(said.folio)
    draft.comment("diego", "Esto todavía no lo leyó nadie en la oficina.")
    async with world.browser("bruno") as bruno:
        for path in (OFFICE, f"{OFFICE}/issues/1"):
            assert (await bruno.get(path)).status_code == 403
        for path in ("admission", "holding", "issues", "publication", "issues/1", "issues/1/title", "issues/1/removal"):
            assert (await bruno.post(f"{OFFICE}/{path}", data={"comments": said.folio})).status_code == 403
        assert (await bruno.get(f"{DRAFT}/issues/1")).status_code == 404
        public = (await bruno.get(f"{DRAFT}/comments")).text
        told = (await bruno.get(f"{API}/draft-issues")).json()
    assert "Esto todavía no lo leyó nadie" not in public
    assert told == {"items": [], "next": None, "total": 0, "total_is_capped": False}
    with world.database.reading() as session:
        assert session.scalars(select(DraftIssue.published_version)).all() == [0]


async def test_the_title_and_the_comments_of_a_point_may_still_change_before_its_answer(
    world: World, draft: DraftBuilder
) -> None:
    draft.comment("ana")
    draft.admit("PLAN-C0001")
    draft.group("PLAN-C0001")
    one = f"{OFFICE}/issues/1"
    async with world.browser("carla") as carla:
        page = (await carla.get(one)).text
        blank = await carla.post(f"{one}/title", data={"title": ""} | form_of(page, f"{one}/title"))
        assert blank.status_code == 422
        renamed = await carla.post(f"{one}/title", data={"title": "Otra cosa"} | form_of(page, f"{one}/title"))
        assert renamed.status_code == 303
        removal = form_of(page, f"{one}/removal")
        assert (await carla.post(f"{one}/removal", data={"comments": "PLAN-C0001"} | removal)).status_code == 303
        assert "Otra cosa" in (await carla.get(one)).text
    assert said_by(world)[0].issue_id is None


async def test_a_program_comments_and_reads_the_table(world: World, draft: DraftBuilder) -> None:
    sent = {"text": SAID, "name": "Marta", "commitment": 1, "section": "problem"}
    async with world.browser() as program:
        received = await program.post(f"{API}/draft-comments", json=sent)
        assert (received.status_code, received.json()["folio"]) == (201, "PLAN-C0001")
        assert received.json()["receipt_was_sent"] is False
        wrong = await program.post(f"{API}/draft-comments", json=sent | {"text": "Corto", "commitment": 9})
        assert set(wrong.json()["fields"]) == {"text"}
        draft.admit("PLAN-C0001")
        draft.respond(draft.group("PLAN-C0001"), "accepted", change_words="Se agrega la fecha.")
        draft.publish()
        [issue] = (await program.get(f"{API}/draft-issues")).json()["items"]
        [said] = (await program.get(f"{API}/draft-comments")).json()["items"]
    told = ("issue", "comments", "response", "change_words", "version")
    assert [issue[name] for name in told] == [1, 1, "accepted", "Se agrega la fecha.", 1]
    assert [said[name] for name in ("folio", "commitment", "section", "issue")] == ["PLAN-C0001", 1, "problem", 1]


async def test_the_desk_says_what_waits(world: World, draft: DraftBuilder) -> None:
    draft.comment("ana")
    draft.comment("bruno")
    draft.admit("PLAN-C0001")
    draft.group("PLAN-C0001")
    async with world.browser("carla") as carla:
        desk = (await carla.get("/desk")).text
        front = (await carla.get("/p/plan")).text
    assert "1 comentario espera ser leído" in desk
    assert "1 punto sin respuesta pública" in desk
    assert f'href="{OFFICE}"' in desk
    assert "Se puede comentar el borrador hasta" in front


async def test_no_page_costs_more_with_more_comments(world: World, draft: DraftBuilder) -> None:
    draft.answered("ana")
    paths = (DRAFT, f"{DRAFT}/1", f"{DRAFT}/comments", f"{DRAFT}/issues", f"{DRAFT}/issues/1")
    few = [await cost(world, path) for path in paths]
    office = await cost(world, OFFICE, "carla")
    for n in range(8):
        said = draft.comment(f"Vecina {n}")
        draft.admit(said.folio)
        draft.respond(draft.group(said.folio, title=f"Punto {n}"))
    draft.publish()
    assert [await cost(world, path) for path in paths] == few
    assert await cost(world, OFFICE, "carla") == office
    assert max(few) <= 14
    assert office <= 16


async def test_long_lists_are_turned_page_by_page(world: World, draft: DraftBuilder) -> None:
    folios = [draft.comment(f"Vecina {n}").folio for n in range(51)]
    draft.admit(*folios)
    async with world.browser() as reader:
        first = (await reader.get(f"{DRAFT}/comments")).text
        second = (await reader.get(f"{DRAFT}/comments?after=50")).text
        told = (await reader.get(f"{API}/draft-comments?limit=50")).json()
    assert f"{DRAFT}/comments?after=50" in first
    assert ("PLAN-C0051" in first, "PLAN-C0051" in second) == (False, True)
    assert (told["next"], told["total"], len(told["items"])) == ("50", 51, 50)
