"""The chain as a pure function: whatever is done to it afterwards is found, and named by its number."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from app.trail.rules import FIRST_HASH, Link, canonical, chain_hash, first_break

AT = datetime(2026, 6, 1, tzinfo=UTC)


def chain(length: int) -> list[Link]:
    links, previous = [], FIRST_HASH
    for seq in range(1, length + 1):
        leaf = canonical(
            {"seq": seq, "verb": "proposal.submitted", "facts": {"folio": f"5PA-{seq:04d}", "año": "2026"}}
        )
        previous = chain_hash(previous, leaf)
        links.append(Link(seq, previous, leaf))
    return links


def test_an_honest_chain_holds() -> None:
    links = chain(30)
    assert first_break(links, 30, {30: links[-1].hash, 7: links[6].hash}) is None
    assert first_break([], 0) is None


@given(st.integers(1, 12), st.data())
def test_one_changed_byte_of_any_leaf_is_found(length: int, data: st.DataObject) -> None:
    links = chain(length)
    at = data.draw(st.integers(0, length - 1))
    leaf = links[at].leaf or ""
    place = data.draw(st.integers(0, len(leaf) - 1))
    other = data.draw(st.sampled_from([c for c in 'a1{}é" ' if c != leaf[place]]))
    links[at] = Link(links[at].seq, links[at].hash, leaf[:place] + other + leaf[place + 1 :])
    found = first_break(links, length)
    assert found is not None
    assert found.seq == at + 1


@given(st.integers(2, 12), st.data())
def test_deleting_doubling_reordering_and_truncating_are_found(length: int, data: st.DataObject) -> None:
    links = chain(length)
    at = data.draw(st.integers(0, length - 2))
    deleted = links[:at] + links[at + 1 :]
    doubled = links[: at + 1] + links[at:]
    swapped = [*links[:at], links[at + 1], links[at], *links[at + 2 :]]
    for broken in (deleted, doubled, swapped):
        found = first_break(broken, length)
        assert found is not None
        assert found.seq >= at + 1
    shorter = first_break(links[:-1], length)
    assert shorter is not None
    assert (shorter.seq, "end is missing" in shorter.what) == (length, True)


def test_a_truncation_with_its_head_rewritten_is_found_by_the_printed_head() -> None:
    links = chain(9)
    found = first_break(links[:6], 6, {8: links[7].hash})
    assert found is not None
    assert "entry 8 was printed earlier" in found.what


def test_a_whole_chain_written_anew_is_found_by_the_printed_head() -> None:
    honest, forged = chain(5), []
    previous = FIRST_HASH
    for link in honest:
        leaf = (link.leaf or "").replace("5PA", "6PA")
        previous = chain_hash(previous, leaf)
        forged.append(Link(link.seq, previous, leaf))
    assert first_break(forged, 5) is None
    found = first_break(forged, 5, {3: honest[2].hash})
    assert found is not None
    assert (found.seq, found.what) == (3, "differs from the hash printed earlier")


def test_sealed_entries_hold_by_their_hash_alone() -> None:
    links = chain(6)
    links[3] = Link(4, links[3].hash, None)
    assert first_break(links, 6) is None
    links[3] = Link(4, "0" * 64, None)
    found = first_break(links, 6)
    assert found is not None
    assert found.seq == 5
