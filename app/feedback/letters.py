"""The letter of answer as data: three opening lines, then one part for each proposal; words of people stay as typed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app.commitments.rules.comments import CHANGES_THE_DRAFT, Response
from app.decisions.rules import GOES_ON, REASON_CODES, Outcome
from app.duties.models import Promise
from app.feedback import own_words
from app.feedback.models import Question, StageReport
from app.feedback.own_words import Line, Run
from app.feedback.rules import REPLY_WORDS, Reply
from app.feedback.sections import COLLECTIVE, COMMENT, HELD_BACK, REFUSED, Section
from app.feedback.what_next import Place, apart, lines_of
from app.kit.i18n import T, Text, Tn, said
from app.kit.text import excerpt, opening_of, say_date
from app.mail.rendering import Letter, Rendered, Verbatim, render
from app.mail.rules import LetterKind
from app.process.models import Process, Stage
from app.proposals.letters import variant
from app.proposals.rules import Provenance
from app.proposals.words import REFUSAL_REASONS

MAIN_REASON = 320
OWN_WORDS = 500

RESULTS: dict[str, Text] = {
    Outcome.SELECTED: T("Your proposal goes on. It is not a commitment yet."),
    Outcome.RESERVED: T("Your proposal stays in reserve."),
    Outcome.NOT_SELECTED: T("Your proposal does not go on."),
    Outcome.PRIORITISED: T("Your proposal was prioritised: it goes on to a technical meeting."),
    Outcome.NOT_PRIORITISED: T("Your proposal was not prioritised."),
    Outcome.FEASIBLE: T("Your proposal can be carried out. It is not a commitment yet."),
    Outcome.NOT_FEASIBLE: T("Your proposal cannot be carried out as it was studied."),
    Outcome.COMMITTED: T("Your proposal is part of the plan."),
    Outcome.NOT_COMMITTED: T("Your proposal did not become part of the plan."),
    REFUSED: T("Your proposal was not admitted."),
    COLLECTIVE: T("This is the answer to everybody who took part in the meeting."),
    f"{COMMENT}accepted": T("What you pointed out was accepted."),
    f"{COMMENT}accepted_in_part": T("What you pointed out was accepted in part."),
    f"{COMMENT}not_accepted": T("What you pointed out was not accepted."),
    f"{COMMENT}noted": T("What you pointed out was taken note of."),
    HELD_BACK: T("Your comment was not made public."),
}
TITLES: dict[str, Text] = {
    Outcome.SELECTED: T("Your proposal goes on"),
    Outcome.RESERVED: T("Your proposal stays in reserve"),
    Outcome.NOT_SELECTED: T("What was decided on your proposal"),
    Outcome.PRIORITISED: T("Your proposal was prioritised"),
    Outcome.NOT_PRIORITISED: T("What was decided on your proposal"),
    Outcome.FEASIBLE: T("Your proposal can be carried out"),
    Outcome.NOT_FEASIBLE: T("What was decided on your proposal"),
    Outcome.COMMITTED: T("Your proposal is part of the plan"),
    Outcome.NOT_COMMITTED: T("What was decided on your proposal"),
    REFUSED: T("About the proposal you sent"),
    COLLECTIVE: T("What became of what was said at the meeting"),
    **dict.fromkeys((f"{COMMENT}{one}" for one in Response), T("What became of your comment on the draft")),
    HELD_BACK: T("About the comment you sent"),
}
IN_SUBJECT: dict[str, Text] = {
    Outcome.SELECTED: T("it goes on"),
    Outcome.RESERVED: T("it stays in reserve"),
    Outcome.NOT_SELECTED: T("it does not go on, and why"),
    Outcome.PRIORITISED: T("it was prioritised"),
    Outcome.NOT_PRIORITISED: T("it was not prioritised, and why"),
    Outcome.FEASIBLE: T("it can be carried out"),
    Outcome.NOT_FEASIBLE: T("it cannot be carried out, and why"),
    Outcome.COMMITTED: T("it is part of the plan"),
    Outcome.NOT_COMMITTED: T("it is not part of the plan, and why"),
    REFUSED: T("it was not admitted, and why"),
    COLLECTIVE: T("what became of what was said there"),
    f"{COMMENT}accepted": T("it was accepted, and what changes"),
    f"{COMMENT}accepted_in_part": T("it was accepted in part, and why"),
    f"{COMMENT}not_accepted": T("it was not accepted, and why"),
    f"{COMMENT}noted": T("it was taken note of, and why"),
    HELD_BACK: T("it was not made public, and why"),
}
KNOWN_FROM: dict[str, Text] = {
    Provenance.IMPORTED: T("This decision was taken in another system and copied here as it stood."),
    Provenance.REPORTED: T("This decision is told as a document tells it."),
    Provenance.DERIVED: T("This decision was derived from other data."),
    Provenance.ILLUSTRATIVE: T("This decision and its reason are made up to illustrate."),
}
"""What a letter says of a decision that was not taken here."""
FEW = 3
OTHER = "other"
"""The kind of reason that says only that the text says it: not repeated in a letter."""


@dataclass(frozen=True)
class Answer:
    """What the letter needs besides its sections."""

    name: str
    language: str
    ask_by: datetime
    question: str
    note: str = ""
    replaces_on: datetime | None = None
    trail_head: dict[str, Any] | None = None
    is_followed: bool = True
    has_plan: bool = True


def written(process: Process, stage: Stage, sections: list[Section], answer: Answer) -> Rendered:
    """The letter as it will be sent."""
    language = variant(process, answer.language)
    place = place_of(process, stage, answer, language)
    context = {
        "process": {"name": process.name(language)},
        "stage": stage.name(language),
        "person": "" if any(section.is_to_anybody for section in sections) else answer.name,
        "note": answer.note,
        "ask_at": Verbatim(process.ask_at),
        "ask_by": place.ask_until,
        "written_in": language[:2] if all(one.outcome == HELD_BACK for one in sections) else process.language[:2],
        "question_path": f"/p/{process.slug}/answers/clear/{answer.question}",
        "trail_head": _head(process, answer.trail_head, language),
        "replaces_on": _day(answer.replaces_on, process, language),
        "changed": [_label(section, language) for section in sections if section.is_changed],
        "only_meetings": all(section.outcome == COLLECTIVE for section in sections),
        "is_to_anybody": any(section.is_to_anybody for section in sections),
        "meetings": ", ".join(section.title for section in sections if section.outcome == COLLECTIVE),
        "stop_path": f"/p/{process.slug}/answers/stop/{answer.question}",
        "only_comments": all(section.is_comment for section in sections),
        "parts": [_part(process, section, place, language) for section in sections],
        "several": len(sections) > 1,
        **_opening(sections, place, language),
    }
    return render(Letter("feedback/answer", context, kind=LetterKind.DUTY, process_id=process.id), language)


def place_of(process: Process, stage: Stage, answer: Answer, language: str) -> Place:
    """What a letter tells of where and until when, in the words of its reader."""
    return Place(
        process.name(language),
        str(said(stage.name(language), language)),
        _day(answer.ask_by, process, language),
        answer.is_followed,
        answer.has_plan,
    )


def late(process: Process, promise: Promise, to: tuple[str, str], folios: list[str]) -> Rendered:
    """That a promised answer comes later than was promised: until when now, and why."""
    name, spoken = to
    language = variant(process, spoken)
    context = {
        "process": {"name": process.name(language)},
        "person": name,
        "folios": ", ".join(folios),
        "promised": _day(promise.promised_at, process, language),
        "moved_to": _day(promise.new_at, process, language),
        "is_past": promise.slipped_at is not None and promise.promised_at <= promise.slipped_at,
        "reason": promise.reason,
        "written_in": process.language[:2],
        "ask_at": Verbatim(process.ask_at),
        "path": f"/p/{process.slug}/feedback",
    }
    return render(Letter("feedback/late", context, kind=LetterKind.DUTY, process_id=process.id), language)


def report_published(process: Process, stage: Stage, report: StageReport, to: tuple[str, str]) -> Rendered:
    """That the report of a stage is public, to somebody who took part in it."""
    name, spoken = to
    language = variant(process, spoken)
    context = {
        "process": {"name": process.name(language)},
        "person": name,
        "stage": said(stage.name(language), language),
        "version": report.version,
        "change_note": report.change_note,
        "written_in": process.language[:2],
        "ask_at": Verbatim(process.ask_at),
        "path": f"/p/{process.slug}/feedback/{stage.slug}?version={report.version}",
    }
    return render(Letter("feedback/report", context, kind=LetterKind.DUTY, process_id=process.id), language)


def replied(process: Process, question: Question, told: tuple[Reply, str], to: tuple[str, str], token: str) -> Rendered:
    """The answer to what somebody asked about a decision, with their own words before it."""
    (reply, words), (name, spoken) = told, to
    language = variant(process, spoken)
    context = {
        "process": {"name": process.name(language)},
        "person": name,
        "folio": question.folio,
        "asked_on": _day(question.asked_at, process, language),
        "asked": question.words,
        "outcome": REPLY_WORDS[reply],
        "is_anew": reply is Reply.ANEW,
        "answer": words,
        "written_in": process.language[:2],
        "ask_at": Verbatim(process.ask_at),
        "path": f"/p/{process.slug}/answers/clear/{token}",
    }
    return render(Letter("feedback/replied", context, kind=LetterKind.DUTY, process_id=process.id), language)


def _opening(sections: list[Section], place: Place, language: str) -> dict[str, Any]:
    """The subject's words, the title and the three lines: of the one proposal, or of several together."""
    first = sections[0]
    if len(sections) == 1:
        return {
            "folios": _label(first, language),
            "in_subject": IN_SUBJECT[first.outcome],
            "title": TITLES[first.outcome],
            "result": _result(first, place),
            "main_reason": _main(first),
            **_next(lines_of(first, _label(first, language), place, language)),
        }
    named = [(_label(section, language), section) for section in sections]
    reasons = [(label, _main(section)) for label, section in named]
    nexts = _each_next([(label, lines_of(section, label, place, language)) for label, section in named])
    return {
        "folios": ", ".join(_label(section, language) for section in sections),
        **_of_several([section for section in sections if section.outcome != COLLECTIVE], place),
        "main_reason": _each(reasons) or T("There is one for each of them; you find it below, beside its folio."),
        **_next(nexts or [(Run(T("It is said below for each of them, beside its folio.").into(language)),)]),
    }


