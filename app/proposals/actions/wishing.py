"""What somebody sends in, and what of it cannot be taken: one sentence per field."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date

from app.kit.errors import Invalid
from app.kit.i18n import T, Text
from app.people.addresses import NOT_WHOLE, is_address
from app.people.rules import ContactKind, OriginSector
from app.proposals import rules
from app.proposals.models import Invitation
from app.proposals.rules import Channel, Provenance, PublishAs, Value

LONGEST_CONTACT = 300
FEWEST_FIGURES, FEWEST_ABROAD = 6, 10
"""Of a telephone number as it is dialled in its own town, and of one with the code of its country."""


@dataclass(frozen=True)
class Contact:
    """How the answer is to reach the person who proposes."""

    kind: ContactKind
    value: str


NO_NAME = T("Without a name")


@dataclass(frozen=True)
class Submission:
    """What somebody sends in: five answers, the rest optional."""

    title: str
    problem: str
    solution: str
    name: str
    contact: Contact
    cause: str = ""
    result: str = ""
    values: tuple[str, ...] = ()
    origin_sector: str = "citizen"
    territory: str = ""
    organisation: str = ""
    public_name: str = ""
    publish_as: str = ""
    language: str = "es"
    written_in: str = ""
    co_authors: tuple[str, ...] = ()
    consent: str = ""
    draft: uuid.UUID | None = None
    channel: Channel = Channel.WEB
    assisted_by: str = ""
    outside_because: str = ""
    received_on: date | None = None
    invitation: Invitation | None = None
    provenance: Provenance = Provenance.NATIVE
    files: tuple[uuid.UUID, ...] = ()

    @property
    def published_as(self) -> str:
        """The name the public reads: as was chosen; where nothing was, the other name if one was written."""
        return published_name(self.publish_as, self.name, self.public_name, self.language)


def published_name(publish_as: str, name: str, other: str, language: str) -> str:
    """Under which name somebody is read who wants their own, another or none."""
    if publish_as == PublishAs.NO_NAME:
        return NO_NAME.into(language)
    return name if publish_as == PublishAs.OWN else other or name


def check(wish: Submission, longest: int = 5000) -> None:
    """Refuse what cannot be taken, one sentence per field."""
    faults: dict[str, Text] = {}
    _check_texts(wish, longest, faults)
    _check_names(wish, faults)
    _check_contact(wish, faults)
    _check_co_authors(wish, faults)
    if wish.written_in and wish.written_in not in rules.LANGUAGES:
        faults["written_in"] = T("Choose one of the list.")
    if wish.origin_sector not in set(OriginSector):
        faults["origin_sector"] = T("Choose one of the list.")
    if not set(wish.values) <= set(Value):
        faults["values"] = T("Choose among the listed values.")
    if faults:
        raise Invalid(**faults)


def _check_texts(wish: Submission, longest: int, faults: dict[str, Text]) -> None:
    if not wish.title:
        faults["title"] = T("Give your proposal a title of one line.")
    elif len(wish.title) > rules.LONGEST_TITLE:
        faults["title"] = T("Shorten the title to {n} characters.", n=rules.LONGEST_TITLE)
    if len(wish.problem) < rules.SHORTEST_PROBLEM:
        faults["problem"] = T(
            "Tell us in at least {n} characters what the problem is and whom it affects.", n=rules.SHORTEST_PROBLEM
        )
    if len(wish.solution) < rules.SHORTEST_SOLUTION:
        faults["solution"] = T("Tell us in at least {n} characters what you propose.", n=rules.SHORTEST_SOLUTION)
    for name in ("problem", "solution", "cause", "result"):
        if len(getattr(wish, name)) > longest:
            faults[name] = T("This is too long: at most {n} characters.", n=longest)


def _check_names(wish: Submission, faults: dict[str, Text]) -> None:
    faults |= name_faults(wish.name, wish.publish_as, wish.public_name)
    if len(wish.organisation) > rules.LONGEST_NAME:
        faults["organisation"] = T("Shorten the name to {n} characters.", n=rules.LONGEST_NAME)


def name_faults(name: str, publish_as: str, other: str) -> dict[str, Text]:
    """What cannot be taken of a name and of how it is to be published; nothing chosen is left to the other name."""
    too_long = T("Shorten the name to {n} characters.", n=rules.LONGEST_NAME)
    faults: dict[str, Text] = {}
    if not name:
        faults["name"] = T("Write your name; you choose below under which name it is published.")
    elif len(name) > rules.LONGEST_NAME:
        faults["name"] = too_long
    if publish_as and publish_as not in set(PublishAs):
        faults["publish_as"] = T("Choose one of the list.")
    elif publish_as == PublishAs.OTHER and not other:
        faults["public_name"] = T("Write the other name, or choose another way of being published.")
    elif publish_as in {PublishAs.OWN, PublishAs.NO_NAME} and other:
        faults["publish_as"] = T("You wrote another name: choose which one is published, or leave the other empty.")
    if len(other) > rules.LONGEST_NAME:
        faults["public_name"] = too_long
    return faults


def _check_contact(wish: Submission, faults: dict[str, Text]) -> None:
    value = wish.contact.value
    if wish.contact.kind is ContactKind.PICK_UP:
        return
    if not value:
        faults["contact"] = T("Write how we can send you the answer.")
    elif len(value) > LONGEST_CONTACT:
        faults["contact"] = T("This is too long: at most {n} characters.", n=LONGEST_CONTACT)
    elif wish.contact.kind is ContactKind.PHONE and not _is_whole_number(value):
        faults["contact"] = T("This number is not complete. Write it with its area code, like +56 9 1234 5678.")
    elif wish.contact.kind is ContactKind.EMAIL and not is_address(value):
        faults["contact"] = NOT_WHOLE


def _is_whole_number(value: str) -> bool:
    figures = sum(one.isdigit() for one in value)
    return figures >= (FEWEST_ABROAD if value.startswith("+") else FEWEST_FIGURES)


def _check_co_authors(wish: Submission, faults: dict[str, Text]) -> None:
    wrong = [address for address in wish.co_authors if not is_address(address)]
    if wrong:
        said = ", ".join(wrong[:3])
        faults["co_authors"] = T("Not a whole e-mail address: {address}. Write one on each line.", address=said)
    elif len(wish.co_authors) > rules.MOST_CO_AUTHORS:
        faults["co_authors"] = T("At most {n} people can be asked to sign with you.", n=rules.MOST_CO_AUTHORS)
