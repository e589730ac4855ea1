"""The desk itself: what is theirs, where they are signed in, and leaving for good."""

from __future__ import annotations

import uuid

import orjson
from starlette.responses import Response

from app.accounts import addresses, erasing, security, sessions
from app.accounts.models import SecurityEvent
from app.duties.rules import Part
from app.kit.errors import Invalid
from app.kit.i18n import T, Text
from app.mail.models import OutboxMessage
from app.mail.rules import OutboxState
from app.my import actions, queries
from app.people import queries as people
from app.people.models import Person
from app.people.rules import Permission
from app.process import queries as processes
from app.proposals import queries as intake
from app.publication import journey
from app.web import sealing
from app.web.edge import SIGNED_IN, Router
from app.web.view import PRIVATE, View

router = Router()

LETTER_WORDS: dict[OutboxState, tuple[Text, str]] = {
    OutboxState.ACCEPTED: (T("sent"), "told"),
    OutboxState.DELIVERED: (T("arrived"), "good"),
    OutboxState.COMPLAINED: (T("arrived"), "good"),
    OutboxState.BOUNCED: (T("came back"), "bad"),
    OutboxState.DROPPED: (T("not sent"), "bad"),
    OutboxState.FAILED: (T("not sent"), "bad"),
    OutboxState.CANCELLED: (T("not sent"), "plain"),
}
ON_ITS_WAY = (T("on its way"), "wait")
EVENT_WORDS: dict[str, Text] = {
    "signed_in": T("Signed in"),
    "signed_out": T("Signed out"),
    "session_ended": T("A session was ended"),
    "role.granted": T("A role was given"),
    "role.revoked": T("A role was taken"),
    "token_made": T("A token for a program was made"),
    "operator_link": T("The operator made a link to sign in"),
    "data_taken": T("The data was downloaded"),
    "address_asked": T("Another e-mail address was asked for"),
    "address_kept": T("The wish for another e-mail address was taken back"),
    "address_changed": T("The e-mail address was changed"),
}
LANGUAGE_NAMES = [("es", "Español"), ("en", "English")]


@router.page("/home", may=SIGNED_IN)
def home(view: View) -> Response:
    """Where somebody works who has just come in: the office at its desk, a forum where it scores, all others at home.

    The address they were going to, if they were, comes first: see `accounts.rules.local_path`.
    """
    if view.actor.may_somewhere(Permission.SEE_DESK):
        return view.see_other("/desk")
    scoring = queries.where_to_score(view.session, view.actor, view.now)
    if scoring:
        return view.see_other(f"/p/{scoring}/score")
    forum = queries.forum_sat_in(view.session, view.actor)
    return view.see_other(f"/p/{forum}/forum" if forum else "/account")


@router.page("/account", may=SIGNED_IN)
def desk(view: View, changed: str = "") -> Response:
    """What is theirs: proposals, letters, open sessions, data."""
    who = queries.person(view.session, view.actor.person_id)
    here = sessions.of_request(view.session, view.request)
    return view.render(
        "my/account.html",
        person=who,
        address=people.email_of(view.session, who.id),
        work=[] if view.actor.may_somewhere(Permission.SEE_DESK) else _work(view),
        waiting=addresses.waiting(view.session, who),
        followed=queries.followed(view.session, who.id, view.language),
        took_part=queries.took_part(view.session, who.id, view.language),
        proposals=[_line(view, mine) for mine in queries.proposals(view.session, who.id)],
        drafts=_drafts(view, who),
        letters=[(letter, *_words(letter)) for letter in queries.letters(view.session, who.id)],
        sessions=sessions.open_of(view.session, who.id, view.now),
        here=here.id if here else None,
        events=[(_said(event), event.at) for event in security.newest_of(view.session, who.id)],
        languages=LANGUAGE_NAMES,
        changed=bool(changed),
    )


def _drafts(view: View, who: Person) -> list[dict[str, object]]:
    """What they began to write under an address they have proved to be theirs, each with the link to go on."""
    secret = view.house.settings.secret()
    return [
        {
            "title": draft.title,
            "process": process.name(view.language),
            "url": view.url(f"/p/{process.slug}/propose/draft/{sealing.seal(secret, 'draft', draft.id.hex)}"),
            "at": draft.updated_at,
        }
        for draft, process in queries.drafts(view.session, who.id)
    ]


