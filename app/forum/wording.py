"""The minutes of a session in words: one wording of what was recorded, which the page and the PDF only lay out."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from app.decisions.rules import OUTCOME_WORDS, Outcome
from app.documents.papers import Block, Paper, Section
from app.forum.rules.motions import (
    MOTION_WORDS,
    TWO_THIRDS,
    VOICE_WORDS,
    WANTED_WORDS,
    WAY_WORDS,
    Matter,
    MotionState,
    Voice,
    Wanted,
    Way,
)
from app.forum.rules.seats import KIND_WORDS, SECTOR_WORDS, Quorum, SeatSector, SessionKind
from app.kit.i18n import T, Text, Tn
from app.kit.text import say_date, say_instant

Content = dict[str, Any]
PRESENCE_WORDS = {"holder": T("present"), "alternate": T("present, by the alternate"), "absent": T("absent")}


class Wording:
    """The minutes of one session in one language; addresses begin at `home`, the process's own."""

    def __init__(self, content: Content, language: str, home: str) -> None:
        self.content = content
        self.language = language
        self.home = home

    def paper(self) -> Paper:
        """All of it, in the order of an acta."""
        parts = (
            *(self._attendance(), self._agenda(), *self._discussed(), *self._motions(), *self._decisions()),
            *(*self._criteria(), *self._aside(), *self._substitutes(), *self._tasks(), *self._approval()),
        )
        return Paper(
            self.language,
            self._say(T("Minutes of {session} {number}", session=self._kind().lower(), number=self.content["number"])),
            self._of("body"),
            self._of("process"),
            self._facts(),
            [part for part in parts if part.blocks],
        )

    def _say(self, text: Text) -> str:
        return text.into(self.language)

    def _kind(self) -> str:
        return self._say(KIND_WORDS[SessionKind(self.content["kind"])])

    def _of(self, name: str) -> str:
        names: dict[str, str] = self.content[name]
        return names[self.language]

    def _moment(self, told: str) -> str:
        return say_instant(datetime.fromisoformat(told), self.content["zone"], self.language)

    def _facts(self) -> list[tuple[str, str]]:
        rows = [
            (T("Session"), f"{self._kind()} {self.content['number']}"),
            (T("Date and time"), self._moment(self.content["held_at"])),
            (T("Place or link"), self.content["place"]),
            (T("Called on"), self._moment(self.content["convened_at"]) if self.content["convened_at"] else ""),
            (T("Why it was called later than usual"), self.content["short_notice"]),
        ]
        return [(self._say(label), value) for label, value in rows if value]

    def _attendance(self) -> Section:
        heads = [T("Body or sector"), T("Seat"), T("Votes"), T("Attendance")]
        yes, no = self._say(T("yes")), self._say(T("no"))
        rows = [
            [
                seat["name"],
                str(seat["number"]),
                yes if seat["votes"] else no,
                self._say(PRESENCE_WORDS[seat["presence"]]),
            ]
            for seat in self.content["seats"]
        ]
        return Section(
            2,
            self._say(T("Attendance and quorum")),
            [self._table(T("Who came, by seat"), heads, rows), self._sentence(self._quorum()), self._rule()],
        )

    def _quorum(self) -> Text:
        told = {name: self.content["quorum"][name] for name in Quorum.__dataclass_fields__}
        return Quorum(**told).explained

    def _rule(self) -> Block:
        told = self.content["quorum"]
        if told["needs_both_sides"]:
            rule = T(
                "The rule: more than {percent} % of the voting seats, at least one of the State and one from outside.",
                percent=told["over_percent"],
            )
        else:
            rule = T("The rule: more than {percent} % of the voting seats.", percent=told["over_percent"])
        return self._sentence(rule)

    def _agenda(self) -> Section:
        entries = [
            f"{item['title']} ({self._say(WANTED_WORDS[Wanted(item['wanted'])]).lower()})"
            for item in self.content["items"]
        ]
        return Section(2, self._say(T("Agenda")), [{"kind": "numbered", "entries": entries}] if entries else [])

    def _discussed(self) -> list[Section]:
        general: list[Block] = [{"kind": "text", "text": self.content["general"]}] if self.content["general"] else []
        items = [self._item(item) for item in self.content["items"]]
        told = [part for part in items if part.blocks]
        if not general and not told:
            return []
        return [Section(2, self._say(T("What was discussed")), general or [self._sentence(T("By item:"))]), *told]

    def _item(self, item: Content) -> Section:
        blocks: list[Block] = [{"kind": "text", "text": item["said"]}] if item["said"] else []
        if item["folios"]:
            about = [self._proposal(one["folio"], f"{one['folio']} {one['title']}") for one in item["folios"]]
            blocks += [self._sentence(T("Proposals it was about:")), {"kind": "list", "entries": about}]
        if item["papers"]:
            papers = [{"text": one["title"], "href": one["url"]} for one in item["papers"]]
            blocks += [self._sentence(T("Papers:")), {"kind": "list", "entries": papers}]
        return Section(3, f"{item['number']}. {item['title']}", blocks)

    def _motions(self) -> list[Section]:
        if not self.content["motions"]:
            return []
        count = len(self.content["motions"])
        told = Tn("{count} motion was put.", "{count} motions were put.", count)
        opening = Section(2, self._say(T("Motions and votes")), [{"kind": "opening", "text": self._say(told)}])
        return [opening, *(self._motion(motion) for motion in self.content["motions"])]

    def _motion(self, motion: Content) -> Section:
        blocks: list[Block] = [{"kind": "text", "text": motion["text"]}]
        if motion["item"]:
            blocks.append(self._sentence(T("On item {n} of the agenda.", n=motion["item"])))
        if motion["minutes_of"]:
            blocks.append(self._sentence(T("It is about the minutes of session {n}.", n=motion["minutes_of"])))
        blocks.append(self._sentence(self._outcome(motion)))
        if motion["voices"]:
            heads = [T("Body or sector"), T("Seat"), T("What it said"), T("Reason")]
            rows = [
                [one["name"], str(one["seat"]), self._say(VOICE_WORDS[Voice(one["voice"])]), one["reason"] or "–"]
                for one in motion["voices"]
            ]
            caption = T("Motion {n}: what each seat said", n=motion["number"])
            blocks.append(self._table(caption, heads, rows))
        return Section(3, self._say(T("Motion {n}", n=motion["number"])), blocks)

    def _outcome(self, motion: Content) -> Text:
        state, counts = MotionState(motion["state"]), motion["counts"]
        if motion["way"] is None:
            return T("Outcome: {outcome}.", outcome=MOTION_WORDS[state])
        way = Way(motion["way"])
        if way is Way.CONSENSUS:
            told = Tn("{count} objection recorded", "{count} objections recorded", counts["objects"])
            return T("Outcome: {outcome} {way}, {told}.", outcome=MOTION_WORDS[state], way=WAY_WORDS[way], told=told)
        asked = T("two thirds") if Matter(motion["matter"]) in TWO_THIRDS else T("more for than against")
        return T(
            "Outcome: {outcome} {way}: {for_} for, {against} against, {abstain} abstained, {recused} stood aside. "
            "{present} of {seats} voting seats were present; it needed {asked}.",
            outcome=MOTION_WORDS[state],
            way=WAY_WORDS[way],
            for_=counts["for"],
            against=counts["against"],
            abstain=counts["abstain"],
            recused=counts["recused"],
            present=motion["present"],
            seats=motion["seats"],
            asked=asked,
        )

    def _decisions(self) -> list[Section]:
        found, waiting = self.content["decisions"], self.content["decisions_waiting"]
        blocks: list[Block] = []
        if found:
            told = Tn(
                "{count} decision of this session is public.",
                "{count} decisions of this session are public.",
                len(found),
            )
            heads = [T("Proposal"), T("Decision"), T("Reason")]
            blocks += [
                self._sentence(told),
                self._table(T("What was decided"), heads, [self._decided(d) for d in found]),
            ]
        if waiting:
            told = Tn(
                "{count} decision of this session is published later, with its reason.",
                "{count} decisions of this session are published later, with their reasons.",
                waiting,
            )
            blocks.append(self._sentence(told))
        if self.content["doubts"]:
            open_ = [self._proposal(one["folio"], f"{one['folio']}: {one['note']}") for one in self.content["doubts"]]
            blocks += [self._sentence(T("Left open until something is found out:")), {"kind": "list", "entries": open_}]
        return [Section(2, self._say(T("Decisions on proposals")), blocks)]

    def _decided(self, one: Content) -> list[Any]:
        reason = one["reason"]
        if one["left_rule"]:
            reason += " " + self._say(T("Why the rule was left: {why}", why=one["left_rule"]))
        outcome = f"{self._say(OUTCOME_WORDS[Outcome(one['outcome'])])} ({one['stage'][self.language]})"
        return [self._proposal(one["folio"], f"{one['folio']} {one['title']}"), outcome, reason]

    def _proposal(self, folio: str, text: str) -> dict[str, str]:
        return {"text": text, "href": f"{self.home}/proposals/{folio}"}

    def _criteria(self) -> list[Section]:
        entries = [
            self._say(
                T(
                    "{stage}: version {n}, frozen under {hash}",
                    stage=one["stage"][self.language],
                    n=one["version"],
                    hash=one["hash"][:16],
                )
            )
            for one in self.content["criteria"]
        ]
        return self._listed(T("Criteria adopted"), entries)

    def _aside(self) -> list[Section]:
        entries = [f"{one['folio']}: {one['name']}" for one in self.content["aside"]]
        for motion in self.content["motions"]:
            for one in motion["voices"]:
                if one["voice"] == Voice.RECUSED.value:
                    where = self._say(T("Motion {n}", n=motion["number"]))
                    entries.append(f"{where}: {one['name']}" + (f" ({one['reason']})" if one["reason"] else ""))
        return self._listed(T("Conflicts of interest: who stood aside"), entries)

    def _substitutes(self) -> list[Section]:
        """Minutes that were published before there was such a part have none."""
        named = self.content.get("substitutes", [])
        if not named:
            return []
        sectors = [self._say(SECTOR_WORDS[SeatSector(one["sector"])]) for one in named]
        entries = [
            self._proposal(one["folio"], f"{one['folio']}: {one['name']} ({sector}). {one['reason']}")
            for one, sector in zip(named, sectors, strict=True)
        ]
        told = T("Each counted as a seat with a vote in the quorum on that proposal, and in nothing else.")
        blocks = [self._sentence(told), {"kind": "list", "entries": entries}]
        return [Section(2, self._say(T("Named from outside")), blocks)]

    def _tasks(self) -> list[Section]:
        tasks = self.content["tasks"]
        heads = [T("What"), T("Who sees to it"), T("Until")]
        rows = [
            [task["text"], task["owner"], say_date(date.fromisoformat(task["due_on"]), self.language)
             if task["due_on"] else self._say(T("without a date"))]
            for task in tasks
        ]  # fmt: skip
        blocks = [self._table(T("What, by whom and until when"), heads, rows)] if tasks else []
        return [Section(2, self._say(T("What was undertaken")), blocks)]

    def _approval(self) -> list[Section]:
        told = self.content["approval"]
        if told is None:
            return []
        at = self._moment(told["at"])
        if told["session"]:
            how = T("Approved by session {n} on {at}.", n=told["session"], at=at)
        elif told["alone"]:
            how = T("Approved by the same person who wrote them, who was alone with this task, on {at}.", at=at)
        else:
            how = T("Approved by another person than who wrote them, on {at}.", at=at)
        on = say_date(date.fromisoformat(self.content["published_on"]), self.language)
        published = self._sentence(T("Published on {day}. They no longer change; they are only added to.", day=on))
        return [Section(2, self._say(T("Approval")), [self._sentence(how), published])]

    def _listed(self, title: Text, entries: list[Any]) -> list[Section]:
        return [Section(2, self._say(title), [{"kind": "list", "entries": entries}] if entries else [])]

    def _sentence(self, text: Text) -> Block:
        return {"kind": "sentence", "text": self._say(text)}

    def _table(self, caption: Text, heads: list[Text], rows: list[list[Any]]) -> Block:
        return {
            "kind": "table",
            "caption": self._say(caption),
            "heads": [self._say(head) for head in heads],
            "rows": rows,
        }