def _of_several(own: list[Section], place: Place) -> dict[str, Any]:
    """What is said of a person's own proposals together; of meetings where they had none."""
    going = sum(section.outcome in GOES_ON for section in own)
    if len(own) > 1 and all(section.is_comment for section in own):
        return _of_comments(own)
    if len(own) < 2:
        outcome = own[0].outcome if own else COLLECTIVE
        result = _result(own[0], place) if own else RESULTS[COLLECTIVE]
        return {"in_subject": IN_SUBJECT[outcome], "title": TITLES[outcome], "result": result}
    return {
        "in_subject": Tn("{count} goes on; what became of each", "{count} go on; what became of each", going),
        "title": T("What was decided on your proposals"),
        "result": _how_many(going, len(own)),
    }


def _how_many(going: int, several: int) -> Text:
    if going == several:
        return T("Your {n} proposals go on.", n=several)
    if not going:
        return T("None of your {n} proposals goes on.", n=several)
    return Tn(
        "Of your {all} proposals, {count} goes on.", "Of your {all} proposals, {count} go on.", going, all=several
    )


def _of_comments(own: list[Section]) -> dict[str, Any]:
    """What is said of several comments of a person together: how many were accepted, wholly or in part."""
    taken = sum(section.outcome in {f"{COMMENT}{one}" for one in CHANGES_THE_DRAFT} for section in own)
    return {
        "in_subject": T("what became of each"),
        "title": T("What became of your comments on the draft"),
        "result": Tn(
            "Of your {all} comments, {count} was accepted, wholly or in part.",
            "Of your {all} comments, {count} were accepted, wholly or in part.",
            taken,
            all=len(own),
        ),
    }


