"""The closed lists of the intake in words for people."""

from __future__ import annotations

from typing import Any

from app.documents.rules import WORDS as FILE_WORDS
from app.kit.i18n import T, Text
from app.people.rules import ContactKind, OriginSector
from app.proposals.models import AdmissionOutcome
from app.proposals.rules import AssistedBy, Channel, HeldFor, Precision, Provenance, PublishAs, Value

SECTORS: dict[OriginSector, Text] = {
    OriginSector.CITIZEN: T("Citizen"),
    OriginSector.CIVIL_SOCIETY: T("Civil society organisation"),
    OriginSector.ACADEMIA: T("University or research"),
    OriginSector.PRIVATE: T("Company or private sector"),
    OriginSector.PUBLIC: T("Public body"),
}
VALUES: dict[Value, Text] = {
    Value.TRANSPARENCY: T("Transparency"),
    Value.PARTICIPATION: T("Participation"),
    Value.ACCOUNTABILITY: T("Accountability"),
    Value.INNOVATION: T("Innovation"),
}
CONTACTS: dict[ContactKind, Text] = {
    ContactKind.EMAIL: T("By e-mail"),
    ContactKind.PHONE: T("By phone"),
    ContactKind.POST: T("By post"),
    ContactKind.PICK_UP: T("I will pick it up at the office"),
}
REACHED_BY: dict[ContactKind, Text] = {
    ContactKind.EMAIL: T("E-mail"),
    ContactKind.PHONE: T("Phone"),
    ContactKind.POST: T("Postal address"),
    ContactKind.PICK_UP: T("Picks it up at the office"),
}
PUBLISHED_AS: dict[PublishAs, Text] = {
    PublishAs.OWN: T("With this name"),
    PublishAs.OTHER: T("With another name, a pseudonym for example"),
    PublishAs.NO_NAME: T("Without a name"),
}
WAYS: dict[AssistedBy, Text] = {
    AssistedBy.PAPER: T("On paper"),
    AssistedBy.PHONE: T("By phone"),
    AssistedBy.MEETING: T("At a meeting"),
}
CHANNELS: dict[Channel, Text] = {
    Channel.WEB: T("this website"),
    Channel.ASSISTED: T("an official who entered it"),
    Channel.INSTITUTION: T("an invitation to a public body"),
    Channel.IMPORT: T("an imported file"),
    Channel.API: T("another program"),
}
PROVENANCE_WORDS: dict[Provenance, Text] = {
    Provenance.NATIVE: T("recorded here"),
    Provenance.IMPORTED: T("imported from another system"),
    Provenance.REPORTED: T("taken from a document"),
    Provenance.DERIVED: T("derived from other data"),
    Provenance.ILLUSTRATIVE: T("made up to illustrate"),
}
PRECISION_WORDS: dict[Precision, Text] = {
    Precision.INSTANT: T("to the minute"),
    Precision.DAY: T("only the day"),
    Precision.MONTH: T("only the month"),
    Precision.YEAR: T("only the year"),
}
OUTCOMES: dict[AdmissionOutcome, Text] = {
    AdmissionOutcome.ADMITTED: T("admitted"),
    AdmissionOutcome.RETURNED: T("returned for changes"),
    AdmissionOutcome.REFUSED: T("not admitted"),
}
HELD_FOR: dict[HeldFor, Text] = {
    HeldFor.PERSONAL_DATA: T("it shows personal data of other people"),
    HeldFor.INSULT: T("it insults people"),
    HeldFor.NOT_ALLOWED: T("it may not be published: it belongs to somebody else, or the law does not allow it"),
}
OF_FILES: dict[str, Any] = {"held_for": HELD_FOR, "file_words": FILE_WORDS}
"""What `proposals/_files.html` says of files."""
REFUSAL_REASONS: dict[str, Text] = {
    "out_of_scope": T("It is not a matter of this process"),
    "not_within_powers": T("No body of this process may decide on it"),
    "complaint": T("It is a complaint or a request for a service"),
    "duplicate": T("The same was already proposed"),
    "insufficient_information": T("What was asked for did not arrive"),
    "offensive": T("It insults people or publishes their data"),
    "other": T("Another reason, explained below"),
}
