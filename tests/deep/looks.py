"""Pictures of the pages people meet, taken from the demo: `make looks` puts them into docs/looks for people to look at.

Each is one page as a phone or a desk shows it. What was found by looking, and what was mended, stands in their README.
"""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass, replace
from io import BytesIO
from itertools import product
from pathlib import Path
from typing import Any, Literal

import typst
from PIL import Image
from playwright.sync_api import Browser, sync_playwright
from sqlalchemy import select

from app.accounts import sessions
from app.demo import cast
from app.documents import papers
from app.feedback import queries, report_files
from app.forum.queries import reporting, rounds
from app.forum.records import SessionMinutes
from app.forum.report_wording import ReportWording
from app.forum.wording import Wording
from app.kit import clock
from app.kit.db import Database
from app.people.actor import Actor
from app.process import queries as processes
from app.settings import ROOT
from app.work import transaction
from tests.chromium import DESK, PHONE
from tests.demo_served import demo_in

FOLDER = Path(__file__).parents[2] / "docs" / "looks"
TALLEST = 2600
PAPERS = ROOT / "frontend" / "papers"
GAP = 12
PLAN, TRIAL = "/p/quinto-plan", "/p/sexto-plan-ensayo"


@dataclass(frozen=True)
class Look:
    """One picture: its name, the address, as how wide, and in whose eyes."""

    name: str
    address: str
    width: int = PHONE
    who: str = ""
    light: Literal["light", "dark"] = "light"


KEYS = (
    Look("home", "/"),
    Look("process-open", TRIAL),
    Look("process-finished", PLAN),
    Look("propose", f"{TRIAL}/propose"),
    Look("receipt", ""),
    Look("search", f"{PLAN}/proposals/search?q=datos+abiertos"),
    Look("one-proposal", f"{PLAN}/proposals/5PA-0018"),
    Look("gate", f"{PLAN}/decisions/filtro"),
    Look("statistics", f"{PLAN}/statistics"),
    Look("answers", f"{PLAN}/feedback"),
    Look("commitments", f"{PLAN}/commitments"),
    Look("account", "/account", who="ana"),
)
"""The pages that most people meet: each on a phone and at a desk, by day and by night."""
LIGHTS: tuple[Literal["light", "dark"], ...] = ("light", "dark")
COLOURS = 96
"""So many colours a picture keeps: enough for flat pages, and a quarter of the bytes."""
LOOKS = (
    Look("process", PLAN),
    Look("process-desk-en", f"/en{PLAN}", DESK),
    Look("proposal", f"{PLAN}/proposals/5PA-0018"),
    Look("proposal-not-selected", f"{PLAN}/proposals/5PA-0001"),
    Look("panel", f"{PLAN}/commitments", DESK),
    Look("panel-phone-en", f"/en{PLAN}/commitments"),
    Look("commitment", f"{PLAN}/commitments/8"),
    Look("technical-tables", f"{PLAN}/figures/technical-tables", DESK),
    Look("technical-tables-phone", f"{PLAN}/figures/technical-tables"),
    Look("prioritisation-tables-en", f"/en{PLAN}/figures/prioritisation-tables", DESK),
    Look("meetings", f"{TRIAL}/meetings"),
    Look("table", f"{TRIAL}/tables/1"),
    Look("ballot", f"{TRIAL}/vote"),
    Look("themes-en", f"/en{TRIAL}/themes", DESK),
    Look("draft", f"{TRIAL}/draft"),
    Look("comment", f"{TRIAL}/draft/comment"),
    Look("technical-table", f"{TRIAL}/technical-tables/1"),
    Look("minutes", f"{TRIAL}/forum/sessions/1", DESK),
    Look("minutes-phone-en", f"/en{TRIAL}/forum/sessions/1"),
    Look("filter-report", f"{PLAN}/forum/report?stage=filtro", DESK),
    Look("filter-report-phone", f"{PLAN}/forum/report?stage=filtro"),
    Look("session-point-by-point", f"{TRIAL}/office/forum/sessions/2/points", PHONE, "carla"),
    Look("console", f"{TRIAL}/office/tables/1", DESK, "gloria"),
    Look("console-phone", f"{TRIAL}/office/tables/1", PHONE, "gloria"),
    Look("screen", f"{TRIAL}/office/tables/1/screen", DESK, "gloria"),
    Look("theme-board", f"{TRIAL}/office/themes", DESK, "carla"),
    Look("desk", "/desk", DESK, "carla"),
    Look("institution", f"{TRIAL}/office/feasibility/1", PHONE, "felix"),
    Look("report", f"{TRIAL}/commitments/1/report/institution", PHONE, "felix"),
)


