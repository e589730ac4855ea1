"""Every verb the program writes into the trail has words that people read, and no words stand without a verb."""

from __future__ import annotations

import ast

from app.commitments.actions import reporting
from app.kit.i18n import translator
from app.post_office.review import Finding
from app.proposals.rules import RECORDED_AS
from app.trail.words import VERBS, words_of
from tests.guards.reading import modules, tree

MADE = {
    "verb": {
        *("role.granted", "role.revoked"),
        *("commitment.amended", "commitment.redrafted", "milestone.amended", "milestone.dropped"),
    },
    "f'letter.found_{finding}'": {f"letter.found_{finding.value}" for finding in Finding},
    "f'proposal.{RECORDED_AS[move]}'": {f"proposal.{word}" for word in RECORDED_AS.values()},
    "_VERBS[about.source]": set(reporting._VERBS.values()),
}
"""The verbs that are put together where they are recorded, by the expression that does it."""


def recorded() -> set[str]:
    found: set[str] = set()
    for file in modules("app"):
        for node in ast.walk(tree(file)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "record":
                verb, owner = node.args[0], ast.unparse(node.func.value)
                if owner.rpartition(".")[2] == "work":
                    found |= {str(verb.value)} if isinstance(verb, ast.Constant) else MADE[ast.unparse(verb)]
    return found


def test_every_verb_has_words_and_all_words_a_verb() -> None:
    assert recorded() == VERBS.keys()


def test_the_words_are_told_apart_and_translated() -> None:
    spanish = [words.into("es") for words in VERBS.values()]
    assert len(set(spanish)) == len(VERBS)
    assert all(words.message in translator("es")._catalog for words in VERBS.values())  # type: ignore[attr-defined]


def test_a_verb_of_another_program_stands_as_it_is() -> None:
    assert words_of("thing.told").into("es") == "thing.told"
