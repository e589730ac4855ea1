"""Following by e-mail: the form of what can be followed, the mailbox's own yes, how often, and the way out."""

from __future__ import annotations

import uuid
from typing import Any

from starlette.responses import Response

from app.kit.errors import NotFound
from app.kit.i18n import T
from app.people import queries as people
from app.process.doors import standing
from app.publication import actions, news, queries
from app.publication.models import Follow
from app.publication.news import Subject
from app.publication.rules import Rhythm, next_digest, shown_count
from app.web.edge import PUBLIC, SIGNED_IN, Router
from app.web.view import PRIVATE, View

router = Router()
PROCESS, PROPOSAL = "/p/{slug}/follow", "/p/{slug}/proposals/{folio}/follow"
COMMITMENT = "/p/{slug}/commitments/{number}/follow"
CONFIRM = "/p/{slug}/follow/confirm/{token}"
HOW_OFTEN = "/unsubscribe/{token}/how-often"
CHANGED = {
    Rhythm.EACH_TIME: T("From now on we write to you each time something happens."),
    Rhythm.WEEKLY: T("From now on we write to you on Mondays, if something happened."),
}


def _subject(view: View, slug: str, kind: str, which: str) -> Subject:
    process = standing(view, slug)
    return news.subject_of(view.session, process, f"{kind}:{which}", view.language)


def _form(view: View, subject: Subject) -> Response:
    mine = people.email_of(view.session, view.actor.person_id) if view.actor.person_id else None
    return view.render(
        "publication/subscribe.html",
        process=subject.process,
        subject=subject,
        address=mine.value if mine else "",
        followers=shown_count(queries.count(view.session, subject.process.id, subject.name)),
        next_digest=next_digest(view.now, subject.process.zone),
    )


@router.page(PROCESS, may=PUBLIC)
def of_process(view: View, slug: str) -> Response:
    """The form: one address, to follow a whole process."""
    return _form(view, _subject(view, slug, "process", slug))


@router.page(PROPOSAL, may=PUBLIC)
def of_proposal(view: View, slug: str, folio: str) -> Response:
    """The form: one address, to follow a proposal."""
    return _form(view, _subject(view, slug, "proposal", folio))


@router.page(COMMITMENT, may=PUBLIC)
def of_commitment(view: View, slug: str, number: int) -> Response:
    """The form: one address, to follow a commitment."""
    return _form(view, _subject(view, slug, "commitment", str(number)))


def _prepare_process(view: View, slug: str) -> Any:
    return _prepared(view, _subject(view, slug, "process", slug))


def _prepare_proposal(view: View, slug: str, folio: str) -> Any:
    return _prepared(view, _subject(view, slug, "proposal", folio))


def _prepare_commitment(view: View, slug: str, number: int) -> Any:
    return _prepared(view, _subject(view, slug, "commitment", str(number)))


def _prepared(view: View, subject: Subject) -> actions.Asked:
    return actions.prepare(subject, view.typed("email"), view.typed("how_often"), view.language)


@router.act(PROCESS, may=PUBLIC, again=of_process, prepare=_prepare_process, limit="follow")
def follow_process(view: View, slug: str) -> Response:
    """Ask the mailbox whether it wants the news of a process."""
    return _told(view, slug)


@router.act(PROPOSAL, may=PUBLIC, again=of_proposal, prepare=_prepare_proposal, limit="follow")
def follow_proposal(view: View, slug: str, folio: str) -> Response:
    """Ask the mailbox whether it wants the news of a proposal."""
    del folio
    return _told(view, slug)


@router.act(COMMITMENT, may=PUBLIC, again=of_commitment, prepare=_prepare_commitment, limit="follow")
def follow_commitment(view: View, slug: str, number: int) -> Response:
    """Ask the mailbox whether it wants the news of a commitment."""
    del number
    return _told(view, slug)


def _told(view: View, slug: str) -> Response:
    made: actions.Asked = view.prepared
    if actions.follow(view.work, made):
        return view.see_other(made.subject.path, CHANGED[made.rhythm])
    return view.see_other(f"/p/{slug}/follow/sent")


@router.page("/p/{slug}/follow/sent", may=PUBLIC)
def sent(view: View, slug: str) -> Response:
    """That a letter waits in the mailbox; the same whatever the mailbox follows."""
    return view.render("publication/subscribe_sent.html", process=standing(view, slug))


