"""What a person changes about themselves."""

from __future__ import annotations

from app.accounts import addresses
from app.accounts.models import AddressChange
from app.kit.errors import Invalid
from app.kit.i18n import LANGUAGES, T, Text
from app.people.models import Person
from app.proposals.actions import drafting
from app.publication import actions as following
from app.work import Work
from app.work.transaction import Subject

LONGEST_NAME = 160


def change(work: Work, person: Person, name: str, public_name: str, language: str) -> None:
    """Change name, public name and the language of letters; what is already published keeps the name it has."""
    faults: dict[str, Text] = {}
    if not name:
        faults["name"] = T("Write your name.")
    for field, value in (("name", name), ("public_name", public_name)):
        if len(value) > LONGEST_NAME:
            faults[field] = T("Shorten the name to {n} characters.", n=LONGEST_NAME)
    if language not in LANGUAGES:
        faults["language"] = T("Choose one of the list.")
    if faults:
        raise Invalid(**faults)
    before = {"name": person.name, "public_name": person.public_name, "language": person.language}
    person.name, person.public_name, person.language = name, public_name or name, language
    work.record("person.changed", Subject("person", person.id, None), private={"before": before})


def confirm_address(work: Work, change: AddressChange) -> None:
    """The new mailbox says yes, and gets from now on the news that the old one had asked for."""
    person_id = change.person_id
    old, new = addresses.confirm(work, change)
    following.move_address(work, person_id, old, new)
    drafting.move_address(work, old, new)