def main() -> None:
    """Load the demo into a folder of its own, take every picture, and throw the demo away."""
    home = Path(tempfile.mkdtemp(prefix="minga-looks-"))
    try:
        with demo_in(home) as (database, url), sync_playwright() as player:
            browser = player.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
            for look in LOOKS:
                _take(browser, database, url, look)
            _print_minutes(database)
            _print_report(database)
            _print_stage_report(database)
            receipt = _proposed(browser, url)
            for key, width, light in product(KEYS, (PHONE, DESK), LIGHTS):
                look = replace(key, width=width, address=key.address or receipt, light=light)
                _take(browser, database, url, replace(look, name=f"{key.name}-{width}-{light}"))
            browser.close()
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _take(browser: Browser, database: Database, url: str, look: Look) -> None:
    context = browser.new_context(
        viewport={"width": look.width, "height": 780}, locale="es-CL", color_scheme=look.light
    )
    if look.who:
        context.add_cookies([{"name": "minga_session", "value": _secret(database, look.who), "url": url}])
    page = context.new_page()
    page.goto(url + look.address)
    answered = page.goto(url + look.address)  # on a second visit its letters are there
    assert answered is not None
    assert answered.status == 200, f"{look.address}: {answered.status}"
    high = min(page.evaluate("document.documentElement.scrollHeight"), TALLEST)
    clip = {"x": 0, "y": 0, "width": look.width, "height": high}
    shot = page.screenshot(full_page=True, clip=clip)  # type: ignore[arg-type]
    with Image.open(BytesIO(shot)) as picture:
        picture.convert("RGB").quantize(COLOURS).save(FOLDER / f"{look.name}.png", optimize=True)
    print(f"{look.name}: {look.address}")
    context.close()


def _print_minutes(database: Database) -> None:
    """The pages of the minutes' PDF side by side, set from the same template."""
    with database.reading() as session:
        content = session.scalars(select(SessionMinutes.content)).one()
    sheet = papers.sheet_of(Wording(content, "es", f"https://minga.example{TRIAL}").paper())
    _print("paper", "minutes", sheet, slice(None))


def _print_report(database: Database) -> None:
    """The first pages of the report of the fifth plan's filter, and the first that tells reasons."""
    with database.reading() as session:
        process = processes.by_slug(session, PLAN.removeprefix("/p/"))
        stage = processes.stage_named(session, process.id, "filtro")
        found = rounds.last_round(session, stage.id)
        assert found is not None
        told = reporting.filter_report(session, process, found, clock.now())
    wording = ReportWording(told, (process, stage), "es", f"https://minga.example{PLAN}")
    _print("report", "filter-report", papers.sheet_from(wording.paper()), slice(0, 6, 5))


def _print_stage_report(database: Database) -> None:
    """The first pages of the report of the fifth plan's filter as a stage."""
    with database.reading() as session:
        process = processes.by_slug(session, PLAN.removeprefix("/p/"))
        stage = processes.stage_named(session, process.id, "filtro")
        published = queries.reports_of(session, stage.id)[0]
        words = {name: getattr(published, name) for name in report_files.WORDS}
        content = report_files.content_of(session, process, stage, words, clock.now())
    sheet = report_files.sheet_of(content | {"version": 1}, "es", f"https://minga.example{PLAN}")
    _print("paper", "stage-report", sheet, slice(0, 3))


def _print(template: str, name: str, sheet: bytes, shown: slice) -> None:
    pages: Any = typst.compile(  # one page comes as bytes, several as a list
        PAPERS / f"{template}.typ",
        root=PAPERS,
        font_paths=[PAPERS / "fonts"],
        ignore_system_fonts=True,
        format="png",
        ppi=72.0,
        sys_inputs={"paper": sheet.decode(), "gaps": ""},
    )
    shots = [Image.open(BytesIO(page)) for page in (pages if isinstance(pages, list) else [pages])[shown]]
    whole = Image.new("RGB", (sum(shot.width + GAP for shot in shots) - GAP, shots[0].height), "#888888")
    for number, shot in enumerate(shots):
        whole.paste(shot, (number * (shot.width + GAP), 0))
    whole.quantize(COLOURS).save(FOLDER / f"{name}-pdf.png", optimize=True)


def _proposed(browser: Browser, url: str) -> str:
    """Send a proposal as anybody does; where its receipt is shown."""
    page = browser.new_page()
    page.goto(f"{url}{TRIAL}/propose")
    for name, words in TYPED.items():
        page.fill(f"#propose [name={name}]", words)
    page.locator("#propose button").first.click()
    page.locator("label[for=f-consent]").click()
    page.locator("#send button").first.click()
    page.wait_for_url("**/receipt/**")
    address = page.url.removeprefix(url)
    page.close()
    return address


TYPED = {
    "title": "Bancas con sombra en la plaza",
    "problem": "Los mayores esperan de pie y al sol a que abra el consultorio.",
    "solution": "Tres bancas con techo junto a la entrada, antes del verano.",
    "name": "Rosa Díaz",
    "contact": "rosa@example.org",
}


def _secret(database: Database, who: str) -> str:
    now = clock.now()
    with transaction(database, Actor.system(), now) as work:
        person = cast.find(work.session, who)
        assert person is not None
        return sessions.open_for(work.session, person, "looks", "looks", now)


if __name__ == "__main__":
    main()
