"""From the form to the receipt: a last look, a draft that waits, others who sign, and sums of who proposes."""

from __future__ import annotations

import hashlib
import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.accounts import erasing
from app.duties.rules import Part
from app.mail.models import OutboxMessage
from app.people.actor import Actor
from app.people.models import Person
from app.proposals import traits
from app.proposals.actions import advance, counting, drafting
from app.proposals.consent import CONSENTS, CURRENT, SIGNING
from app.proposals.models import Author, CoAuthorRequest, Proposal, ProposalDraft, TraitCount
from app.proposals.traits import Trait
from app.trail.models import Entry
from tests.world import World, form_of

FORM = "/p/town/propose"
TYPED = {
    "title": "Publicar las actas del concejo",
    "problem": "Las actas se publican como imágenes.\nNadie puede buscar en ellas.",
    "solution": "Publicar cada acta como texto dentro de cinco días.",
    "name": "Ana Soto",
    "contact_kind": "email",
    "contact": "Ana@Example.org",
    "publish_as": "own",
}
WORDS_OF_CONSENTS = {"2026-11": "8607c8a5191b16af"}
"""The first half of the hash of each version's words: what somebody agreed to is never rewritten."""


def letters_to(world: World, address: str) -> list[str]:
    with world.database.reading() as session:
        wanted = select(OutboxMessage.text).where(OutboxMessage.to_address == address)
        return list(session.scalars(wanted.order_by(OutboxMessage.created_at, OutboxMessage.id)))


def link_in(letter: str, part: str) -> str:
    found = re.search(rf"https?://[^/\s]+(/p/town/{part}/\S+)", letter)
    assert found, letter
    return found[1]


async def test_the_last_look_shows_all_of_it_and_receives_nothing(world: World) -> None:
    world.open_process()
    async with world.browser() as browser:
        hidden = form_of((await browser.get(FORM)).text, f"{FORM}/look")
        seen = await browser.post(f"{FORM}/look", data=TYPED | hidden | {"written_in": "arn", "values": "innovation"})
        assert seen.status_code == 200
        for words in ("Publicar las actas", "Nadie puede buscar", "cinco días", "Mapudungun", "Innovación"):
            assert words in seen.text
        assert "consent" not in form_of(seen.text, FORM)
        carried = form_of(seen.text, FORM)
        without = await browser.post(FORM, data=carried)
        assert without.status_code == 422
        assert 'href="#f-consent"' in without.text
        assert "Publicar las actas" in without.text
        back = await browser.post(f"{FORM}/change", data=carried)
        assert 'value="Publicar las actas del concejo"' in back.text
        assert "Nadie puede buscar en ellas.</textarea>" in back.text
        with world.database.reading() as session:
            assert session.scalar(select(func.count()).select_from(Proposal)) == 0
        sent = await browser.post(FORM, data=carried | {"consent": CURRENT})
        assert sent.status_code == 303
    with world.database.reading() as session:
        proposal = session.scalars(select(Proposal)).one()
        author = session.scalars(select(Author)).one()
    assert (proposal.written_in, proposal.language, author.consent) == ("arn", "es", CURRENT)


