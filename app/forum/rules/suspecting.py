"""What suggests a conflict of interest: the same person, address, domain of e-mail or organisation on both sides.

A sign proves nothing: the chair or the office looks at it. Domains that everybody may have an address at say nothing.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from enum import StrEnum

from app.forum.rules.scoring import RecusalKind
from app.kit.i18n import T, Text

ANYBODYS = frozenset(
    {
        "gmail.com",
        "googlemail.com",
        "outlook.com",
        "outlook.es",
        "outlook.cl",
        "live.com",
        "live.cl",
        "msn.com",
        "icloud.com",
        "me.com",
        "mac.com",
        "aol.com",
        "gmx.com",
        "gmx.net",
        "mail.com",
        "zoho.com",
        "yandex.com",
        "proton.me",
        "protonmail.com",
        "pm.me",
        "tutanota.com",
        "tuta.io",
        "fastmail.com",
        "vtr.net",
        "terra.cl",
        "example.com",
        "example.net",
        "example.org",
    }
)
"""Where anybody may have an address, and the names that belong to nobody."""
ANYBODYS_FAMILIES = frozenset({"yahoo", "hotmail", "ymail"})
"""Providers with one domain a country, such as yahoo.cl and hotmail.com."""
NOBODYS = frozenset({"test", "invalid", "example", "localhost"})


class Sign(StrEnum):
    """One thing that who sits in a seat has in common with who proposes; the strongest first."""

    PERSON = "person"
    ADDRESS = "address"
    ORGANISATION = "organisation"
    DOMAIN = "domain"


SIGN_WORDS: dict[Sign, Text] = {
    Sign.PERSON: T("is one of its authors"),
    Sign.ADDRESS: T("uses the same e-mail address as one of its authors"),
    Sign.ORGANISATION: T("belongs to the same organisation as one of its authors"),
    Sign.DOMAIN: T("has an e-mail address at the same domain as one of its authors"),
}
"""What the chair and the office read."""
OWN_WORDS: dict[Sign, Text] = {
    Sign.PERSON: T("you are one of its authors"),
    Sign.ADDRESS: T("one of its authors uses your e-mail address"),
    Sign.ORGANISATION: T("one of its authors belongs to your organisation"),
    Sign.DOMAIN: T("one of its authors has an e-mail address at the same domain as yours"),
}
"""What the member reads: nothing of the author but what they have in common."""

Mark = tuple[Sign, str]


def marks(
    person: object = None, addresses: Iterable[str] = (), organisations: Iterable[str | None] = ()
) -> frozenset[Mark]:
    """What somebody can be recognised by; two people have a sign in common where they have a mark in common."""
    found: set[Mark] = set() if person is None else {(Sign.PERSON, str(person))}
    for address in addresses:
        found.add((Sign.ADDRESS, address.strip().casefold()))
        domain = domain_of(address)
        if domain:
            found.add((Sign.DOMAIN, domain))
    found.update((Sign.ORGANISATION, name) for name in map(plain_name, organisations) if name)
    return frozenset(found)


def signs(common: Iterable[Mark]) -> tuple[Sign, ...]:
    """The signs in a set of common marks, the strongest first; what follows from a stronger one is not said again."""
    found = {sign for sign, _ in common}
    if Sign.PERSON in found:
        return (Sign.PERSON,)
    if Sign.ADDRESS in found:
        found.discard(Sign.DOMAIN)
    return tuple(sign for sign in Sign if sign in found)


def domain_of(address: str) -> str:
    """The domain of an address, or nothing where anybody may have one there."""
    domain = address.strip().casefold().rpartition("@")[2].rstrip(".")
    parts = domain.split(".")
    if len(parts) < 2 or domain in ANYBODYS or parts[-1] in NOBODYS:
        return ""
    return "" if parts[0] in ANYBODYS_FAMILIES and len(parts) <= 3 else domain


def plain_name(name: str | None) -> str:
    """A name as it is compared: without accents, signs, capitals and double spaces."""
    bare = unicodedata.normalize("NFKD", (name or "").casefold())
    letters = "".join(c if c.isalnum() else " " for c in bare if not unicodedata.combining(c))
    return " ".join(letters.split())


def kind_of(found: Iterable[Sign]) -> RecusalKind:
    """The public reason of who stands aside because of these signs."""
    return RecusalKind.AUTHOR if {Sign.PERSON, Sign.ADDRESS} & set(found) else RecusalKind.INSTITUTION
