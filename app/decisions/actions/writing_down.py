"""Writing down what a body decided elsewhere: as a document tells it, or made up to show how it would read."""

from __future__ import annotations

from app.decisions.actions.bodies import body_for
from app.decisions.actions.deciding import Verdict, take
from app.decisions.models import Decision
from app.kit.errors import Invalid
from app.kit.i18n import T
from app.people.rules import Permission
from app.process.models import Process, Stage
from app.proposals.models import Proposal
from app.proposals.rules import Provenance, source_fault
from app.work import Work


def write_down(work: Work, process: Process, stage: Stage, proposal: Proposal, verdict: Verdict) -> Decision:
    """Write down a decision that was not taken here, marked so wherever it is shown. Office only.

    No session of ours stands behind it and no quorum is claimed; `session_name` says in which document it is found.
    Refused for a decision of this process itself: that is taken by its body, in its own way.
    """
    work.require(Permission.DECIDE, process.id)
    if verdict.provenance is Provenance.NATIVE:
        raise Invalid(provenance=T("Say how this decision is known: it was not taken here."))
    if (missing := source_fault(verdict.session_name)) is not None:
        raise Invalid(session_name=missing)
    return take(work, process, stage, proposal, (body_for(work, process, stage), verdict))