async def test_what_was_agreed_to_before_does_not_do_for_new_words(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.open_process()
    monkeypatch.setitem(CONSENTS, "2020-01", CONSENTS[CURRENT])
    async with world.browser() as browser:
        sent = await browser.post(FORM, data=TYPED | {"form_key": "k", "consent": "2020-01"})
    assert sent.status_code == 422
    assert "cambió desde que abrió el formulario" in sent.text


def test_the_words_of_a_version_stay_as_they_were_agreed_to() -> None:
    all_words = {version: [*told, *SIGNING[version]] for version, told in CONSENTS.items()}
    said = {version: "\n".join(words.into("es") for words in told) for version, told in all_words.items()}
    hashes = {version: hashlib.sha256(words.encode()).hexdigest()[:16] for version, words in said.items()}
    assert hashes == WORDS_OF_CONSENTS
    assert max(CONSENTS) == CURRENT


async def test_a_draft_waits_on_the_server_and_goes_once_it_was_received(world: World) -> None:
    world.open_process()
    async with world.browser() as browser:
        hidden = form_of((await browser.get(FORM)).text, f"{FORM}/look")
        assert (await browser.post(f"{FORM}/draft", data=TYPED | hidden)).status_code == 204
        longer = TYPED | hidden | {"cause": "Se escanean."}
        later = await browser.post(f"{FORM}/later", data=longer)
        assert later.status_code == 303
        again = await browser.post(f"{FORM}/later", data=longer)
        assert again.status_code == 303
        [letter] = letters_to(world, "ana@example.org")
        assert "actas" not in letter
    async with world.browser() as elsewhere:
        shown = (await elsewhere.get(link_in(letter, "propose/draft"))).text
        assert 'value="Publicar las actas del concejo"' in shown
        assert "Se escanean.</textarea>" in shown
        carried = form_of(shown, f"{FORM}/look") | TYPED | {"consent": CURRENT, "form_key": "k"}
        assert (await elsewhere.post(FORM, data=carried)).status_code == 303
        assert (await elsewhere.get(link_in(letter, "propose/draft"))).status_code == 404
    with world.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(ProposalDraft)) == 0


async def test_a_draft_needs_an_address_and_a_link_of_ours(world: World) -> None:
    world.open_process()
    async with world.browser() as browser:
        hidden = form_of((await browser.get(FORM)).text, f"{FORM}/look")
        nobody = await browser.post(f"{FORM}/later", data=TYPED | hidden | {"contact": ""})
        assert nobody.status_code == 422
        assert "Nadie puede buscar" in nobody.text
        forged = await browser.post(f"{FORM}/draft", data=TYPED | hidden | {"draft": "abc"})
        assert forged.status_code == 404
        assert (await browser.get(f"{FORM}/draft/abc")).status_code == 404


async def test_after_the_window_a_draft_can_still_be_read_and_is_forgotten_in_time(world: World) -> None:
    world.open_process()
    async with world.browser() as browser:
        hidden = form_of((await browser.get(FORM)).text, f"{FORM}/look")
        await browser.post(f"{FORM}/later", data=TYPED | hidden)
        link = link_in(letters_to(world, "ana@example.org")[0], "propose/draft")
        world.clock.move(days=12)
        late = await browser.get(link)
        assert late.status_code == 200
        assert "Nadie puede buscar" in late.text
        assert form_of(late.text, f"{link}/erase")
    for days, left in ((160, 1), (20, 0)):
        world.clock.move(days=days)
        with world.work(Actor.system()) as work:
            drafting.forget_old(work)
            assert work.session.scalar(select(func.count()).select_from(ProposalDraft)) == left


async def test_what_was_begun_stands_on_ones_own_desk_and_on_nobody_elses(world: World) -> None:
    world.open_process()
    async with world.browser() as browser:
        hidden = form_of((await browser.get(FORM)).text, f"{FORM}/look")
        await browser.post(f"{FORM}/draft", data=TYPED | hidden)
    async with world.browser("ana") as browser:
        assert "Publicar las actas del concejo" in (await browser.get("/account")).text
    async with world.browser("bruno") as browser:
        assert "Publicar las actas del concejo" not in (await browser.get("/account")).text


async def test_an_erased_persons_drafts_go_with_them(world: World) -> None:
    world.open_process()
    async with world.browser() as browser:
        hidden = form_of((await browser.get(FORM)).text, f"{FORM}/look")
        await browser.post(f"{FORM}/draft", data=TYPED | hidden)
    with world.work("ana") as work:
        erasing.erase(work, work.session.get_one(Person, world.people["ana"].id))
    with world.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(ProposalDraft)) == 0


