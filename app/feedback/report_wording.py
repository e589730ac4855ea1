"""A stage report in words of one language, as a paper: what was frozen of it at publication, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from app.decisions.rules import OUTCOME_WORDS, REASON_CODES, Outcome, going
from app.documents.papers import Block, Paper, Section
from app.editorial.rules.outreach import AUDIENCE_WORDS, CHANNEL_WORDS, Audience, OutreachChannel
from app.feedback.reported import UNDECIDED
from app.feedback.rules import CLEAR_WORDS, Clear
from app.kit.i18n import T, Text
from app.kit.text import say_date, say_instant, say_number, say_until
from app.people.rules import OriginSector
from app.process.kinds import StageKind
from app.proposals.rules import Channel, Provenance
from app.proposals.words import CHANNELS, PROVENANCE_WORDS, SECTORS

Content = dict[str, Any]
LEFT_UNDECIDED = T("It was left without a decision")
PLACE_NOT_NAMED = T("Elsewhere, or not said")
WITHHELD = T("not shown")
WHAT_IS_COUNTED = T("What is owed are answers; the rest are letters. One letter answers all the proposals of a person.")
FEW = T(
    "Where a number of people is under five it is not given, so that nobody can be recognised. Decisions are "
    "published one by one, so theirs are given whole."
)
NOTHING = "–"
ANSWER_WORDS: tuple[tuple[str, Text], ...] = (
    ("owed", T("Owed")),
    ("accepted", T("Accepted by the mail provider")),
    ("delivered", T("Delivered, as far as the provider says")),
    ("handed_over", T("Handed over")),
    ("bounced", T("Came back")),
    ("unknown", T("In doubt")),
    ("settled", T("Closed without a letter, with a reason")),
)


def outcome_word(outcome: str) -> Text:
    """What an outcome is called; a proposal may also have been left without one."""
    return LEFT_UNDECIDED if outcome == UNDECIDED else OUTCOME_WORDS[Outcome(outcome)]


def day_of(said: str) -> tuple[date, str]:
    """A day, month or year as it is kept, with how exactly it is known."""
    known = {10: "day", 7: "month", 4: "year"}[len(said)]
    return date.fromisoformat((said + "-01-01")[:10]), known


def places_said(facts: dict[str, Any], language: str) -> list[tuple[Text | str, Text | int]]:
    """What place the proposals are about; those that were named by few stand together in one row at the end."""
    told = [(names[language] if names else PLACE_NOT_NAMED, n) for names, n in facts.get("places", [])]
    shown: list[tuple[Text | str, Text | int]] = [(name, n) for name, n in told if n is not None]
    few = [name.into(language) if isinstance(name, Text) else name for name, n in told if n is None]
    return [*shown, ("; ".join(few), WITHHELD)] if few else shown


class ReportPaper:
    """One version of a report in one language; addresses begin at `home`, the process's own."""

    def __init__(self, content: Content, language: str, home: str) -> None:
        self.content = content
        self.facts: dict[str, Any] = content["facts"]
        self.language = language
        self.home = home
        self.zone = ZoneInfo(content["zone"])

    def paper(self) -> Paper:
        """All of it, in the order of the page."""
        parts = (
            *self._written("change_note", T("What changed in this version")),
            *self._written("purpose", T("What people were asked")),
            self._announced(),
            self._took_part(),
            self._answers(),
            self._decided(),
            self._against(),
            self._dissent(),
            *self._written("what_changed", T("What changed because of it")),
            *self._written("what_next", T("What comes next")),
        )
        return Paper(
            self.language,
            self._say(T("What we did with what you proposed")) + ": " + self._of("stage"),
            self._of("stage"),
            self._of("process"),
            self._opening(),
            [part for part in parts if part.blocks],
        )

    def _say(self, text: Text) -> str:
        return text.into(self.language)

    def _of(self, name: str) -> str:
        names: dict[str, str] = self.content[name]
        return names[self.language]

    def _plain(self, said: Text | str | int) -> str:
        return self._say(said) if isinstance(said, Text) else said if isinstance(said, str) else self._number(said)

    def _number(self, n: int | None) -> str:
        return self._say(WITHHELD) if n is None else say_number(n, self.language)

    def _day(self, said: str) -> str:
        day, known = day_of(said)
        return say_date(day, self.language, known)

    def _theirs(self, text: str) -> dict[str, str]:
        """What somebody wrote, in the language in which it was written."""
        return {"text": text, "lang": self.content["written_in"]}

    def _opening(self) -> list[tuple[str, str]]:
        opens, closes = self.facts["opens_at"], self.facts["closes_at"]
        at = datetime.fromisoformat(self.content["at"])
        rows = [
            (T("Version"), str(self.content["version"])),
            (T("Published on"), say_instant(at, self.zone, self.language)),
            (T("It opened"), say_instant(datetime.fromisoformat(opens), self.zone, self.language) if opens else ""),
            (T("It closed"), say_until(datetime.fromisoformat(closes), self.zone, self.language) if closes else ""),
            (T("Proposals received in the process"), "" if self._is_of_draft else self._number(self.facts["received"])),
            (T("On the web"), f"{self.home}/feedback/{self.content['slug']}?version={self.content['version']}"),
        ]
        return [(self._say(label), value) for label, value in rows if value]

    @property
    def _is_of_draft(self) -> bool:
        return bool(self.content["kind"] == StageKind.DRAFT_COMMENT)

    def _written(self, name: str, title: Text) -> list[Section]:
        text = self.content[name]
        blocks: list[Block] = [{"kind": "text"} | self._theirs(text)] if text else []
        return [Section(2, self._say(title), blocks)]

    def _announced(self) -> Section:
        told = self.facts["outreach"]
        heads = (T("Date"), T("What was done"), T("For whom"), T("Over what"), T("People reached"))
        rows = [
            [
                say_date(date.fromisoformat(act["on"]), self.language, act["to_the"]),
                self._theirs(act["what"]),
                self._whom(act),
                self._say(CHANNEL_WORDS[OutreachChannel(act["channel"])]),
                NOTHING if act["reach"] is None else self._number(act["reach"]),
            ]
            for act in told["acts"]
        ]
        table = self._table(T("How people were told of it"), heads, rows) | {"numbers": [4]}
        blocks = [table] if rows else []
        if told["total"] > len(rows):
            rest = T("{n} more stand in the register of outreach.", n=self._number(told["total"] - len(rows)))
            blocks.append(self._sentence(rest))
        if any(act["is_illustrative"] for act in told["acts"]):
            blocks.append(self._sentence(T("Some of these rows are made up to illustrate.")))
        return Section(2, self._say(T("How it was announced")), blocks)

    def _whom(self, act: dict[str, Any]) -> str:
        groups = [self._say(AUDIENCE_WORDS[Audience(group)]) for group in act["groups"]]
        return ", ".join([*groups, act["audience"]] if act["audience"] else groups)

    def _took_part(self) -> Section:
        if self._is_of_draft:
            return Section(2, "", [])
        channels = [[self._say(CHANNELS[Channel(k)]), self._number(n)] for k, n in self.facts["channels"].items()]
        sectors = [[self._say(SECTORS[OriginSector(k)]), self._number(n)] for k, n in self.facts["sectors"].items()]
        places = [[self._plain(name), self._plain(n)] for name, n in places_said(self.facts, self.language)]
        number = T("Proposals")
        blocks = [
            self._counts(T("By which way proposals came in"), (T("Way"), number), channels),
            self._counts(T("As whom people wrote"), (T("Sector"), number), sectors),
            self._counts(T("What place they are about"), (T("Place"), number), places),
        ]
        people = self.facts["people"]
        told = [self._sentence(FEW)] if self._is_withheld() else []
        told.append(
            self._sentence(
                T(
                    "Of {all} people who proposed, {n} confirmed an e-mail address; residence was not checked.",
                    all=self._number(people["all"]),
                    n=self._number(people["confirmed"]),
                )
            )
        )
        return Section(2, self._say(T("Who took part")), [block for block in blocks if block["rows"]] + told)

    def _is_withheld(self) -> bool:
        cells = [*self.facts["channels"].values(), *self.facts["sectors"].values(), *self.facts["clear"].values()]
        return None in [*cells, *(n for _, n in self.facts["places"])]

    def _answers(self) -> Section:
        answers = self.facts["answers"]
        done = answers["covered"] + answers["settled"]
        total = done + answers["owed"]
        told = T("{done} of {all} answered.", done=self._number(done), all=self._number(total))
        blocks = [self._sentence(told)]
        median = self.facts["median_days"]
        if median is not None:
            days = T("Half of them within {days} days.", days=say_number(median, self.language))
            blocks.append(self._sentence(T("Half of them within a day.") if median < 1 else days))
        when = [(self._day(said), n) for said, n in self.facts["answered"]]
        if when:
            blocks.append(self._bars(T("When people were answered"), (T("Date"), T("Answers")), when))
        rows = [[self._say(word), self._number(answers[name])] for name, word in ANSWER_WORDS]
        blocks.append(self._counts(T("What became of the answers"), (T("Answers"), T("Number")), rows))
        blocks.append(self._sentence(WHAT_IS_COUNTED))
        if self.facts["lone"]:
            lone = T(
                "Letters approved by the person who wrote them, because nobody else could: {n}.",
                n=self._number(self.facts["lone"]),
            )
            blocks.append(self._sentence(lone))
        clear = [[self._say(CLEAR_WORDS[Clear(k)]), self._number(n)] for k, n in self.facts["clear"].items()]
        if clear:
            blocks.append(
                self._counts(T("Was the reason clear? What readers answered"), (T("Answer"), T("People")), clear)
            )
        return Section(2, self._say(T("The answers")), blocks if total else [])

    def _decided(self) -> Section:
        if not self.content["rows"]:
            return Section(2, "", [])
        outcomes = {Outcome(key): n for key, n in self.facts["outcomes"].items()}
        steps = [
            (self._say(T("Proposals received in the process")), self.facts["received"]),
            (self._say(T("Decided on at this stage")), self.facts["decided"]),
            (self._say(T("They go on")), going(outcomes)),
        ]
        kinds = [(self._say(REASON_CODES[code]), n) for code, n in self.facts["reasons"] if code in REASON_CODES]
        named = [(self._say(OUTCOME_WORDS[outcome]), n) for outcome, n in outcomes.items()]
        number = T("Proposals")
        blocks = [
            self._bars(T("Of how many that came, how many go on"), (T("Step"), number), steps),
            self._bars(T("Decisions"), (T("Decision"), number), named),
        ]
        if kinds:
            blocks.append(self._bars(T("Kinds of reasons"), (T("Reason"), number), kinds))
        heads = (T("Proposal"), T("Decision"), T("Reason"))
        rows = [[self._named(row), self._outcome(row), self._reason(row)] for row in self.content["rows"]]
        if self._body:
            blocks.append(self._sentence(T("Decided by: {body}.", body=self._body)))
        blocks.append(self._table(T("Every proposal with its reason"), heads, rows) | {"widths": [6, 5, 13]})
        if self.content["is_too_long"]:
            blocks.append(self._sentence(T("The reasons are too long for one PDF. They stand whole in the CSV file.")))
        return Section(2, self._say(T("What was decided, and why")), blocks)

    def _named(self, row: dict[str, Any]) -> dict[str, str]:
        return self._theirs(f"{row['folio']} · {row['title']}")

    def _outcome(self, row: dict[str, Any]) -> str:
        moment = datetime.fromisoformat(row["decided_at"]).astimezone(self.zone).date()
        said = [self._say(outcome_word(row["outcome"])), say_date(moment, self.language, row["known_to"])]
        said += [row["body"][self.language]] if row["body"]["es"] and self._body is None else []
        provenance = Provenance(row["provenance"])
        if provenance is not Provenance.NATIVE:
            said.append(self._say(PROVENANCE_WORDS[provenance]))
        return " · ".join(said)

    @cached_property
    def _body(self) -> str | None:
        """Who decided on all of them, where it was one body."""
        bodies = {row["body"][self.language] for row in self.content["rows"] if row["body"]["es"]}
        return bodies.pop() if len(bodies) == 1 else None

    def _reason(self, row: dict[str, Any]) -> str | dict[str, str]:
        if self.content["is_too_long"]:
            return ", ".join(self._say(REASON_CODES[code]) for code in row["codes"] if code in REASON_CODES)
        return self._theirs(row["reason"]) if row["reason"] else self._say(T("No reason was published"))

    def _against(self) -> Section:
        rows = [
            [self._named(row), self._say(outcome_word(row["outcome"])), self._theirs(row["reason"] or NOTHING)]
            for row in self.facts["against"]
        ]
        heads = (T("Proposal"), T("Decision"), T("Why the rule was left"))
        blocks = [self._table(T("Decisions that left the rule, and why"), heads, rows)] if rows else []
        return Section(2, self._say(T("Decisions that left the rule")), blocks)

    def _dissent(self) -> Section:
        rows = [
            [
                row["where"][self.language],
                row["who"] or NOTHING,
                self._theirs(row["about"] or NOTHING),
                self._theirs(row["said"] or NOTHING),
            ]
            for row in self.facts["dissent"]
        ]
        heads = (T("Where"), T("Who"), T("About what"), T("What they said"))
        title = T("Who saw it otherwise, and why")
        return Section(2, self._say(title), [self._table(title, heads, rows)] if rows else [])

    def _sentence(self, text: Text) -> Block:
        return {"kind": "sentence", "text": self._say(text)}

    def _counts(self, caption: Text, heads: Iterable[Text], rows: Sequence[Sequence[Any]]) -> Block:
        return self._table(caption, heads, rows) | {"numbers": [1]}

    def _table(self, caption: Text, heads: Iterable[Text], rows: Sequence[Sequence[Any]]) -> Block:
        return {
            "kind": "table",
            "caption": self._say(caption),
            "heads": [self._say(head) for head in heads],
            "rows": [list(row) for row in rows],
        }

    def _bars(self, caption: Text, heads: tuple[Text, Text], rows: Iterable[tuple[str, int]]) -> Block:
        return {
            "kind": "bars",
            "caption": self._say(caption),
            "heads": [self._say(head) for head in heads],
            "rows": [{"label": label, "value": n, "said": self._number(n)} for label, n in rows],
        }
