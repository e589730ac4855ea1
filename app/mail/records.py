"""What a domain's own records say about who may send its mail: SPF, DKIM and DMARC, each in one plain sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import dns.exception
import dns.resolver

Ask = Callable[[str], list[str]]
"""The texts that stand in the domain name system under a name; none where there is no such name."""

SELECTORS = ("s1", "s2", "default", "mail", "dkim", "google", "selector1", "selector2")
"""Names under which a DKIM key usually stands; `s1` and `s2` are SendGrid's."""
SECONDS = 10.0


class NoAnswer(Exception):
    """The domain name system could not be asked."""


@dataclass(frozen=True)
class Found:
    """What one kind of record says, and whether mail can rely on it."""

    kind: str
    is_good: bool
    sentence: str


def check(domain: str, selectors: Iterable[str], ask: Ask) -> list[Found]:
    """Look at the three records of a domain."""
    return [_spf(ask(domain)), _dkim(domain, selectors, ask), _dmarc(ask(f"_dmarc.{domain}"))]


def _spf(texts: list[str]) -> Found:
    found = [text for text in texts if text.lower() == "v=spf1" or text.lower().startswith("v=spf1 ")]
    if not found:
        return Found("SPF", False, "no record: add one that names the server which sends your mail")
    if len(found) > 1:
        return Found("SPF", False, f"{len(found)} records: there may be only one, join them")
    (record,) = found
    terms = record.lower().split()
    if "+all" in terms or "all" in terms:
        return Found("SPF", False, f"everybody may send in your name, end it with ~all or -all: {record}")
    is_ended = "~all" in terms or "-all" in terms or any(term.startswith("redirect=") for term in terms)
    if not is_ended:
        return Found("SPF", False, f"it does not say what becomes of other senders, end it with ~all or -all: {record}")
    return Found("SPF", True, record)


def _dkim(domain: str, selectors: Iterable[str], ask: Ask) -> Found:
    names = list(selectors)
    revoked = []
    for name in names:
        for text in ask(f"{name}._domainkey.{domain}"):
            tags = _tags(text)
            if tags.get("p"):
                return Found("DKIM", True, f"a key stands under {name}._domainkey")
            if "p" in tags:
                revoked.append(name)
    if revoked:
        return Found("DKIM", False, f"the key under {revoked[0]}._domainkey was revoked: its p= is empty")
    return Found("DKIM", False, f"no key under {', '.join(names)}: name yours with --selector")


def _dmarc(texts: list[str]) -> Found:
    found = [text for text in texts if text.lower().replace(" ", "").startswith("v=dmarc1")]
    if not found:
        return Found("DMARC", False, "no record: begin with v=DMARC1; p=none; rua=mailto:… and read the reports")
    if len(found) > 1:
        return Found("DMARC", False, f"{len(found)} records: receivers then read none, keep one")
    policy = _tags(found[0]).get("p", "").lower()
    if policy not in {"none", "quarantine", "reject"}:
        return Found("DMARC", False, f"it has no policy p=none, quarantine or reject: {found[0]}")
    return Found("DMARC", True, found[0])


def _tags(text: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in text.split(";"))
    return {key.strip().lower(): "".join(value.split()) for key, _, value in pairs if key.strip()}


def texts_of(name: str, resolver: dns.resolver.Resolver | None = None) -> list[str]:
    """The texts under a name, as the resolver of this machine tells them; long ones are joined."""
    asked = resolver or dns.resolver.Resolver()
    asked.lifetime = SECONDS
    try:
        answer = asked.resolve(name, "TXT")
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    except dns.exception.DNSException as error:
        raise NoAnswer(f"{name} could not be looked up: {type(error).__name__}") from error
    return [b"".join(row.strings).decode("utf-8", "replace") for row in answer]
