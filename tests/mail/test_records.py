"""What the records of a domain say about who may send its mail, asked of a name server of our own."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import dns.flags
import dns.message
import dns.rcode
import dns.resolver
import dns.rrset
import pytest

from app.mail import records

DOMAIN = "muni.example"
SPF = f"{DOMAIN}"
DKIM = f"s1._domainkey.{DOMAIN}"
DMARC = f"_dmarc.{DOMAIN}"
GOOD = {
    SPF: ["other=1", "v=spf1 include:sendgrid.net ~all"],
    DKIM: ["k=rsa; t=s; p=MIIB"],
    DMARC: ["v=DMARC1; p=none; rua=mailto:dmarc@muni.example"],
}


def verdicts(names: dict[str, list[str]], *selectors: str) -> dict[str, bool]:
    found = records.check(DOMAIN, selectors or records.SELECTORS, lambda name: names.get(name, []))
    return {one.kind: one.is_good for one in found}


def test_a_domain_that_is_set_up() -> None:
    assert verdicts(GOOD) == {"SPF": True, "DKIM": True, "DMARC": True}


def test_a_domain_without_records() -> None:
    assert verdicts({}) == {"SPF": False, "DKIM": False, "DMARC": False}


@pytest.mark.parametrize(
    ("kind", "name", "texts"),
    [
        ("SPF", SPF, ["v=spf1 ~all", "v=spf1 -all"]),
        ("SPF", SPF, ["v=spf1 +all"]),
        ("SPF", SPF, ["v=spf1 include:sendgrid.net ?all"]),
        ("SPF", SPF, ["v=spf10 -all"]),
        ("DKIM", DKIM, ["k=rsa; p="]),
        ("DKIM", DKIM, ["k=rsa"]),
        ("DMARC", DMARC, ["v=DMARC1; rua=mailto:x@muni.example"]),
        ("DMARC", DMARC, ["v=DMARC1; p=none", "v=DMARC1; p=reject"]),
    ],
)
def test_one_record_that_is_of_no_use(kind: str, name: str, texts: list[str]) -> None:
    assert verdicts(GOOD | {name: texts}) == {"SPF": True, "DKIM": True, "DMARC": True} | {kind: False}


def test_a_key_under_a_name_of_its_own() -> None:
    moved = {SPF: GOOD[SPF], DMARC: GOOD[DMARC], f"k9._domainkey.{DOMAIN}": ["v=DKIM1; p=MI IB"]}
    assert verdicts(moved)["DKIM"] is False
    assert verdicts(moved, "k9")["DKIM"] is True


@contextmanager
def name_server(names: dict[str, list[list[str]]]) -> Iterator[dns.resolver.Resolver]:
    """A resolver that asks a name server on this machine, which knows these texts and refuses `broken`."""
    door = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    door.bind(("127.0.0.1", 0))

    def serve() -> None:
        while (said := door.recvfrom(4096))[0] != b"home":
            asked = dns.message.from_wire(said[0])
            answer = dns.message.make_response(asked)
            name = asked.question[0].name.to_text(omit_final_dot=True)
            if name == "broken":
                answer.set_rcode(dns.rcode.REFUSED)
            elif name in names:
                texts = [" ".join(f'"{part}"' for part in parts) for parts in names[name]]
                answer.answer.append(dns.rrset.from_text(f"{name}.", 60, "IN", "TXT", *texts))
            else:
                answer.set_rcode(dns.rcode.NXDOMAIN)
            door.sendto(answer.to_wire(), said[1])

    server = threading.Thread(target=serve)
    server.start()
    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers, resolver.port = ["127.0.0.1"], door.getsockname()[1]
    try:
        yield resolver
    finally:
        door.sendto(b"home", door.getsockname())
        server.join()
        door.close()


def test_long_texts_are_joined_and_what_is_not_there_is_nothing() -> None:
    with name_server({DKIM: [["p=MI", "IB"]]}) as resolver:
        assert records.texts_of(DKIM, resolver) == ["p=MIIB"]
        assert records.texts_of(DMARC, resolver) == []
        with pytest.raises(records.NoAnswer, match="broken"):
            records.texts_of("broken", resolver)