@router.page(CONFIRM, may=PUBLIC)
def ask_confirm(view: View, slug: str, token: str) -> Response:
    """A button: opening the link changes nothing, because mail programs open links by themselves."""
    found, subject = _asked(view, slug, token)
    return _private(
        view.render(
            "publication/subscribe_confirm.html",
            process=subject.process,
            subject=subject,
            token=token,
            is_done=found.confirmed_at is not None,
            rhythm=found.rhythm,
            next_digest=next_digest(view.now, subject.process.zone),
        )
    )


@router.act(CONFIRM, may=PUBLIC, again=ask_confirm, limit="follow")
def confirm(view: View, slug: str, token: str) -> Response:
    """The mailbox says yes."""
    found, _ = _asked(view, slug, token)
    actions.confirm(view.work, found, _rhythm(view) or found.rhythm)
    return view.see_other(f"/p/{slug}/follow/confirm/{token}")


@router.act(f"{CONFIRM}/how-often", may=PUBLIC, again=ask_confirm, limit="follow")
def choose_here(view: View, slug: str, token: str) -> Response:
    """Hear of it more or less often, from the page that confirmed it."""
    found, _ = _asked(view, slug, token)
    actions.choose_asked(view.work, found, actions.rhythm_of(view.typed("how_often")))
    return view.see_other(f"/p/{slug}/follow/confirm/{token}")


@router.act(f"{CONFIRM}/end", may=PUBLIC, limit="follow")
def stop_here(view: View, slug: str, token: str) -> Response:
    """Stop following, from the page that confirmed it: whoever holds the link of that letter may."""
    found, subject = _asked(view, slug, token)
    actions.stop_asked(view.work, found)
    return view.see_other(subject.path, T("It is stopped."))


def _asked(view: View, slug: str, token: str) -> tuple[Follow, Subject]:
    process = standing(view, slug)
    found = queries.by_token(view.session, process.id, token)
    return found, news.subject_of(view.session, process, found.subject, view.language)


@router.page("/unsubscribe/{token}", may=PUBLIC)
def before_stop(view: View, token: str) -> Response:
    """What the mailbox follows, and the buttons that stop it; whoever holds a letter of it may."""
    follower = queries.by_stop(view.session, token)
    followed = queries.followed_by(view.session, [follower.id], view.language) if follower else []
    return _private(view.render("publication/unsubscribe.html", token=token, followed=followed))


@router.act("/unsubscribe/{token}", may=PUBLIC, again=before_stop, limit="follow")
def stop(view: View, token: str) -> Response:
    """Stop one thing, or all at once, which is also what the button of a mail program does."""
    follower = queries.by_stop(view.session, token)
    if follower is not None:
        actions.stop(view.work, follower, _key(view.typed("follow")))
    return view.see_other(f"/unsubscribe/{token}", T("It is stopped."))


@router.page(HOW_OFTEN, may=PUBLIC)
def ask_how_often(view: View, token: str) -> Response:
    """How often the mailbox hears of each thing it follows, and the buttons that change it; every letter leads here."""
    follower = queries.by_stop(view.session, token)
    followed = queries.followed_by(view.session, [follower.id], view.language) if follower else []
    return _private(view.render("publication/how_often.html", token=token, followed=followed))


@router.act(HOW_OFTEN, may=PUBLIC, again=ask_how_often, limit="follow")
def choose(view: View, token: str) -> Response:
    """Hear of one thing, or of all, more or less often."""
    rhythm = actions.rhythm_of(view.typed("how_often"))
    follower = queries.by_stop(view.session, token)
    if follower is not None:
        actions.choose(view.work, follower, rhythm, _key(view.typed("follow")))
    return view.see_other(f"/unsubscribe/{token}/how-often", CHANGED[rhythm])


@router.act("/account/follows/{follow_id}/how-often", may=SIGNED_IN)
def choose_own(view: View, follow_id: uuid.UUID) -> Response:
    """Hear of something more or less often, from one's own desk."""
    rhythm = actions.rhythm_of(view.typed("how_often"))
    actions.choose_own(view.work, follow_id, rhythm)
    return view.see_other("/account", CHANGED[rhythm])


@router.act("/account/follows/{follow_id}/end", may=SIGNED_IN)
def stop_own(view: View, follow_id: uuid.UUID) -> Response:
    """Stop following something, from one's own desk."""
    actions.stop_own(view.work, follow_id)
    return view.see_other("/account", T("It is stopped."))


def _rhythm(view: View) -> Rhythm | None:
    typed = view.typed("how_often")
    return actions.rhythm_of(typed) if typed else None


def _key(typed: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(typed) if typed else None
    except ValueError:
        raise NotFound from None


def _private(response: Response) -> Response:
    response.headers["referrer-policy"] = "no-referrer"
    response.headers["cache-control"] = PRIVATE["cache-control"]
    return response