async def _sent_with(world: World, *others: str) -> None:
    async with world.browser() as browser:
        more = {"co_authors": "\n".join(others), "consent": CURRENT, "form_key": "k"}
        assert (await browser.post(FORM, data=TYPED | more)).status_code == 303


async def test_others_sign_for_themselves_and_are_answered_too(world: World) -> None:
    world.open_process()
    await _sent_with(world, "berta@example.org", "camilo@example.org")
    [letter] = letters_to(world, "berta@example.org")
    assert "TOWN-0001" in letter
    assert "Ana" not in letter
    path = link_in(letter, "co-author")
    async with world.browser() as browser:
        page = await browser.get(path)
        assert "Nadie puede buscar en ellas." in page.text
        missing = await browser.post(path, data=form_of(page.text, path) | {"name": "Berta Paz", "publish_as": "own"})
        assert missing.status_code == 422
        typed = {"name": "Berta Paz", "publish_as": "own", "consent": CURRENT}
        joined = await browser.post(path, data=form_of(page.text, path) | typed)
        assert joined.status_code == 303
        assert "Berta Paz" in (await browser.get(joined.headers["location"])).text
        twice = await browser.post(path, data=typed | {"form_key": "other"})
        assert twice.status_code == 409
        declined = link_in(letters_to(world, "camilo@example.org")[0], "co-author")
        assert (await browser.post(f"{declined}/decline", data={})).status_code == 303
    with world.database.reading() as session:
        proposal = session.scalars(select(Proposal)).one()
        authors = session.scalars(select(Author).order_by(Author.id)).all()
        requests = session.scalars(select(CoAuthorRequest)).all()
        verbs = session.scalars(select(Entry.verb).where(Entry.verb.contains("co_author")).order_by(Entry.seq)).all()
    assert proposal.public_names == "Ana Soto, Berta Paz"
    assert [(one.part, one.confirmed_at is not None) for one in authors] == [
        (Part.AUTHOR, False),
        (Part.CO_AUTHOR, True),
    ]
    assert [one.address for one in requests] == [None, None]
    assert verbs == [
        "proposal.co_authors_asked",
        "proposal.co_author_joined",
        "proposal.co_author_declined",
    ]


@pytest.mark.parametrize(
    ("others", "said"),
    [
        (("berta@", "carlos"), "No es una dirección de correo completa: berta@, carlos"),
        (tuple(f"n{n}@example.org" for n in range(11)), "10 personas como máximo"),
    ],
)
async def test_addresses_of_others_are_checked(world: World, others: tuple[str, ...], said: str) -> None:
    world.open_process()
    async with world.browser() as browser:
        sent = await browser.post(f"{FORM}/look", data=TYPED | {"co_authors": "\n".join(others)})
    assert sent.status_code == 422
    assert said in sent.text
    assert others[0] in sent.text


async def test_nobody_is_written_to_more_than_three_times_a_day(world: World) -> None:
    world.open_process()
    async with world.browser() as browser:
        for n in range(5):
            more = {"co_authors": "berta@example.org", "consent": CURRENT, "form_key": f"k{n}"}
            await browser.post(FORM, data=TYPED | more | {"contact": f"a{n}@example.org"})
    assert len(letters_to(world, "berta@example.org")) == 3


async def test_a_withdrawn_proposal_is_signed_by_nobody_and_a_wrong_link_leads_nowhere(world: World) -> None:
    world.open_process()
    await _sent_with(world, "berta@example.org")
    path = link_in(letters_to(world, "berta@example.org")[0], "co-author")
    with world.work(Actor.system()) as work:
        proposal = work.session.scalars(select(Proposal)).one()
        advance(work, proposal, "withdraw", because="author")
    async with world.browser() as browser:
        typed = {"name": "Berta Paz", "publish_as": "own", "consent": CURRENT, "form_key": "k"}
        assert (await browser.post(path, data=typed)).status_code == 409
        assert (await browser.get(path.replace("co-author/", "co-author/x"))).status_code == 404


