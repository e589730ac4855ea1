"""The register of outreach: a row is entered once, and withdrawn in public where it was wrong."""

from __future__ import annotations

from dataclasses import dataclass

from app.editorial.models import OutreachAct
from app.editorial.queries import library, outreach
from app.editorial.rules.outreach import Audience, OutreachChannel, ReachKnown, reach_fault
from app.editorial.rules.words import check_link, check_reason, civic_date
from app.kit import ids
from app.kit.errors import Conflict, Invalid, NotFound
from app.kit.i18n import T, Text
from app.people.rules import Permission
from app.process import queries as processes
from app.process.models import Process
from app.work import Work

LONGEST_WHAT = 400
LONGEST = 300


@dataclass(frozen=True)
class Entry:
    """What is entered of one act of outreach."""

    what: str
    dated_on: str
    groups: tuple[str, ...]
    channel: str
    reach_known: str
    reach: int | None = None
    audience: str = ""
    territories: tuple[str, ...] = ()
    stage: str = ""
    library: int | None = None
    link: str = ""
    source: str = ""
    is_illustrative: bool = False


def enter(work: Work, process: Process, wish: Entry) -> OutreachAct:
    """Enter an act of outreach. Office."""
    work.require(Permission.PUBLISH_CONTENT, process.id)
    faults = _faults(wish)
    stages = {stage.slug: stage.id for stage in processes.stages_of(work.session, process.id)}
    if wish.stage and wish.stage not in stages:
        faults["stage"] = T("Choose one of the list.")
    known = {place.code for place in processes.territories_of(work.session, process.id)}
    if not set(wish.territories) <= known:
        faults["territories"] = T("Choose among the listed places.")
    if faults:
        raise Invalid(**faults)
    day, to_the = civic_date(wish.dated_on, work.now.astimezone(process.zone).date())
    act = OutreachAct(
        id=ids.new_id(),
        process_id=process.id,
        stage_id=stages.get(wish.stage),
        library_item_id=_material(work, process, wish),
        number=outreach.last_number(work.session, process.id) + 1,
        dated_on=day,
        dated_to_the=to_the,
        groups=list(wish.groups),
        territories=list(wish.territories),
        channel=OutreachChannel(wish.channel),
        reach_known=ReachKnown(wish.reach_known),
        link=check_link(wish.link) if wish.link else "",
        entered_at=work.now,
        **{name: getattr(wish, name) for name in ("what", "reach", "audience", "source", "is_illustrative")},
    )
    work.session.add(act)
    work.session.flush()
    work.record("outreach.entered", act.subject, channel=act.channel.value)
    return act


def _faults(wish: Entry) -> dict[str, Text]:
    faults: dict[str, Text] = {}
    if not wish.what:
        faults["what"] = T("Say in a sentence what was done.")
    for name, most in (("what", LONGEST_WHAT), ("audience", LONGEST), ("source", LONGEST)):
        if len(getattr(wish, name)) > most:
            faults[name] = T("This is too long: at most {n} characters.", n=most)
    if not wish.groups or not set(wish.groups) <= set(Audience):
        faults["groups"] = T("Say whom it was for.")
    if wish.channel not in set(OutreachChannel):
        faults["channel"] = T("Choose one of the list.")
    if wish.reach_known not in set(ReachKnown):
        faults["reach_known"] = T("Choose one of the list.")
    elif fault := reach_fault(wish.reach, ReachKnown(wish.reach_known)):
        faults["reach"] = fault
    return faults


def _material(work: Work, process: Process, wish: Entry) -> object:
    if wish.library is None:
        return None
    try:
        return library.numbered(work.session, process.id, wish.library).item.id
    except NotFound:
        raise Invalid(library=T("Choose one of the list.")) from None


def withdraw(work: Work, act: OutreachAct, reason: str) -> None:
    """Let a row no longer count; it stays readable with the public reason. Office."""
    work.require(Permission.PUBLISH_CONTENT, act.process_id)
    if act.withdrawn_at is not None:
        raise Conflict(T("This row was withdrawn already."))
    act.withdrawn_because = check_reason(reason)
    act.withdrawn_at = work.now
    work.session.flush()
    work.record("outreach.withdrawn", act.subject)