def _label(section: Section, language: str) -> str:
    """How a part is named: by its folio, or as the meeting of this number."""
    if section.outcome != COLLECTIVE:
        return section.folio
    return T("Meeting {n}", n=section.folio.rpartition("-")[2]).into(language)


def _each(told: list[tuple[str, str]]) -> str:
    """What is said of each folio, a line for each, or once if it is the same for all; nothing where it is too long."""
    if len({words for _, words in told}) == 1:
        return told[0][1]
    return "\n".join(f"{folio}: {words}" for folio, words in told) if len(told) <= FEW else ""


def _each_next(told: list[tuple[str, list[Line]]]) -> list[Line]:
    """The same of what comes next, whose first line says which folio it is about."""
    if all(lines == told[0][1] for _, lines in told):
        return told[0][1]
    if len(told) > FEW:
        return []
    return [line for folio, (first, *rest) in told for line in ((Run(f"{folio}: "), *first), *rest)]


def _next(lines: list[Line]) -> dict[str, Any]:
    """What comes next for both twins of the letter."""
    return {"next": own_words.told(lines), "next_lines": [own_words.unjoined(line) for line in lines]}


def _result(section: Section, place: Place) -> Text:
    differs = apart(section.outcome, place)
    return differs[0] if differs else RESULTS[section.outcome]


