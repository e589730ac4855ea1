"""A report of a filter in words of one language: cards of the page and the paper, and the sheets of a spreadsheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from app.decisions.rules import GOES_ON, OUTCOME_WORDS
from app.forum.queries.aside import YOU_STAND_ASIDE
from app.forum.queries.criteria import said
from app.forum.queries.deciding import FLAG_WORDS, VERDICT_WORDS
from app.forum.rule_words import rule_in_words
from app.forum.rules.reporting import Drafted, Line, Report, Taken
from app.forum.rules.results import Result
from app.forum.rules.scoring import KIND_WORDS
from app.kit.i18n import T, Text, Tn
from app.kit.i18n import said as said_in
from app.kit.text import excerpt, half_up, say_instant, say_number
from app.process.models import Process, Stage
from app.proposals.rules import Provenance
from app.proposals.words import PROVENANCE_WORDS

Cell = str | int | float | None
DIGITS = 3
"""So many decimals a spreadsheet has, as the results by program; what decides is exact."""
LONGEST_HEAD = 28
NOTHING = "–"


@dataclass(frozen=True)
class Card:
    """One proposal as it is read: its place, what was asked of it, and what became of it, each as a sentence."""

    folio: str
    title: str
    href: str
    place: str = ""
    means: Sequence[str] = ()
    by_rule: str = ""
    look_at: str = ""
    decided: str = ""
    goes_on: bool = False
    provenance: str = ""
    reason: str = ""
    reason_label: str = ""
    without_reason: str = ""
    override: str = ""
    note: str = ""
    suspected: str = ""


@dataclass(frozen=True)
class Sheet:
    """One sheet of a spreadsheet: plain heads, and cells that are text or numbers."""

    name: str
    heads: Sequence[str]
    rows: Sequence[Sequence[Cell]]


class ReportWording:
    """One report in one language; addresses begin at `home`, the process's own."""

    def __init__(self, report: Report, place: tuple[Process, Stage], language: str, home: str) -> None:
        self.report = report
        self.process, self.stage = place
        self.language = language
        self.home = home

    def say(self, text: Text) -> str:
        """A text of ours in this language."""
        return text.into(self.language)

    def number(self, number: Fraction | None, decimals: int = 1) -> str:
        """A number as the reader's country writes it, or a dash."""
        return NOTHING if number is None else say_number(float(number), self.language, decimals)

    @property
    def title(self) -> str:
        """What stands above it."""
        return self.say(T("Papers for the session") if self.report.is_pack else T("Report of the filter"))

    @property
    def subtitle(self) -> str:
        """Of which stage of which process."""
        return f"{self.process.name(self.language)} · {said_in(self.stage.name(self.language), self.language)}"

    @property
    def closed(self) -> str:
        """When the scores were closed; nothing where the round was made up."""
        found = self.report.round
        if found.closed_at is None or found.provenance is not Provenance.NATIVE:
            return ""
        when = say_instant(found.closed_at, self.process.timezone, self.language)
        return self.say(T("The scoring was closed on {when}.", when=when))

    @property
    def warnings(self) -> list[str]:
        """What everybody should know before reading on: what was made up, and criteria that came late."""
        found, told = self.report.round, []
        if found.provenance is Provenance.ILLUSTRATIVE:
            told.append(
                T(
                    "These score sheets were made up to show how a filter is recounted. They belong to seats of no "
                    "body and of nobody."
                )
            )
        if self.report.made_up and self.report.made_up == sum(self.report.outcomes.values()):
            told.append(T("The decisions told here were made up to illustrate."))
        elif self.report.made_up:
            told.append(
                Tn(
                    "{count} of the decisions told here was made up to illustrate. It says so beside it.",
                    "{count} of the decisions told here were made up to illustrate. Each says so.",
                    self.report.made_up,
                )
            )
        if found.late is not None:
            told.append(T("About the criteria: {late}", late=found.late))
        return [self.say(one) for one in told]

    @property
    def rule(self) -> str:
        """The rule of the round."""
        found = self.report.round
        return " ".join(
            self.say(one) for one in rule_in_words(found.config, self.language, found.given_to, by_theme=found.by_theme)
        )

    @property
    def counts(self) -> list[str]:
        """How many there are, how many go on by the rule, and what was decided."""
        report = self.report
        every, by_rule = (say_number(n, self.language) for n in (report.total, report.going_on))
        told = [T("By the rule {n} of {total} go on.", n=by_rule, total=every)]
        if report.is_pack:
            told.append(
                Tn(
                    "{count} proposal carries a sign that the session should look at it.",
                    "{count} proposals carry a sign that the session should look at them.",
                    report.to_look_at,
                )
            )
        for outcome, n in report.outcomes.items():
            told.append(T("Decision “{what}”: {n}.", what=OUTCOME_WORDS[outcome], n=say_number(n, self.language)))
        if report.outcomes:
            told.append(
                Tn(
                    "{count} decision leaves the rule, with the reason for that.",
                    "{count} decisions leave the rule, each with the reason for that.",
                    report.against_rule,
                )
            )
        return [self.say(one) for one in told]

    @property
    def criteria(self) -> Sheet:
        """What was asked, as it was adopted."""
        heads = (T("Criterion"), T("What it is for"), T("Weight"), T("Scale"), T("Least mean"))
        rows = [
            (
                one.title(self.language),
                self.say(KIND_WORDS[one.kind]),
                said(one.weight) or NOTHING,
                self.say(T("from {low} to {high}", low=said(one.low), high=said(one.high))),
                said(one.min_mean) or NOTHING,
            )
            for one in self.report.round.criteria
        ]
        return Sheet(self.say(T("The criteria")), [self.say(head) for head in heads], rows)

    def cards(self) -> list[Card]:
        """Every proposal of this part in its order."""
        return [self._card(line) for line in self.report.lines]

    def _card(self, line: Line) -> Card:
        card: dict[str, Any] = {"folio": line.folio, "title": line.title, "href": f"{self.home}/proposals/{line.folio}"}
        if line.is_aside:
            return Card(**card, note=self.say(YOU_STAND_ASIDE))
        of_count = self._of_count(line.result) if line.result else {"note": self.say(T("The forum did not score it."))}
        became = self._became(line) if line.draft is None else self._begun(line.draft)
        return Card(**card, **of_count, **became, suspected=self._suspected(line))

    def _suspected(self, line: Line) -> str:
        told = Tn(
            "{count} possible conflict is not settled yet",
            "{count} possible conflicts are not settled yet",
            line.suspected,
        )
        return self.say(told) if line.suspected else ""

    def _of_count(self, result: Result) -> dict[str, Any]:
        place = [
            *([T("Rank {rank}", rank=result.rank)] if result.rank else []),
            T("{points} points", points=self.number(result.total)),
            Tn("{count} score sheet", "{count} score sheets", result.n),
            *([Tn("{count} seat stood aside", "{count} seats stood aside", result.recused)] if result.recused else []),
        ]
        return {
            "place": " · ".join(self.say(one) for one in place),
            "means": [f"{title}: {mean}" for title, mean in self._means(result)],
            "by_rule": self._by_rule(result),
            "look_at": self._flags(result),
        }

    def _means(self, result: Result) -> list[tuple[str, str]]:
        """Each criterion with its mean, of how much at most, and how many answered."""
        means = {mean.key: mean for mean in result.means}
        told = []
        for one in self.report.round.criteria:
            mean = means.get(one.key)
            if mean is None or mean.raw is None:
                told.append((one.title(self.language), NOTHING))
                continue
            values = {"mean": self.number(mean.raw, 2), "high": said(one.high)}
            words = Tn("{mean} of {high} ({count} sheet)", "{mean} of {high} ({count} sheets)", mean.n, **values)
            told.append((one.title(self.language), self.say(words)))
        return told

    def _by_rule(self, result: Result) -> str:
        told = self.say(VERDICT_WORDS[result.verdict])
        return told if result.is_within_capacity else f"{told} · {self.say(T('in reserve'))}"

    def _flags(self, result: Result) -> str:
        return " · ".join(self.say(FLAG_WORDS[flag]) for flag in result.flags)

    def _became(self, line: Line) -> dict[str, Any]:
        if line.taken is not None:
            return self._taken(line.taken)
        if line.left_because:
            label = self.say(T("Published reason"))
            return {"decided": self.say(T("It was left undecided")), "reason": line.left_because, "reason_label": label}
        if line.joined_with:
            return {"decided": self.say(T("It goes on as one with {folio}", folio=line.joined_with))}
        return {"decided": self.say(T("No decision is published"))}

    def _taken(self, taken: Taken) -> dict[str, Any]:
        of_note = taken.provenance is not Provenance.NATIVE
        return {
            "decided": self.say(OUTCOME_WORDS[taken.outcome]),
            "goes_on": taken.outcome in GOES_ON,
            "provenance": self.say(PROVENANCE_WORDS[taken.provenance]) if of_note else "",
            "reason": taken.reason,
            "reason_label": self.say(T("Published reason")) if taken.reason.strip() else "",
            "without_reason": "" if taken.reason.strip() else self.say(T("No reason was published.")),
            "override": taken.override_reason if taken.follows_rule is False else "",
        }

    def _begun(self, draft: Drafted) -> dict[str, Any]:
        by_seat = T("Draft reason, written by a seat")
        by_rule = T("Draft reason, from what the criteria say")
        return {"reason": draft.text, "reason_label": self.say(by_seat if draft.by_a_seat else by_rule)}

    # ---------------------------------------------------------------------------------------------- spreadsheets

    def sheets(self) -> list[Sheet]:
        """The proposals, and what they were asked."""
        told = [[one, None] for one in (*self.warnings, self.closed, self.rule, *self.counts) if one]
        asked = [list(row) for row in self.criteria.rows]
        width = len(self.criteria.heads)
        told = [[row[0], *[None] * (width - 1)] for row in told]
        return [
            Sheet(self.say(T("Proposals")), self._heads(), [self._row(line) for line in self.report.lines]),
            Sheet(
                self.say(T("Rule and criteria")), self.criteria.heads, [*asked, [None] * width, *told, *self._seal()]
            ),
        ]

    def _seal(self) -> list[list[Cell]]:
        found = self.report.round
        values = {"formula": found.formula, "hash": found.inputs_hash}
        told = T("Formula {formula}; fingerprint of everything it was computed from: {hash}", **values)
        return [[self.say(told), *[None] * (len(self.criteria.heads) - 1)]]

    def _heads(self) -> list[str]:
        means = [
            head
            for one in self.report.round.criteria
            for head in (
                self.say(T("Mean: {criterion}", criterion=one.title(self.language))),
                self.say(T("Sheets that answered: {criterion}", criterion=one.title(self.language))),
            )
        ]
        first = (T("Folio"), T("Proposal"), T("Rank"), T("Points of 100"), T("Score sheets"), T("Seats aside"))
        last: tuple[Text, ...] = (T("Decision"), T("Follows the rule"), T("Published reason"))
        last = (*last, T("Why the rule was left"), T("Where the decision comes from"))
        if self.report.is_pack:
            last = (T("Possible conflicts, not settled"), T("Draft reason"), T("Who wrote the draft"))
        rule = (T("By the rule"), T("To look at"))
        return [*map(self.say, first), *means, *map(self.say, rule), *map(self.say, last)]

    def _row(self, line: Line) -> list[Cell]:
        if line.is_aside:
            row: list[Cell] = [line.folio, line.title, *[None] * (len(self._heads()) - 2)]
            row[-2] = self.say(YOU_STAND_ASIDE)
            return row
        result = line.result
        counted: list[Cell] = [None] * 4
        if result is not None:
            counted = [result.rank, _rounded(result.total), result.n, result.recused]
        rule = (
            [self._by_rule(result), self._flags(result)] if result else [self.say(T("The forum did not score it.")), ""]
        )
        if not self.report.is_pack:
            return [line.folio, line.title, *counted, *self._mean_cells(result), *rule, *self._last(line)]
        draft: list[Cell] = self._of_draft(line.draft) if line.draft else [self._became(line)["decided"], None]
        last = [line.suspected, *draft]
        return [line.folio, line.title, *counted, *self._mean_cells(result), *rule, *last]

    def _mean_cells(self, result: Result | None) -> list[Cell]:
        means = {mean.key: mean for mean in result.means} if result else {}
        cells: list[Cell] = []
        for one in self.report.round.criteria:
            mean = means.get(one.key)
            cells += [_rounded(mean.raw), mean.n] if mean else [None, None]
        return cells

    def _last(self, line: Line) -> list[Cell]:
        became, taken = self._became(line), line.taken
        follows = {True: T("yes"), False: T("no"), None: None}[taken.follows_rule if taken else None]
        comes_from = self.say(PROVENANCE_WORDS[taken.provenance]) if taken else None
        told = (became["decided"], self.say(follows) if follows else None, became.get("reason"))
        return [*told, became.get("override"), comes_from]

    def _of_draft(self, draft: Drafted) -> list[Cell]:
        return [draft.text, self.say(T("a seat") if draft.by_a_seat else T("put together from the criteria"))]

    # ----------------------------------------------------------------------------------------------------- paper

    def paper(self) -> dict[str, Any]:
        """All of it as the template lays it out: a table to see at once, and each proposal with its reason."""
        cards = self.cards()
        return {
            "language": self.language[:2],
            "written_in": self.process.language,
            "title": self.title,
            "body": self.process.name(self.language),
            "subtitle": self.subtitle,
            "warnings": self.warnings,
            "rule_title": self.say(T("The rule")),
            "rule": [one for one in (self.closed, self.rule, " ".join(self.counts)) if one],
            "criteria": _table(self.criteria),
            "table": self._overview(),
            "reasons_title": self.say(T("Proposal by proposal")),
            "labels": {
                "rule": self.say(T("By the rule")),
                "look_at": self.say(T("To look at")),
                "override": self.say(T("Why the rule was left")),
            },
            "cards": [vars(card) for card in cards],
            "seal": self._seal()[0][0],
        }

    def _overview(self) -> dict[str, Any]:
        pack = self.report.is_pack
        means = [excerpt(one.title(self.language), LONGEST_HEAD) for one in self.report.round.criteria]
        last = self.say(T("To look at") if pack else T("Decision"))
        heads = [T("Proposal"), T("Rank"), T("Points")]
        rows = [self._overview_row(line) for line in self.report.lines]
        words = [self.say(T("By the rule")), last]
        caption = self.say(T("Every proposal: its points, the mean of each criterion, and what follows"))
        return {"caption": caption, "heads": [*map(self.say, heads), *means, *words], "rows": rows}

    def _overview_row(self, line: Line) -> list[str]:
        criteria, name = self.report.round.criteria, f"{line.folio} {excerpt(line.title, 70)}"
        if line.result is None:
            told = YOU_STAND_ASIDE if line.is_aside else T("The forum did not score it.")
            numbers = [NOTHING] * (2 + len(criteria))
            return [name, *numbers, self.say(told), "" if line.is_aside else self._became(line)["decided"]]
        result = line.result
        means = {mean.key: mean.raw for mean in result.means}
        numbers = [str(result.rank or NOTHING), self.number(result.total)]
        numbers += [self.number(means.get(one.key), 2) for one in criteria]
        is_open = self.report.is_pack and line.draft is not None
        last = self._flags(result) if is_open else self._became(line)["decided"]
        return [name, *numbers, self._by_rule(result), last or NOTHING]


def _rounded(number: Fraction | None) -> float | None:
    return None if number is None else float(half_up(number, DIGITS))


def _table(sheet: Sheet) -> dict[str, Any]:
    return {"caption": sheet.name, "heads": list(sheet.heads), "rows": [list(row) for row in sheet.rows]}