async def test_who_proposes_is_counted_and_nothing_says_whose_answer_it_was(world: World) -> None:
    world.open_process()
    async with world.browser() as browser:
        sent = await browser.post(FORM, data=TYPED | {"consent": CURRENT, "form_key": "k"})
        receipt = sent.headers["location"]
        assert f"{receipt}/about-you" in (await browser.get(receipt)).text
        page = await browser.get(f"{receipt}/about-you")
        hidden = form_of(page.text, f"{receipt}/about-you")
        wrong = await browser.post(f"{receipt}/about-you", data=hidden | {"age": "999"})
        assert wrong.status_code == 422
        told = await browser.post(f"{receipt}/about-you", data=hidden | {"age": "15_29", "gender": "woman", "home": ""})
        assert told.status_code == 303
        twice = await browser.post(f"{receipt}/about-you", data={"age": "15_29", "form_key": "other"})
        assert twice.status_code == 409
        assert f"{receipt}/about-you" not in (await browser.get(receipt)).text
    with world.database.reading() as session:
        process_id = session.scalars(select(Proposal.process_id)).one()
        found = counting.sums(session, process_id)
        columns = {column.name for column in TraitCount.__table__.columns}
    assert found == {Trait.AGE: {"15_29": 1}, Trait.GENDER: {"woman": 1}}
    assert columns == {"process_id", "trait", "answer", "n"}


def test_every_trait_has_its_question_and_answers() -> None:
    assert set(traits.QUESTIONS) == set(traits.ANSWERS) == set(Trait)
    assert all(len(answers) >= 2 for answers in traits.ANSWERS.values())


async def test_htmx_is_answered_with_the_part_of_the_page_that_changes(world: World) -> None:
    world.open_process()
    async with world.browser() as browser:
        browser.headers["hx-request"] = "true"
        wrong = await browser.post(f"{FORM}/look", data=TYPED | {"title": ""})
        assert (wrong.status_code, "<html" in wrong.text) == (422, False)
        seen = await browser.post(f"{FORM}/look", data=TYPED)
        assert (seen.headers["hx-push-url"], "<html" in seen.text) == (f"{FORM}/look", False)
        sent = await browser.post(FORM, data=TYPED | {"consent": CURRENT, "form_key": "k"})
        assert (sent.status_code, "/receipt/" in sent.headers["hx-location"]) == (204, True)
        world.clock.move(days=12)
        late = await browser.post(f"{FORM}/look", data=TYPED)
        assert (late.status_code, late.headers["hx-retarget"]) == (409, "#main")


def test_a_draft_is_kept_for_half_a_year() -> None:
    assert timedelta(days=180) == drafting.KEPT


async def test_an_old_telephone_that_sends_no_newer_headers_can_propose(world: World) -> None:
    """Safari before 16.4 (iOS 15) sends no Sec-Fetch-Site, and no Origin from a page that a reader opened: there the
    token of the form is the proof.
    """
    world.open_process()
    async with world.browser() as browser:
        del browser.headers["sec-fetch-site"]
        browser.headers["user-agent"] = "Mozilla/5.0 (iPhone; CPU iPhone OS 15_8 like Mac OS X) Safari/604.1"
        form = form_of((await browser.get(FORM)).text, f"{FORM}/look")
        seen = await browser.post(f"{FORM}/look", data=TYPED | form)
        carried = form_of(seen.text, FORM) | {"consent": CURRENT}
        forged = await browser.post(FORM, data=carried | {"form_token": "0" * 64})
        sent = await browser.post(FORM, data=carried)
        with_origin = await browser.post(f"{FORM}/look", data=TYPED, headers={"origin": world.settings.base_url})
        from_elsewhere = await browser.post(FORM, data=carried, headers={"origin": "https://elsewhere.example"})
    assert (forged.status_code, sent.status_code) == (403, 303)
    assert (with_origin.status_code, from_elsewhere.status_code) == (200, 403)