def _main(section: Section) -> str:
    """The reason that weighed: that for leaving the rule where it was left, which the outcome comes from."""
    return opening_of(section.override_reason or section.reason, MAIN_REASON)


def _part(process: Process, section: Section, place: Place, language: str) -> dict[str, Any]:
    codes = REFUSAL_REASONS if section.outcome == REFUSED else REASON_CODES
    shown = _main(section)
    return {
        "folio": _label(section, language),
        "is_meeting": section.outcome == COLLECTIVE,
        "is_comment": section.is_comment,
        "change_words": section.change_words,
        "changes": [
            {
                "said": T("Commitment {n}, version {version}", n=number, version=version),
                "path": f"/p/{process.slug}/commitments/{number}/versions?one={version - 1}&other={version}",
            }
            for number, version in section.changes
        ],
        "title": section.title,
        "own_words": excerpt(section.own_words, OWN_WORDS),
        "joined": section.joined,
        "joined_title": section.joined_title,
        "result": _result(section, place),
        "reason": section.reason,
        "is_told_above": shown == " ".join(section.reason.split()),
        "codes": ", ".join(
            codes[code].into(language).lower() for code in section.codes if code in codes and code != OTHER
        ),
        **_next(lines_of(section, _label(section, language), place, language)),
        "override_reason": section.override_reason,
        "body": section.body_en if language.startswith("en") else section.body_es,
        "act_number": section.act_number,
        "text_version": section.text_version,
        "decided_on": _said_on(section, language),
        "is_to_the_day": section.decided_to_the == "day",
        "known_from": KNOWN_FROM.get(section.provenance),
        "source": section.source,
        "explanation": section.explanation,
        "path": _path(process, section),
        "is_public": section.is_public,
    }


def _said_on(section: Section, language: str) -> str:
    if not section.decided_on:
        return ""
    return say_date(date.fromisoformat(section.decided_on), language, section.decided_to_the)


def _path(process: Process, section: Section) -> str:
    if section.is_comment:
        return f"/p/{process.slug}/draft/issues" + (f"/{section.issue}" if section.issue else "")
    if section.outcome == COLLECTIVE:
        return f"/p/{process.slug}/tables/{section.folio.rpartition('-')[2]}/answer"
    return f"/p/{process.slug}/proposals/{section.folio}" if section.is_public else "/follow"


def _day(moment: datetime | None, process: Process, language: str) -> str:
    return say_date(moment.astimezone(process.zone).date(), language) if moment else ""


def _head(process: Process, head: dict[str, Any] | None, language: str) -> dict[str, Any] | None:
    if head is None:
        return None
    day = say_date(date.fromisoformat(head["day"]), language)
    return {"day": day, "seq": head["seq"], "hash": head["hash"], "path": f"/p/{process.slug}/data?entry={head['seq']}"}
