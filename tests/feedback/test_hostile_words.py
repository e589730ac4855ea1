"""What people type to be carried by a trusted sender stays words: in the real letter, as a mail server received it."""

from __future__ import annotations

import html as html_entities
import re

import pytest

from app.mail.transport import transport_of
from app.mail.wording import ZERO_WIDTH_SPACE, plain
from app.post_office.worker import Worker
from tests.feedback import deciding
from tests.journeys.mailboxes import Arrived, by_smtp
from tests.mail.hostile import CLICKABLE, CORPUS, Seen
from tests.mail.paper import ORIGIN
from tests.world import World, address

pytestmark = pytest.mark.either
HEADERS = ["From", "To", "Subject", "Message-ID", "Date", "Auto-Submitted", "Content-Language", "MIME-Version"]
AT_ONCE = 15
"""So many letters leave without waiting for somebody to look at the first. What no database takes is left out."""


def squeezed(text: str) -> str:
    return " ".join(text.replace(ZERO_WIDTH_SPACE, "").split())


def without_ours(text: str, origin: str, office: str) -> str:
    """The text without the addresses of this site and that of the office."""
    return re.sub(rf"{re.escape(origin)}/[A-Za-z0-9/_?=&.#-]*(?=[\s<\"]|$)", "", text).replace(office, "")


async def received(world: World, slug: str, typed: dict[str, str]) -> tuple[dict[str, Arrived], str]:
    """Each of these people has this name, proposed under this title and in these words, and got it as the reason."""
    process = world.open_process(slug)
    for who, words in typed.items():
        world.somebody(who, words)
        world.admitted(process, who, f"Título {words}", solution=f"Que se haga {words} en la plaza.")
    world.clock.move(days=11)
    for number, words in enumerate(typed.values(), start=1):
        deciding.decide(
            world, process, f"{slug.upper()}-{number:04d}", "not_selected", f"Se estudió {words} con calma."
        )
    deciding.publish(world, process)
    deciding.draft(world, process)
    deciding.approve(world, process)
    with by_smtp() as post:
        await Worker(world.database, transport_of(post.with_settings(world.settings))).run_until_idle()
        letters = {one.to: one for one in post.arrived if "Se estudi" in one.text}
    return letters, process.ask_at


@pytest.mark.parametrize("part", [0, 1])
async def test_nothing_typed_does_anything_in_the_letter_that_arrives(world: World, part: int) -> None:
    origin = world.settings.base_url.rstrip("/")
    corpus = [words.replace(ORIGIN, origin).replace("\x00", "") for words in CORPUS if "\ud800" not in words]
    typed = {f"quien{number}": words for number, words in enumerate(corpus[part * AT_ONCE : (part + 1) * AT_ONCE])}
    letters, office = await received(world, f"h{part}", typed)
    assert set(letters) == {address(who) for who in typed}
    for who, words in typed.items():
        letter = letters[address(who)]
        seen = Seen(letter.html)
        assert [name for name in letter.headers if name not in {*HEADERS, "Content-Type", "Reply-To"}] == []
        assert [one for one in seen.addresses if not one.startswith((f"{origin}/", f"mailto:{office}"))] == []
        assert not seen.tags & {"script", "img", "iframe", "form", "object", "link"}
        for told in (letter.subject, letter.text, seen.words):
            assert CLICKABLE.findall(without_ours(told, origin, office)) == []
        body = html_entities.unescape(letter.html.partition("</head>")[2])
        assert CLICKABLE.findall(without_ours(re.sub(r'href="[^"]*"', "", body), origin, office)) == []
        for told in (letter.text, seen.words):
            assert squeezed(f"Se estudió {plain(words)} con calma.") in squeezed(told)
