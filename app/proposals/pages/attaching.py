"""The files that come with the form of a proposal, and what the form shows of them when it comes back."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from app.documents import actions as documents
from app.documents import inspecting
from app.documents import queries as document_queries
from app.documents.rules import MEGABYTE, MOST_BYTES, WORDS
from app.kit.errors import Invalid, Refusal
from app.kit.i18n import T, Text
from app.proposals import queries
from app.proposals.models import Proposal
from app.proposals.rules import MOST_FILES
from app.web import sealing
from app.web.intake import Intake
from app.web.view import View

FIELD, KEPT, STAYING, WERE_SHOWN = "files", "kept_file", "staying_file", "files_were_shown"
INTAKE = Intake(FIELD, MOST_BYTES, inspecting.look, documents.keep)


@dataclass(frozen=True)
class Sent:
    """The files of one form: the keys of those that wait, and the numbers of those that stay, where it asked."""

    keys: tuple[uuid.UUID, ...] = ()
    staying: frozenset[int] | None = None


def sent(view: View) -> Sent:
    """What a form brought or carries along, and which of the proposal's own files stay."""
    new = [document.id for document in view.kept.documents] if view.kept else []
    staying = [int(one) for one in view.typed_all(STAYING) if one.isdecimal()]
    keys = tuple(dict.fromkeys([*_carried(view), *new]))
    return Sent(keys, frozenset(staying) if view.typed(WERE_SHOWN) else None)


def _carried(view: View) -> list[uuid.UUID]:
    """The files an earlier sending of this form left waiting; a forged or old one is left out, as if unticked."""
    keys = []
    for one in view.typed_all(KEPT)[: 2 * MOST_FILES]:
        try:
            keys.append(uuid.UUID(sealing.unseal(view.house.settings.secret(), "file", one, sealing.A_DAY)))
        except Refusal:
            continue
    return keys


@contextmanager
def beside(view: View) -> Iterator[None]:
    """Tell what is wrong with the files together with what is wrong with the words, each beside its own field."""
    faults: dict[str, Text] = {}
    files = sent(view)
    if view.kept and view.kept.faults:
        faults[FIELD] = view.kept.faults[0]
        if len(view.kept.faults) > 1:
            faults[FIELD] = T("{one} {other}", one=view.kept.faults[0], other=view.kept.faults[1])
    elif len(files.keys) + len(files.staying or ()) > MOST_FILES:
        faults[FIELD] = T("At most {n} files. Leave one out.", n=MOST_FILES)
    try:
        yield
    except Invalid as invalid:
        raise Invalid(**invalid.fields, **faults) from None
    if faults:
        raise Invalid(**faults)


def field_of(view: View, proposal: Proposal | None = None) -> dict[str, Any]:
    """What the field needs: what waits already, each under its seal, what the proposal has, and the limits."""
    keys = sent(view).keys
    secret = view.house.settings.secret()
    waiting = document_queries.waiting(view.session, keys, view.now) if keys else []
    kept = [(sealing.seal(secret, "file", document.id.hex), document) for document in waiting]
    mine = [one for one in queries.files_of(view.session, proposal.id) if one.stands] if proposal else []
    typed = set(view.typed_all(STAYING)) if view.errors and view.typed(WERE_SHOWN) else None
    own_files = [(one.number, one.document, typed is None or str(one.number) in typed) for one in mine]
    return {"most": MOST_FILES, "megabytes": MOST_BYTES // MEGABYTE, "kept": kept, "own": own_files, "words": WORDS}
