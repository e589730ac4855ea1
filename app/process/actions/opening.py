"""Opening a process from a template."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from app.kit.errors import Invalid
from app.kit.i18n import T
from app.people.rules import Permission
from app.process.colours import require_legible
from app.process.kinds import TEMPLATES, StageKind, settings_of
from app.process.models import FormOfAddress, Process, Stage, Territory
from app.process.places import ALWAYS, READY_LISTS
from app.process.rules import PREFIX, SLUG, zone_of
from app.trail import writing as trail
from app.work import Work


@dataclass(frozen=True)
class OpenProcess:
    """What a new process is begun with; everything else has a default that can be changed later."""

    slug: str
    name_es: str
    timezone: str
    template: str
    name_en: str = ""
    folio_prefix: str = ""
    language: str = "es"
    form_of_address: str = "usted"
    places: str = "none"
    ask_at: str = ""
    summary_es: str = ""
    summary_en: str = ""


def open_process(work: Work, wish: OpenProcess) -> Process:
    """Open a process with the stages of its template, not yet dated, and begin its trail. Admins only.

    Until a first stage has a date only those who work in it see it.
    """
    work.require(Permission.OPEN_PROCESS)
    _check(wish)
    process = Process(
        slug=wish.slug,
        folio_prefix=wish.folio_prefix or _prefix_from(wish.slug),
        name_es=wish.name_es,
        name_en=wish.name_en,
        summary_es=wish.summary_es,
        summary_en=wish.summary_en,
        timezone=wish.timezone,
        language=wish.language,
        form_of_address=FormOfAddress(wish.form_of_address),
        template=wish.template,
        ask_at=wish.ask_at,
        opened_at=work.now,
        is_listed=False,
    )
    work.session.add(process)
    work.session.flush()
    trail.begin_chain(work.session, process.id, process.slug)
    for position, (kind, slug, settings) in enumerate(TEMPLATES[wish.template], start=1):
        work.session.add(Stage(process_id=process.id, slug=slug, kind=kind, position=position, settings=dict(settings)))
    _add_places(work, process, wish.places)
    work.record("process.opened", process.subject, slug=wish.slug, template=wish.template, timezone=wish.timezone)
    work.session.flush()
    return process


def _check(wish: OpenProcess) -> None:
    faults = {}
    if not SLUG.match(wish.slug):
        faults["slug"] = T("Use small letters, digits and hyphens, for example plan-2027.")
    if not wish.name_es.strip():
        faults["name_es"] = T("Write the name of the process.")
    if wish.template not in TEMPLATES:
        faults["template"] = T("Choose one of the templates.")
    if wish.folio_prefix and not PREFIX.match(wish.folio_prefix):
        faults["folio_prefix"] = T("Use two to eight capital letters or digits, for example 5PA.")
    if wish.language not in {"es", "en"}:
        faults["language"] = T("Choose one of the languages.")
    if wish.form_of_address not in {"usted", "tu"}:
        faults["form_of_address"] = T("Choose how to address people.")
    if wish.places not in READY_LISTS:
        faults["places"] = T("Choose one of the lists of places.")
    if faults:
        raise Invalid(**faults)
    zone_of(wish.timezone)


def _prefix_from(slug: str) -> str:
    words = [word for word in slug.split("-") if word]
    initials = "".join(word if word.isdigit() else word[0] for word in words).upper()[:8]
    return initials if PREFIX.match(initials) else slug.replace("-", "").upper()[:4].ljust(2, "X")


def _add_places(work: Work, process: Process, ready_list: str) -> None:
    places = [(code, name, "") for code, name in READY_LISTS[ready_list]]
    for position, (code, name_es, name_en) in enumerate([*places, *ALWAYS]):
        shown = position if code not in {"abroad", "unknown"} else 1000 + position
        work.session.add(Territory(process_id=process.id, code=code, name_es=name_es, name_en=name_en, position=shown))


def add_territory(work: Work, process: Process, code: str, name_es: str, name_en: str = "") -> Territory:
    """Add a place that people may choose. Office only."""
    work.require(Permission.EDIT_PROCESS, process.id)
    if not code.strip() or not name_es.strip():
        raise Invalid(code=T("Write the code and the name of the place."))
    territory = Territory(process_id=process.id, code=code.strip(), name_es=name_es.strip(), name_en=name_en.strip())
    work.session.add(territory)
    work.record("territory.added", process.subject, code=territory.code, name=territory.name_es)
    return territory


def add_stage(work: Work, process: Process, kind: StageKind, slug: str, settings: dict[str, Any]) -> Stage:
    """Add a stage at the end of a process, for example a second filter by another body. Office only."""
    work.require(Permission.EDIT_PROCESS, process.id)
    if not SLUG.match(slug):
        raise Invalid(slug=T("Use small letters, digits and hyphens, for example plan-2027."))
    checked = settings_of(kind, settings).model_dump(mode="json")
    last = work.session.scalar(select(func.max(Stage.position)).where(Stage.process_id == process.id)) or 0
    stage = Stage(process_id=process.id, slug=slug, kind=kind, position=last + 1, settings=checked)
    work.session.add(stage)
    work.session.flush()
    work.record("stage.added", stage.subject, kind=kind.value, position=stage.position)
    return stage


def set_texts(work: Work, process: Process, texts: dict[str, str]) -> None:
    """Change the names, summaries and contact of a process. Office only."""
    work.require(Permission.EDIT_PROCESS, process.id)
    allowed = {"name_es", "name_en", "summary_es", "summary_en", "ask_at", "form_of_address", "accent"}
    changed = {name: value.strip() for name, value in texts.items() if name in allowed}
    if "name_es" in changed and not changed["name_es"]:
        raise Invalid(name_es=T("Write the name of the process."))
    if changed.get("form_of_address", "usted") not in set(FormOfAddress):
        raise Invalid(form_of_address=T("Choose how to address people."))
    if "accent" in changed:
        changed["accent"] = require_legible(changed["accent"])
    for name, value in changed.items():
        setattr(process, name, FormOfAddress(value) if name == "form_of_address" else value)
    work.record("process.described", process.subject, changed=sorted(changed))