async def test_who_signed_too_takes_off_a_name_and_neither_changes_nor_withdraws_the_proposal(world: World) -> None:
    world.open_process()
    await _sent_with(world, "Berta Paz <berta@example.org>", "ana@example.org")
    assert len(letters_to(world, "ana@example.org")) == 1  # the receipt: one's own address is nobody else's
    path = link_in(letters_to(world, "berta@example.org")[0], "co-author")
    async with world.browser() as browser:
        typed = {"name": "Berta Paz", "publish_as": "own", "consent": CURRENT, "form_key": "k"}
        receipt = (await browser.get((await browser.post(path, data=typed)).headers["location"])).text
        code = re.findall(r"<dd>([0-9A-Z]{8})</dd>", receipt)[0]
        own = (await browser.post("/follow", data={"folio": "TOWN-0001", "code": code})).headers["location"]
        page = (await browser.get(own)).text
        base = own.replace("/follow/", "/p/town/own/")
        assert f"{base}/edit" not in page
        assert (await browser.post(f"{base}/withdraw", data={"form_key": "w"})).status_code == 403
        texts = {"title": "Otra cosa", "problem": "x" * 30, "solution": "y" * 30, "form_key": "e"}
        assert (await browser.post(f"{base}/edit", data=texts)).status_code == 403
        named = await browser.post(f"{base}/name", data={"publish_as": "none", "form_key": "n"})
        assert named.status_code == 303
    with world.database.reading() as session:
        proposal = session.scalars(select(Proposal)).one()
    assert (proposal.title, proposal.state.value, proposal.public_names) == (
        TYPED["title"],
        "submitted",
        "Ana Soto, Sin nombre",
    )


async def test_a_link_to_a_draft_that_was_sent_says_so_and_files_wait_with_it(world: World) -> None:
    world.open_process()
    async with world.browser() as browser:
        hidden = form_of((await browser.get(FORM)).text, f"{FORM}/look")
        files = [("files", ("plano.txt", b"hola", "text/plain"))]
        kept = await browser.post(f"{FORM}/later", data=TYPED | hidden, files=files)
        shown = (await browser.get(kept.headers["location"])).text
        assert "plano.txt" in shown
        assert "ana@example.org" in shown
        sent = await browser.post(FORM, data=TYPED | hidden | {"consent": CURRENT, "form_key": "k"})
        assert sent.status_code == 303
        gone = await browser.get(kept.headers["location"])
    assert gone.status_code == 404
    assert "ya se envió, o se borró" in gone.text


async def test_a_telephone_number_is_whole(world: World) -> None:
    """Without e-mail what is wrong is told beside the field it was written in, and a number needs no ticking."""
    world.open_process()
    by_phone = {"contact_kind": "phone", "contact": "", "other_contact": "+56 9 1234"}
    unticked = {"contact_kind": "", "contact": "", "other_contact": "55 912345678"}
    async with world.browser() as browser:
        short = await browser.post(f"{FORM}/look", data=TYPED | by_phone)
        whole = await browser.post(f"{FORM}/look", data=TYPED | by_phone | {"other_contact": "+56 9 1234 5678"})
        guessed = await browser.post(f"{FORM}/look", data=TYPED | unticked)
        posted = await browser.post(f"{FORM}/look", data=TYPED | unticked | {"other_contact": "Prat 22, Arica"})
        empty = await browser.post(f"{FORM}/look", data=TYPED | by_phone | {"other_contact": ""})
    assert [page.status_code for page in (short, whole, guessed, posted, empty)] == [422, 200, 200, 200, 422]
    assert ("Por teléfono: 55 912345678" in guessed.text, "Por correo postal: Prat 22" in posted.text) == (True, True)
    for page in (short, empty):
        assert ('href="#f-other_contact"' in page.text, 'href="#f-contact"' in page.text) == (True, False)