def _work(view: View) -> list[tuple[str, Text, str]]:
    scoring = queries.where_to_score(view.session, view.actor, view.now)
    found = queries.work_of(view.session, view.actor, view.now)
    if scoring:
        process = processes.by_slug(view.session, scoring)
        found.insert(0, (process, T("Your score sheets"), f"/p/{scoring}/score"))
    return [(process.name(view.language), words, view.url(url)) for process, words, url in found]


def _line(view: View, mine: queries.Mine) -> dict[str, object]:
    into = intake.folio_of_into(view.session, mine.proposal)
    plain, technical, look = journey.words_for(mine.proposal.state, into)
    sealed = sealing.seal(view.house.settings.secret(), "own", mine.author.id.hex)
    return {
        "proposal": mine.proposal,
        "process": mine.process.name(view.language),
        "url": view.url(f"/follow/{sealed}"),
        "plain": plain,
        "technical": technical,
        "look": look,
        "zone": mine.process.timezone,
        "published_as": mine.author.public_name,
        "name_url": None if mine.author.part is Part.INSTITUTION else f"/account/proposals/{mine.author.id}/name",
    }


def _words(letter: OutboxMessage) -> tuple[Text, str]:
    return LETTER_WORDS.get(letter.state, ON_ITS_WAY)


def _said(event: SecurityEvent) -> Text:
    return EVENT_WORDS.get(event.kind, T("Something else at the door"))


@router.act("/account/me", may=SIGNED_IN, again=desk)
def change(view: View) -> Response:
    """Change name, public name and language."""
    actions.change(view.work, _me(view), view.typed("name"), view.typed("public_name"), view.typed("language"))
    return view.see_other("/account?changed=yes")


@router.act("/account/sessions/{session_id}/end", may=SIGNED_IN)
def end_session(view: View, session_id: uuid.UUID) -> Response:
    """End one session, for instance of a telephone that was lost."""
    me = _me(view)
    sessions.end_of(view.session, me.id, session_id, view.now)
    security.note_visit(view, "session_ended", me.id)
    return view.see_other("/account")


@router.act("/account/sessions/end", may=SIGNED_IN)
def end_sessions(view: View) -> Response:
    """End every session and every token, this one among them."""
    me = _me(view)
    sessions.end_all(view.session, me.id, view.now)
    security.note_visit(view, "session_ended", me.id)
    response = view.see_other("/signed-out")
    sessions.take_cookie(response, view.house.settings)
    return response


@router.page("/account/letters/{letter_id}", may=SIGNED_IN)
def read_letter(view: View, letter_id: uuid.UUID) -> Response:
    """One letter, as it was sent."""
    letter = queries.letter(view.session, _me(view).id, letter_id)
    words, look = _words(letter)
    ask_at = queries.where_to_ask(view.session, letter)
    return view.render("my/letter.html", letter=letter, words=words, look=look, ask_at=ask_at)


@router.act("/account/data", may=SIGNED_IN)
def take_data(view: View) -> Response:
    """Everything that is kept about them, as one JSON file; asks that they signed in a moment ago."""
    if not sessions.is_fresh(view.session, view.request, view.now):
        return view.see_other("/sign-in?next=/account")
    me = _me(view)
    security.note_visit(view, "data_taken", me.id)
    body = orjson.dumps(queries.everything(view.session, me, view.now), option=orjson.OPT_INDENT_2)
    headers = {"content-disposition": 'attachment; filename="minga-my-data.json"', **PRIVATE}
    return Response(body, media_type="application/json", headers=headers)


@router.page("/account/erase", may=SIGNED_IN)
def ask_erase(view: View) -> Response:
    """What erasing means, and the button."""
    if not sessions.is_fresh(view.session, view.request, view.now):
        return view.see_other("/sign-in?next=/account/erase")
    return view.render("my/erase.html", person=_me(view))


@router.act("/account/erase", may=SIGNED_IN, again=ask_erase)
def erase(view: View) -> Response:
    """Erase oneself, for good."""
    sessions.require_fresh(view.session, view.request, view.now)
    if not view.typed("sure"):
        raise Invalid(sure=T("Tick the box if you are sure. Nothing was erased."))
    erasing.erase(view.work, _me(view))
    response = view.see_other("/signed-out?by=erased")
    sessions.take_cookie(response, view.house.settings)
    return response


def _me(view: View) -> Person:
    return queries.person(view.session, view.actor.person_id)
