"""The events of the networks: announced, and taken off the page again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.editorial.models import NetworkEvent
from app.editorial.queries import articles
from app.editorial.rules.words import LONGEST_TEXT, LONGEST_TITLE, ArticleKind, Network, check_link
from app.kit import ids
from app.kit.errors import Conflict, Invalid
from app.kit.i18n import T, Text
from app.people.rules import Permission
from app.process.models import Process
from app.work import Work

LONGEST_PLACE = 300


@dataclass(frozen=True)
class Event:
    """What a network invites to."""

    title: str
    held_on: str
    place: str = ""
    link: str = ""
    text: str = ""


def announce(work: Work, process: Process, network: Network, wish: Event) -> NetworkEvent:
    """Put an event on the page of a network. Office."""
    work.require(Permission.PUBLISH_CONTENT, process.id)
    articles.named(work.session, process.id, ArticleKind.NETWORK, network.value)
    faults: dict[str, Text] = {}
    if not wish.title:
        faults["title"] = T("Write a title.")
    for name, most in (("title", LONGEST_TITLE), ("place", LONGEST_PLACE), ("text", LONGEST_TEXT)):
        if len(getattr(wish, name)) > most:
            faults[name] = T("This is too long: at most {n} characters.", n=most)
    if not wish.place and not wish.link:
        faults["place"] = T("Say where it is, or write a link.")
    try:
        day = date.fromisoformat(wish.held_on)
    except ValueError:
        faults["held_on"] = T("Choose the day.")
    if faults:
        raise Invalid(**faults)
    event = NetworkEvent(
        id=ids.new_id(),
        process_id=process.id,
        network=network,
        number=articles.last_event(work.session, process.id, network) + 1,
        title=wish.title,
        held_on=day,
        place=wish.place,
        link=check_link(wish.link) if wish.link else "",
        text=wish.text,
        entered_at=work.now,
    )
    work.session.add(event)
    work.session.flush()
    work.record("network.event_announced", event.subject)
    return event


def call_off(work: Work, event: NetworkEvent) -> None:
    """Take an event off the page of its network. Office."""
    work.require(Permission.PUBLISH_CONTENT, event.process_id)
    if event.taken_out_at is not None:
        raise Conflict(T("This event is no longer on the page."))
    event.taken_out_at = work.now
    work.session.flush()
    work.record("network.event_taken_off", event.subject)
