"""The form of a meeting: lists typed line by line, hours on the wall clock of the meeting's own zone."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from app.kit.errors import Invalid
from app.kit.i18n import T
from app.meetings.actions import Plan, Reported
from app.meetings.actions.planning import LONGEST_LINE, zone_named
from app.meetings.models import Meeting
from app.meetings.rules import meeting as rules
from app.meetings.rules.meeting import Audience, MeetingKind
from app.process import queries as processes
from app.process.models import Process
from app.process.rules import local_of, parse_local
from app.proposals.rules import Precision, Provenance
from app.proposals.words import PRECISION_WORDS, PROVENANCE_WORDS
from app.web.view import View

PLAIN = (
    "title_es title_en purpose_es purpose_en place video_link accessibility recording_notice audience stage timezone"
)
MOMENTS = ("starts_at", "ends_at", "registration_opens_at", "registration_closes_at")
NUMBERS = ("capacity", "age_min", "age_max")
OF_A_DOCUMENT = (Provenance.REPORTED, Provenance.IMPORTED, Provenance.ILLUSTRATIVE)


def options(view: View, process: Process) -> dict[str, Any]:
    """The closed lists of the form. Kinds without a stage of their own in this process are not offered."""
    stages = {stage.kind for stage in processes.stages_of(view.session, process.id)}
    kinds = [k for k in rules.BY_THE_OFFICE if rules.STAGE_OF[k] in stages or k is MeetingKind.AWARENESS_SESSION]
    places = processes.territories_of(view.session, process.id)
    return {
        "kinds": [(kind.value, rules.KIND_WORDS[kind]) for kind in kinds],
        "audiences": [(audience.value, rules.AUDIENCE_WORDS[audience]) for audience in Audience],
        "territories": [(p.code, p.name(view.language)) for p in places if p.code not in {"abroad", "unknown"}],
        "provenances": [(p.value, PROVENANCE_WORDS[p]) for p in OF_A_DOCUMENT],
        "precisions": [(p.value, PRECISION_WORDS[p]) for p in Precision],
        "has_tables": MeetingKind.PRIORITISATION_TABLE in kinds,
    }


def typed_plan(view: View, process: Process, kind: str = "") -> Plan:
    """What was typed into the form."""
    zone = ZoneInfo(zone_named(view.typed("timezone") or process.timezone))
    facts: dict[str, Any] = {name: view.typed(name) for name in PLAIN.split()}
    facts |= {name: parse_local(view.typed(name), zone, name) for name in MOMENTS}
    facts |= {name: number(view, name) for name in NUMBERS}
    return Plan(
        kind=kind or view.typed("kind"),
        **facts | {"audience": facts["audience"] or Audience.OPEN.value},
        territories=tuple(view.typed_all("territories")),
        hosts=tuple(lines(view, "hosts")),
        materials=annexes(view, "materials"),
        speakers=tuple(_speaker(line) for line in lines(view, "speakers")),
    )


def number(view: View, name: str) -> int | None:
    """A whole number that may be left out."""
    typed = view.typed(name)
    if typed and not (typed.isdigit() and typed.isascii() and len(typed) < 8):
        raise Invalid(**{name: T("Write a whole number, or leave it empty.")})
    return int(typed) if typed else None


def lines(view: View, name: str) -> list[str]:
    """The lines of a field, without empty ones."""
    found = [line.strip() for line in view.typed(name).splitlines() if line.strip()]
    if any(len(line) > LONGEST_LINE for line in found):
        raise Invalid(**{name: T("This is too long: at most {n} characters.", n=LONGEST_LINE)})
    return found


def annexes(view: View, name: str) -> tuple[dict[str, str], ...]:
    """Lines of a title and, after a bar, a link of the web or a short text."""
    found = []
    for line in lines(view, name):
        title, _, rest = (part.strip() for part in line.partition("|"))
        is_url = rest.startswith(("https://", "http://"))
        found.append({"title": title, "url": rest if is_url else "", "text": "" if is_url else rest})
    return tuple(found)


def _speaker(line: str) -> dict[str, str]:
    name, role, body = [*(part.strip() for part in line.split("|", 2)), "", ""][:3]
    return {"name": name, "role": role, "organisation": body}


def reported(view: View) -> Reported:
    """What a document says of a meeting of the past."""
    provenance, precision = view.typed("provenance"), view.typed("starts_to_the")
    faults = {}
    if provenance not in set(OF_A_DOCUMENT):
        faults["provenance"] = T("Choose one of the list.")
    if precision not in set(Precision):
        faults["starts_to_the"] = T("Choose one of the list.")
    if faults:
        raise Invalid(**faults)
    people = number(view, "reported_people")
    return Reported(view.typed("reported_source"), people, Provenance(provenance), Precision(precision))


def empty_values(process: Process) -> dict[str, Any]:
    """A new form: nothing in it but the zone of the process."""
    names = (*PLAIN.split(), *MOMENTS, *NUMBERS, "hosts", "materials", "speakers", "territories")
    return dict.fromkeys(names) | {"timezone": process.timezone}


def values_of(meeting: Meeting, codes: list[str]) -> dict[str, Any]:
    """A meeting as the form shows it."""
    shown: dict[str, Any] = {name: getattr(meeting, name) for name in PLAIN.split() if name != "stage"}
    for name in MOMENTS:
        moment = getattr(meeting, name)
        shown[name] = local_of(moment, meeting.zone) if moment else ""
    for name in NUMBERS:
        shown[name] = getattr(meeting, name)
    return shown | {
        "kind": meeting.kind.value,
        "audience": meeting.audience.value,
        "territories": codes,
        "hosts": "\n".join(meeting.hosts),
        "materials": annexes_typed(meeting.materials),
        "speakers": "\n".join(
            " | ".join(part for part in (s["name"], s["role"], s["organisation"]) if part) for s in meeting.speakers
        ),
    }


def annexes_typed(rows: list[Any]) -> str:
    """Annexes as they are typed, a line each."""
    return "\n".join(" | ".join(part for part in (r["title"], r["url"] or r["text"]) if part) for r in rows)
