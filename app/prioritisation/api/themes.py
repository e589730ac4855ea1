"""Themes by program: reading them, naming one, placing a proposal, and what a comparison suggests."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from app.people.rules import Permission
from app.prioritisation import actions
from app.prioritisation.actions import NameTheme, Place
from app.prioritisation.models import Theme
from app.prioritisation.queries import themes as queries
from app.process import doors
from app.process import queries as processes
from app.process.models import Process
from app.proposals import queries as proposals
from app.web.edge import PUBLIC, Router
from app.web.view import PRIVATE, View

router = Router()
BASE = "/api/v1/processes/{slug}/themes"
MOST = 100


class ThemeLine(BaseModel):
    """One theme and how much stands in it."""

    number: int
    name: str
    about: str
    proposals: int
    parts: int
    url: str


class ThemePage(BaseModel):
    """Every theme of a process, by number."""

    items: list[ThemeLine]
    next: str | None = None
    total: int
    total_is_capped: bool = False


class NewTheme(BaseModel):
    """What a theme is named with."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(max_length=1000)
    name_en: str = Field(default="", max_length=1000)
    about: str = Field(default="", max_length=10_000)
    about_en: str = Field(default="", max_length=10_000)


class NewPlacement(BaseModel):
    """Why a proposal stands in a theme, and which part of it where it is not all."""

    model_config = ConfigDict(extra="forbid")

    reason: str = Field(max_length=10_000)
    part: str = Field(default="", max_length=2000)


class Placement(BaseModel):
    """Where a proposal stands now."""

    folio: str
    theme: int
    part: str
    reason: str
    suggested: int | None


class Hint(BaseModel):
    """A theme a text is like, and the words they share."""

    theme: int
    name: str
    rank: int
    words: list[str]


class Hinted(BaseModel):
    """One proposal without a theme, with up to three hints."""

    folio: str
    title: str
    themes: list[Hint]


class HintedPage(BaseModel):
    """Proposals without a theme, by folio."""

    items: list[Hinted]
    next: str | None
    total: int
    total_is_capped: bool


def _answer(body: BaseModel, status: int = 200) -> Response:
    content = body.model_dump_json()
    return Response(content, status_code=status, media_type="application/json", headers=PRIVATE)


def _line(view: View, process: Process, theme: Theme) -> ThemeLine:
    return ThemeLine(
        number=theme.number,
        name=theme.name(view.language),
        about=theme.about(view.language),
        proposals=theme.whole,
        parts=theme.parts,
        url=f"{view.house.settings.base_url}{view.url(f'/p/{process.slug}/themes/{theme.number}')}",
    )


@router.read(BASE, may=PUBLIC, kept=True, response_model=ThemePage)
def listing(view: View, slug: str) -> Response:
    """The themes of a process."""
    process = doors.found(view, slug)
    items = [_line(view, process, theme) for theme in queries.themes_of(view.session, process.id)]
    return _answer(ThemePage(items=items, total=len(items)))


@router.write("POST", BASE, may=Permission.GROUP_PROPOSALS, response_model=ThemeLine, status_code=201)
def name_theme(view: View, slug: str, sent: NewTheme) -> Response:
    """Name a theme. Office."""
    process = processes.by_slug(view.session, slug)
    wish = NameTheme(sent.name, sent.name_en, sent.about, sent.about_en)
    return _answer(_line(view, process, actions.name_theme(view.work, process, wish)), 201)


@router.read(f"{BASE}/suggestions", may=Permission.GROUP_PROPOSALS, response_model=HintedPage)
def suggestions(view: View, slug: str, limit: int = 20, after: int = 0) -> Response:
    """What the newest comparison suggests for proposals without a theme. Office."""
    process = processes.by_slug(view.session, slug)
    view.require(Permission.GROUP_PROPOSALS, process.id)
    limit = min(max(limit, 1), MOST)
    rows = queries.to_place(view.session, process.id, after=after, limit=limit + 1)
    total = queries.count_to_place(view.session, process.id)
    return _answer(
        HintedPage(
            items=[Hinted(folio=row.folio, title=row.title, themes=_hints(view, row.hints)) for row in rows[:limit]],
            next=str(rows[limit - 1].number) if len(rows) > limit else None,
            total=total,
            total_is_capped=total >= queries.COUNT_TO,
        )
    )


def _hints(view: View, hints: list[Any]) -> list[Hint]:
    return [
        Hint(theme=hint.theme.number, name=hint.theme.name(view.language), rank=hint.rank, words=hint.words)
        for hint in hints
    ]


@router.write("PUT", f"{BASE}/{{number}}/proposals/{{folio}}", may=Permission.GROUP_PROPOSALS, response_model=Placement)
def place(view: View, slug: str, number: int, folio: str, sent: NewPlacement) -> Response:
    """Place a proposal, or a named part of it, in a theme with the reason. Office."""
    process = processes.by_slug(view.session, slug)
    view.work.require(Permission.GROUP_PROPOSALS, process.id)
    theme = queries.theme_numbered(view.session, process.id, number)
    proposal = proposals.by_folio(view.session, process.id, folio)
    row = actions.place(view.work, process, theme, proposal, Place(sent.reason, sent.part))
    return _answer(
        Placement(folio=proposal.folio, theme=theme.number, part=row.part, reason=row.reason, suggested=row.suggested)
    )
