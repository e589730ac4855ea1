"""The report of a decided filter for everybody, and the papers of a session for the forum: as page, PDF, XLSX, ODS."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from app.forum.doors import closed_round, forum_at, readable, stage_at
from app.forum.models import Round
from app.forum.pages.criteria import round_at
from app.forum.queries import reporting
from app.forum.queries.aside import stands_aside_on
from app.forum.queries.reporting import WHOLE, Part, Reader
from app.forum.report_files import FILES, MEDIA_TYPES, Form, Order
from app.forum.report_wording import ReportWording
from app.forum.rules.reporting import Report
from app.kit.errors import Conflict
from app.kit.i18n import T
from app.people.rules import Permission
from app.process.models import Process, Stage
from app.process.queries import stage_by_id
from app.web.downloads import Download, handed_out
from app.web.edge import PUBLIC, Router
from app.web.hops import Length
from app.web.view import View

router = Router()
PAGE = 50
REPORT = "/p/{slug}/forum/report"
PACK = "/p/{slug}/office/forum/rounds/{stage}/pack"


@router.page(REPORT, may=PUBLIC, kept=True, length=Length.LONG)
def report(view: View, slug: str, stage: str = "", page: int = 1) -> Response:
    """A decided filter: its rule, its counts, and each proposal with what was counted, decided and published."""
    wording = _reported(view, slug, stage, _part(page))
    return view.render("forum/report.html", **_shown(wording, page))


@router.page(f"{REPORT}.pdf", may=PUBLIC, length=Length.LONG)
def report_pdf(view: View, slug: str, stage: str = "") -> Response:
    """All of it as a tagged PDF."""
    return _public_file(view, _reported(view, slug, stage), Form.PDF)


@router.page(f"{REPORT}.xlsx", may=PUBLIC, length=Length.LONG)
def report_xlsx(view: View, slug: str, stage: str = "") -> Response:
    """All of it as a workbook."""
    return _public_file(view, _reported(view, slug, stage), Form.XLSX)


@router.page(f"{REPORT}.ods", may=PUBLIC, length=Length.LONG)
def report_ods(view: View, slug: str, stage: str = "") -> Response:
    """All of it as an open document."""
    return _public_file(view, _reported(view, slug, stage), Form.ODS)


@router.page(PACK, may=Permission.SEE_FORUM, length=Length.LONG)
def pack(view: View, slug: str, stage: str, page: int = 1) -> Response:
    """What a session has before it: each proposal, what to look at first, with a reason to begin from."""
    wording = _packed(view, slug, stage, _part(page))
    return view.render("forum/pack.html", **_shown(wording, page))


@router.page(f"{PACK}.pdf", may=Permission.SEE_FORUM, length=Length.LONG)
def pack_pdf(view: View, slug: str, stage: str) -> Response:
    """All of it as a tagged PDF, for whoever asks."""
    return _own_file(view, _packed(view, slug, stage), Form.PDF)


@router.page(f"{PACK}.xlsx", may=Permission.SEE_FORUM, length=Length.LONG)
def pack_xlsx(view: View, slug: str, stage: str) -> Response:
    """All of it as a workbook, for whoever asks."""
    return _own_file(view, _packed(view, slug, stage), Form.XLSX)


@router.page(f"{PACK}.ods", may=Permission.SEE_FORUM, length=Length.LONG)
def pack_ods(view: View, slug: str, stage: str) -> Response:
    """All of it as an open document, for whoever asks."""
    return _own_file(view, _packed(view, slug, stage), Form.ODS)


def _part(page: int) -> Part:
    first = max(page - 1, 0) * PAGE
    return slice(first, first + PAGE)


def _reported(view: View, slug: str, stage_slug: str, part: Part = WHOLE) -> ReportWording:
    """The report once decisions are published; refused before that."""
    process, _ = forum_at(view, slug)
    found = closed_round(view, process, stage_slug)
    stage = stage_by_id(view.session, found.stage_id)
    if not reporting.is_public(view.session, stage):
        raise Conflict(T("The report comes out together with the decisions of the forum. They are not published yet."))
    told = reporting.filter_report(view.session, process, found, view.now, part)
    return _wording(view, told, process, stage)


def _packed(view: View, slug: str, stage_slug: str, part: Part = WHOLE) -> ReportWording:
    """The papers from the count of a round until its decisions are published; for whoever belongs to the forum."""
    process, found, stage = _counted(view, slug, stage_slug)
    if not reporting.is_before(view.session, found, view.now):
        raise Conflict(T("The decisions are published: the report of the filter tells them."))
    aside = stands_aside_on(view.session, stage.id, view.actor.person_id)
    told = reporting.session_pack(view.session, process, found, Reader(view.now, aside), part)
    return _wording(view, told, process, stage)


def _counted(view: View, slug: str, stage_slug: str) -> tuple[Process, Round, Stage]:
    process, _ = forum_at(view, slug)
    view.require(Permission.SEE_FORUM, process.id)
    stage = stage_at(view, process, stage_slug)
    return process, readable(view, round_at(view, process, stage_slug)), stage


def _wording(view: View, told: Report, process: Process, stage: Stage) -> ReportWording:
    return ReportWording(told, (process, stage), view.variant, view.url(f"/p/{process.slug}"))


def _shown(wording: ReportWording, page: int) -> dict[str, Any]:
    total = wording.report.total
    return {
        "process": wording.process,
        "stage": wording.stage,
        "wording": wording,
        "cards": wording.cards(),
        "total": total,
        "page": page,
        "pages": (total + PAGE - 1) // PAGE or 1,
    }


def _public_file(view: View, wording: ReportWording, form: Form) -> Response:
    order, file = _ordered(view, wording, form, is_public=True)
    return handed_out(view, file, lambda: FILES.public(order, file.sha256))


def _own_file(view: View, wording: ReportWording, form: Form) -> Response:
    order, file = _ordered(view, wording, form, is_public=False)
    return handed_out(view, file, lambda: FILES.private(order))


def _ordered(view: View, wording: ReportWording, form: Form, *, is_public: bool) -> tuple[Order, Download]:
    """The file as it is asked for, its addresses whole; the reading ends here, before what takes its time begins."""
    site = view.house.settings.base_url
    absolute = ReportWording(wording.report, (wording.process, wording.stage), view.language, site + wording.home)
    order = Order(absolute, form)
    view.session.close()
    name = f"{wording.process.slug}-{wording.stage.slug}-{'papers' if wording.report.is_pack else 'report'}.{form}"
    return order, Download(name, MEDIA_TYPES[form], order.sha256, is_public=is_public)
