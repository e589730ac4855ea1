"""What the office writes in a process, made in one line each."""

from __future__ import annotations

import hashlib
from typing import Any

from app.documents import actions as documents
from app.documents.inspecting import Clean, Looked
from app.documents.rules import Kind
from app.editorial import actions
from app.editorial.actions import Address, Entry, Event, Shelved, Words
from app.editorial.models import Article, LibraryItem, NetworkEvent, OutreachAct
from app.editorial.rules.words import ArticleKind, Network
from app.process.models import Process
from tests.world import World

TEXT = "La consulta abre a las **nueve**."


class EditorialBuilder:
    """The office of one process at its desk."""

    def __init__(self, world: World, process: Process) -> None:
        self.world = world
        self.process = process

    def text(self, kind: ArticleKind = ArticleKind.NEWS, name: str = "", **said: Any) -> Article:
        words = Words(**{"title_es": "Abre la consulta", "text_es": TEXT} | said)
        with self.world.work("carla") as work:
            return actions.publish(work, self.process, Address(kind, name), words)

    def document(self, content: bytes = b"", /, **told: Any) -> LibraryItem:
        facts = {"title_es": "Cuarto plan", "about_es": "El plan anterior.", "type": "plan", "dated_on": "2018"}
        with self.world.work("carla") as work:
            if content:
                clean = Clean("acta.txt", Kind.TEXT, content, hashlib.sha256(content).hexdigest())
                told["file"] = documents.keep(work, Looked((clean,))).documents[0].id
            else:
                told = {"link": "https://example.org/plan.pdf"} | told
            return actions.shelve(work, self.process, Shelved(**facts | told))

    def outreach(self, **told: Any) -> OutreachAct:
        facts: dict[str, Any] = {"what": "Aviso en la radio local", "dated_on": "2026-05", "channel": "radio"}
        facts |= {"groups": ("rural",), "reach_known": "unknown"}
        with self.world.work("carla") as work:
            return actions.enter(work, self.process, Entry(**facts | told))

    def event(self, **told: Any) -> NetworkEvent:
        facts = {"title": "Encuentro anual", "held_on": "2026-07-01", "place": "Valdivia"} | told
        with self.world.work("carla") as work:
            return actions.announce(work, self.process, Network.CIVIL_SOCIETY, Event(**facts))
