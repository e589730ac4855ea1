"""Who and what the whole way is about, and what several of its steps do alike."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.kit.text import say_date
from app.parts import due
from tests.journeys import steps
from tests.journeys.mailboxes import Arrived
from tests.journeys.plain import Typed
from tests.journeys.steps import ZONE, Browser, Sent, Site

PLAN = "septimo"
P = f"/p/{PLAN}"
OFFICE = f"{P}/office"
FORUM = f"{OFFICE}/forum"
TODAY: dict[str, Typed] = {"place": "Sala 1", "short_notice": "Se llama hoy porque el plazo vence."}
ASK_AT = "Teléfono 2 2555 0000, oficina de partes"
AUTHORS = {
    "ana": "Abrir los datos de compras públicas",
    "bruno": "Publicar las actas de los consejos como texto",
    "camila": "Un presupuesto joven en cada comuna",
    "dora": "Avisar a quien reclamó en qué quedó su reclamo",
    "elisa": "Pintar de otro color los edificios públicos",
    "fermin": "Un mapa de las obras que están detenidas",
}
ON_PHONES = "a phone in the room"


@dataclass
class Way:
    """One run of the story: the site, and what was kept of earlier steps."""

    site: Site
    capsys: pytest.CaptureFixture[str]
    sent: dict[str, Sent] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    starts: dict[str, datetime] = field(default_factory=dict)

    async def of(self, who: str) -> Browser:
        """Somebody's own browser, signed in now."""
        return await self.site.signed_in(who, self.capsys)

    def folio(self, who: str) -> str:
        return self.sent[who].folio

    def local(self, **later: float) -> str:
        """So much later, as one types it into a field for a date and an hour."""
        return self.site.local(self.site.clock.now + timedelta(**later))

    def day(self, **later: float) -> str:
        """So much later, as one types it into a field for a date."""
        return self.local(**later)[: len("2026-06-01")]

    async def look(self) -> None:
        """The worker looks: what is due by the clock, what was asked of it, and the letters."""
        site = self.site
        due.do_what_is_due(site.settings, site.database, site.clock)
        while (job := due._claim(site.database, site.clock)) is not None:
            due.do_job(site.database, job, site.clock)
        await site.deliver()

    def to(self, who: str, words: str = "") -> list[Arrived]:
        """The letters in a mailbox, or those that say this in their subject."""
        return [letter for letter in self.site.post.letters(steps.address(who)) if words in letter.subject]

    def link_in(self, letter: Arrived, kind: str) -> str:
        """The address of this kind in a letter, without the name of the site."""
        found = re.search(rf"https?://[^/\s]+(/p/\S+/{kind}/[\w-]+)", letter.text)
        assert found, f"no link to {kind} in: {letter.text}"
        return found[1]

    async def read(self, path: str, *words: str, device: str = "the library") -> str:
        """Open a page as a stranger and find these words on it; what it says."""
        said = steps.words_of(await self.site.somebody(device).open(path))
        missing = [one for one in words if one not in said]
        assert missing == [], f"{path} does not say {missing}: {said}"
        return said


def day_in_words(moment: datetime) -> str:
    """A day as a Spanish page says it."""
    return say_date(moment.astimezone(ZoneInfo(ZONE)).date(), "es")


def link_on(page: str, pattern: str) -> str:
    """The first address on a page that fits."""
    found = re.search(rf'(?:href|action)="({pattern})"', page)
    assert found, f"nothing leads to {pattern}"
    return html.unescape(found[1])


async def call_session(way: Way, who: Browser, agenda: str) -> str:
    """Call a session of the forum for this minute, begin it, and note everybody but one as present; its address."""
    await who.send(f"{FORUM}/sessions", kind="ordinary", held_at=way.local(), agenda=agenda, **TODAY)
    at = who.at
    await who.send(at, f"{at}/state")
    there = {f"seat-{n}": "holder" for n in (1, 2, 3)} | {"seat-4": "absent"}
    said = steps.words_of(await who.send(at, f"{at}/attendance", **there))
    assert "Hay quórum" in said
    return at


def lines(way: Way, decided: dict[str, tuple[str, str]], left: dict[str, str] | None = None) -> dict[str, Typed]:
    """What is typed going down the list: the outcome and reason of each, and why the rule was left."""
    typed: dict[str, Typed] = {}
    for who, (outcome, reason) in decided.items():
        typed |= {f"outcome-{way.folio(who)}": outcome, f"reason-{way.folio(who)}": reason}
    for who, reason in (left or {}).items():
        typed[f"override_reason-{way.folio(who)}"] = reason
    return typed


async def answer_everybody(way: Way, stage: str) -> None:
    """One drafts, another approves, the worker sends; of many the first are looked at before the others leave."""
    await steps.draft(await way.of("carla"), PLAN, stage)
    await way.look()
    await steps.approve_all(await way.of("hugo"), PLAN, stage)
    await way.look()
    if await steps.let_rest_go(await way.of("hugo"), PLAN, stage):
        await way.look()


def one_answer_each(way: Way, stage_words: str, reasons: dict[str, str]) -> None:
    """Each of these has one answer with these words in its subject, and it gives their reason."""
    for who, reason in reasons.items():
        letters = [one for one in steps.answers(way.site, steps.address(who)) if reason in " ".join(one.text.split())]
        assert len(letters) == 1, f"{who} ({stage_words}): {[letter.subject for letter in letters]}"
        assert letters[0].says(reason), letters[0].text
