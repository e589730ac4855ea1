"""The eleven invariants of how a forum decides, clause by clause, each with the lines that keep it."""

from __future__ import annotations

from tests.deep.removing import Cut, Removal, removal

INVARIANTS_OF_THE_FORUM = 11
FORUM = "tests/forum/test_"
ACTIONS, QUERIES, RULES = "app/forum/actions/", "app/forum/queries/", "app/forum/rules/"


NOT_ASIDE = "    require_not_aside(view.session, found.stage_id, proposal, view.actor.person_id)\n"
CLOSED_FIRST = "    require_closed(found, now)\n"
READS_SEATS = (
    "    if found.scores_seen is Seen.TOGETHER:\n        return []\n"
    "    rows = session.execute(\n        select(Seat.number, Seat.name, "
)
OF_EACH_SHEET = "sorted([s.evaluator, sorted((k, str(v)) for k, v in s.values.items())] for s in scored.sheets),"


def at(file: str, test: str, which: str = "sqlite") -> str:
    """A test of the forum on SQLite."""
    return f"{FORUM}{file}.py::test_{test}" + (f"[{which}]" if which else "")


OF_THE_FORUM: tuple[Removal, ...] = (
    # ---------------------------------------------------------------------------------- 1: adopted criteria, frozen
    removal(
        1,
        "A round opens only with criteria that were adopted.",
        at("scoring", "a_round_needs_adopted_criteria"),
        Cut(
            f"{QUERIES}criteria.py",
            "    return in_state(session, stage_id, SetState.ADOPTED)",
            "    return next(iter(sets_of(session, stage_id)), None)",
        ),
    ),
    removal(
        1,
        "Criteria are adopted in a session that holds a quorum.",
        at("scoring", "adopting_needs_a_quorum_and_something_that_can_be_scored"),
        Cut(f"{ACTIONS}meeting.py", "    if not quorum.holds:\n        raise Conflict(quorum.explained)\n"),
    ),
    removal(
        1,
        "A set needs a criterion that is scored.",
        at("scoring", "a_set_is_adopted_only_when_it_can_be_scored_by", ""),
        Cut(
            f"{RULES}scoring.py",
            '    if not scored:\n        return T("A set needs at least one criterion that is scored.")\n',
        ),
    ),
    removal(
        1,
        "The weights of what is scored add up to more than nothing.",
        at("scoring", "a_set_is_adopted_only_when_it_can_be_scored_by", ""),
        Cut(
            f"{RULES}scoring.py",
            "    if sum(criterion.weight for criterion in scored) <= 0:\n"
            '        return T("The weights of the scored criteria must add up to more than zero.")\n',
        ),
    ),
    removal(
        1,
        "Every level has its words.",
        at("scoring", "a_set_is_adopted_only_when_it_can_be_scored_by", ""),
        Cut(
            f"{RULES}scoring.py",
            "    if not all(level.label_es.strip() for level in criterion.levels):\n"
            '        return T("Every level of {title} needs its words.", title=criterion.title_es)\n',
        ),
    ),
    removal(
        1,
        "No criterion is added once the set is adopted.",
        at("scoring", "adopting_needs_a_quorum_and_something_that_can_be_scored"),
        Cut(
            f"{ACTIONS}criteria.py",
            "    _require_draft(draft)\n    faults = _faults(text)\n    rows =",
            "    faults = _faults(text)\n    rows =",
        ),
    ),
    removal(
        1,
        "No criterion or weight is changed once the set is adopted.",
        at("criteria_office", "adopted_criteria_are_not_changed"),
        Cut(
            f"{ACTIONS}criteria.py",
            "    _require_draft(draft)\n    earlier = _named",
            "    earlier = _named",
        ),
    ),
    removal(
        1,
        "No threshold or quorum is changed once the set is adopted.",
        at("criteria_office", "adopted_criteria_are_not_changed"),
        Cut(
            f"{ACTIONS}criteria.py",
            "    _require_draft(draft)\n    faults: dict",
            "    faults: dict",
        ),
    ),
    removal(
        1,
        "A round is not closed with other criteria than it was opened with.",
        at("counting", "a_round_whose_criteria_were_changed_is_not_closed", "weight-sqlite"),
        Cut(f"{ACTIONS}rounds.py", "    require_same_criteria(work.session, found)\n"),
    ),
    removal(
        1,
        "The mark that has to be reached is among what is compared.",
        at("counting", "a_round_whose_criteria_were_changed_is_not_closed", "mark-sqlite"),
        Cut(f"{QUERIES}criteria.py", '        "pass_total": said(found.pass_total),\n'),
    ),
    removal(
        1,
        "The quorum is among what is compared.",
        at("counting", "a_round_whose_criteria_were_changed_is_not_closed", "quorum-sqlite"),
        Cut(f"{QUERIES}criteria.py", '        "quorum_min": found.quorum_min,\n'),
    ),
    removal(
        1,
        "While a round is open no seat is added that would move its quorum.",
        at("counting", "no_seat_is_added_while_a_round_is_open"),
        Cut(
            f"{QUERIES}freezing.py",
            "if is_scoring(session, body_id):",
            "if False:",
        ),
    ),
    removal(
        1,
        "Criteria are adopted only as the session carried them.",
        at("scoring", "adopting_needs_a_quorum_and_something_that_can_be_scored"),
        Cut(f"{ACTIONS}criteria.py", " if content in one.drafts)", ")"),
    ),
    # -------------------------------------------------------------------------------------- 2: what counts, and whose
    removal(
        2,
        "A sheet counts only if its seat votes.",
        at("scoring", "voting_seats_count_and_voices_stand_beside"),
        Cut(
            f"{ACTIONS}scoring.py",
            "sheet.counts, sheet.submitted_at = seat.votes, work.now",
            "sheet.counts, sheet.submitted_at = True, work.now",
        ),
    ),
    removal(
        2,
        "What counts is the seat of the day on which a sheet is handed in.",
        at("scoring", "what_counts_is_the_seat_of_the_day_on_which_it_is_handed_in"),
        Cut(
            f"{ACTIONS}scoring.py",
            "    seat = seats.seat_held(work.session, body_id, work.actor.person_id, work.now)\n",
            "    from sqlalchemy import select\n\n    from app.forum.models import SeatHolder\n\n"
            "    ever = select(Seat).join(SeatHolder, SeatHolder.seat_id == Seat.id).order_by(SeatHolder.from_at)\n"
            "    ever = ever.where(Seat.body_id == body_id, SeatHolder.person_id == work.actor.person_id)\n"
            "    seat = work.session.scalars(ever).first()\n",
        ),
        Cut(f"{ACTIONS}scoring.py", "    if seat.votes:\n        work.require(Permission.SCORE, process.id)\n"),
    ),
    removal(
        2,
        "Where proposals are shared out, a seat scores only what was given to it.",
        at("assigning", "each_seat_scores_its_own_and_the_quorum_is_of_those"),
        Cut(f"{ACTIONS}scoring.py", "if not is_given(work.session, found, proposal.id, seat):", "if False:"),
    ),
    removal(
        2,
        "What a seat with a voice says is in no total.",
        at("scoring", "voting_seats_count_and_voices_stand_beside"),
        Cut(f"{QUERIES}counting.py", "(counted if counts else advisory)[proposal_id]", "counted[proposal_id]"),
        Cut(f"{QUERIES}counting.py", "for seat in seats if seat.votes}", "for seat in seats}"),
    ),
    removal(
        2,
        "What a seat with a voice says is shown beside.",
        at("scoring", "voting_seats_count_and_voices_stand_beside"),
        Cut(
            f"{QUERIES}counting.py",
            "advisory = [Scored(folio, tuple(beside[key])) for key, folio in listed if key in beside]",
            "advisory: list[Scored] = []",
        ),
    ),
    removal(
        2,
        "A seat with a voice is in no quorum.",
        at("counting", "no_seat_is_added_while_a_round_is_open"),
        Cut(
            f"{QUERIES}seats.py",
            "return sum(seat.votes for seat in seats_of(session, body_id))",
            "return len(seats_of(session, body_id))",
        ),
    ),
    # ------------------------------------------------------------------------------- 3: conflicts, and standing aside
    removal(
        3,
        "Nobody scores before declaring their interests.",
        at("scoring", "a_sheet_needs_a_declaration_whole_answers_and_the_open_round"),
        Cut(
            f"{ACTIONS}scoring.py",
            "    if not rounds.declared(work.session, found, seat.id, work.actor.person_id):\n"
            '        raise Conflict(T("Declare your interests first."))\n',
        ),
    ),
    removal(
        3,
        "Who stands aside does not score.",
        at("scoring", "standing_aside_keeps_the_sheet_and_counts_it_no_more"),
        Cut(f"{ACTIONS}scoring.py", "if any(row.proposal_id == proposal.id for row in aside):", "if False:"),
    ),
    removal(
        3,
        "What was handed in before standing aside counts no more.",
        at("scoring", "standing_aside_keeps_the_sheet_and_counts_it_no_more"),
        Cut(
            f"{ACTIONS}standing_aside.py",
            "            sheet.counts, sheet.voided_at = False, work.now",
            "            pass",
        ),
    ),
    removal(
        3,
        "A sheet that counts no more is kept.",
        at("standing_aside", "the_alternate_enters_for_who_stands_aside"),
        Cut(f"{ACTIONS}scoring.py", "        take_over(work, sheet)\n", "        sheet.voided_at = None\n"),
    ),
    removal(
        3,
        "A conflict found after the close has the round counted again.",
        at("scoring", "a_conflict_found_after_the_close_changes_the_result"),
        Cut(f"{ACTIONS}standing_aside.py", "    recount(work, stage_id, proposal.id)\n"),
    ),
    removal(
        3,
        "Who stands aside does not read on a page who gave what.",
        at("deciding", "who_stands_aside_cannot_read_who_gave_what"),
        Cut(
            "app/forum/pages/rounds.py",
            "aside = proposal.folio in stands_aside_on(view.session, found.stage_id, view.actor.person_id)",
            "aside = False",
        ),
    ),
    removal(
        3,
        "Who stands aside does not read by program what the others wrote.",
        at("deciding", "who_stands_aside_cannot_read_who_gave_what"),
        Cut(
            "app/forum/api/chair.py",
            NOT_ASIDE,
        ),
    ),
    removal(
        3,
        "Who stands aside does not read in the list of a session what the others wrote.",
        at("deciding", "who_stands_aside_cannot_read_who_gave_what"),
        Cut(
            "app/forum/pages/deciding.py",
            "[folio for folio in folios if folio not in aside]",
            "folios",
        ),
    ),
    removal(
        3,
        "Who stands aside is handed papers without what the others wrote.",
        at("reports", "the_papers_begin_with_what_is_to_be_looked_at"),
        Cut(
            "app/forum/pages/reports.py",
            "aside = stands_aside_on(view.session, stage.id, view.actor.person_id)",
            "aside: set[str] = set()",
        ),
    ),
    removal(
        3,
        "Who stands aside does not read for the common reason what the others wrote.",
        at("rapporteur", "nobody_writes_before_the_close_nor_who_stands_aside_nor_who_has_no_seat"),
        Cut(
            "app/forum/pages/rapporteur.py",
            "if proposal.folio in stands_aside_on(view.session, found.id, view.actor.person_id):",
            "if False:",
        ),
    ),
    removal(
        3,
        "Who stands aside does not write the common reason.",
        at("rapporteur", "nobody_writes_before_the_close_nor_who_stands_aside_nor_who_has_no_seat"),
        Cut(
            f"{ACTIONS}rapporteur.py",
            "if proposal.folio in stands_aside_on(work.session, found.stage_id, work.actor.person_id):",
            "if False:",
        ),
    ),
    removal(
        3,
        "Who stands aside does not read by program the sheet of the other person of the seat.",
        at("standing_aside", "who_stands_aside_does_not_read_the_sheet_of_who_entered"),
        Cut(
            "app/forum/api/forum.py",
            NOT_ASIDE,
        ),
    ),
    removal(
        3,
        "Who stands aside does not find among their own the sheet of the other person of the seat.",
        at("standing_aside", "who_stands_aside_does_not_read_the_sheet_of_who_entered"),
        Cut(f"{QUERIES}own_sheets.py", "        .where(ScoreSheet.proposal_id.not_in(aside))\n"),
    ),
    removal(
        3,
        "Who stands aside does not decide: they are out of the quorum.",
        at("deciding", "who_stands_aside_does_not_hold_the_quorum"),
        Cut(
            f"{RULES}standing.py",
            "remaining = [one.seat for one in there if not one.is_aside]",
            "remaining = [one.seat for one in there]",
        ),
    ),
    removal(
        3,
        "What the chair or the office recorded nobody takes back.",
        at("standing_aside", "standing_aside_is_taken_back_by_who_said_it_while_the_round_is_open"),
        Cut(
            f"{ACTIONS}standing_aside.py",
            "if any(row.is_pinned or row.person_id is None for row in mine):",
            "if False:",
        ),
    ),
    removal(
        3,
        "A conflict that was confirmed of one person is pinned.",
        at("standing_aside", "the_chair_sees_who_and_the_member_what_they_share"),
        Cut(
            f"{ACTIONS}standing_aside.py",
            "Aside(seat, one.sitter.person_id, kind, note, is_pinned=True)",
            "Aside(seat, one.sitter.person_id, kind, note)",
        ),
    ),
    removal(
        3,
        "Who stands aside on a proposal has no vote on a motion about it.",
        at("motions", "who_stands_aside_on_a_proposal_has_no_vote_on_it"),
        Cut(
            f"{ACTIONS}motions.py",
            "    aside = aside_by_item(work.session, meeting).get(motion.item_id, {}) if motion.item_id else {}\n",
            "    aside: dict[uuid.UUID, list[str]] = {}\n",
        ),
    ),
    # ------------------------------------------------------------------------------------------------------- 4: blind
    removal(
        4,
        "Before its close a round shows nobody a score, by whatever door.",
        at("blindness", "nothing_that_anybody_can_read_depends_on_a_score", "sqlite-1"),
        Cut(f"{QUERIES}rounds.py", "    if is_blind(found, now):\n        raise", "    if False:\n        raise"),
    ),
    removal(
        4,
        "A round whose time has passed stays blind until it is closed.",
        at("blindness", "no_query_gives_anything_out_until_the_round_is_closed"),
        Cut(
            f"{QUERIES}rounds.py",
            "return found.state is not RoundState.CLOSED or now < found.closes_at",
            "return now < found.closes_at",
        ),
    ),
    removal(
        4,
        "What each gave is refused before the close.",
        at("blindness", "no_query_gives_anything_out_until_the_round_is_closed"),
        Cut(
            f"{QUERIES}rounds.py",
            CLOSED_FIRST + READS_SEATS + "ScoreSheet.counts",
            READS_SEATS + "ScoreSheet.counts",
        ),
    ),
    removal(
        4,
        "What members wrote is refused before the close.",
        at("deciding", "what_members_wrote_reaches_the_draft_without_names_or_seats"),
        Cut(f"{QUERIES}reasons.py", "    rounds.require_closed(found, now)\n"),
    ),
    removal(
        4,
        "How many abstained is refused before the close.",
        at("abstaining", "who_abstains_counts_in_the_base_and_not_in_the_means"),
        Cut(
            f"{QUERIES}rounds.py",
            "    require_closed(found, now)\n    rows = session.execute(\n        select(Proposal.folio, func.count())",
            "    rows = session.execute(\n        select(Proposal.folio, func.count())",
        ),
    ),
    removal(
        4,
        "Who abstained is refused before the close.",
        at("abstaining", "who_abstains_counts_in_the_base_and_not_in_the_means"),
        Cut(
            f"{QUERIES}rounds.py",
            CLOSED_FIRST + READS_SEATS + "ScoreSheet.abstain_reason)",
            READS_SEATS + "ScoreSheet.abstain_reason)",
        ),
    ),
    removal(
        4,
        "Nobody closes a round early while a sheet is missing.",
        at("scoring", "a_round_is_closed_by_the_clock_only"),
        Cut(f"{ACTIONS}rounds.py", "if not owed.may_close(work.session, found, work.now):", "if False:"),
    ),
    removal(
        4,
        "Of a round that is open the open data say nothing.",
        at("blindness", "no_query_gives_anything_out_until_the_round_is_closed"),
        Cut(
            f"{QUERIES}open_data.py",
            "    for stage, found in rows.all():\n"
            "        kept = results.newest(session, found)\n"
            "        if kept is not None and kept.computed_at is not None:\n"
            "            yield stage, found, kept\n",
            "    from app.forum.queries import rounds\n    from app.forum.rules import stored\n\n"
            "    for stage, found in rows.all():\n"
            "        before = [row[:2] for row in rounds.scorable(session, found)]\n"
            "        inputs = counting.inputs_now(session, found, before)\n"
            '        kept = RoundResult(round_id=found.id, version=0, secret="x", inputs=inputs)\n'
            "        kept.outcome = stored.stored(counting.count(session, kept))\n"
            "        kept = results.newest(session, found) or kept\n"
            "        yield stage, found, kept\n",
        ),
        Cut(
            f"{QUERIES}open_data.py",
            ".where(Round.process_id == process.id, Round.state == RoundState.CLOSED)",
            ".where(Round.process_id == process.id)",
        ),
    ),
    removal(
        4,
        "Who is done is all that shows: who abstained cannot be told from who scored.",
        at("abstaining", "who_abstains_counts_in_the_base_and_not_in_the_means"),
        Cut(f"{QUERIES}rounds.py", "ScoreSheet.state.in_(DONE),", "ScoreSheet.state == SheetState.SUBMITTED,"),
    ),
    removal(
        4,
        "To what a seat is led next tells nothing of who abstained.",
        at("abstaining", "an_abstention_leads_nobody_elsewhere_than_a_sheet"),
        Cut(f"{QUERIES}next_sheet.py", "ScoreSheet.state.in_(DONE)", 'ScoreSheet.state == "submitted"'),
    ),
    removal(
        4,
        "The order of a seat's list tells nothing of what the others have done.",
        at("scoring", "next_comes_what_fewest_seats_have_done"),
        Cut(
            f"{QUERIES}rounds.py",
            "        return hashlib.sha256(seat.id.bytes + row[0].bytes).hexdigest()\n",
            "        done = sum(key == row[0] for key, _ in done_in(session, found))\n"
            '        return f"{done:04d}{hashlib.sha256(seat.id.bytes + row[0].bytes).hexdigest()}"\n',
        ),
    ),
    removal(
        4,
        "A member's own list holds nobody else's sheets.",
        at("own_sheets", "the_highest_stands_first_and_nobody_elses_is_there"),
        Cut(
            f"{QUERIES}own_sheets.py",
            ".where(ScoreSheet.round_id == found.id, ScoreSheet.seat_id == seat.id, ScoreSheet.voided_at.is_(None))",
            ".where(ScoreSheet.round_id == found.id, ScoreSheet.voided_at.is_(None))",
        ),
    ),
    removal(
        4,
        "The history keeps a sheet sealed until the close.",
        at("scoring", "drafts_leave_no_entry_and_sheets_a_sealed_one"),
        Cut(
            f"{ACTIONS}scoring.py",
            "        because=found.seal,\n        sealed_by=found.seal,\n",
            "        because=found.seal,\n",
        ),
    ),
    removal(
        4,
        "The history keeps an abstention sealed until the close.",
        at("abstaining", "who_abstains_counts_in_the_base_and_not_in_the_means"),
        Cut(f"{ACTIONS}scoring.py", '"because": found.seal, "sealed_by": found.seal, ', '"because": found.seal, '),
    ),
    # --------------------------------------------------------------------------------------- 5: whole sheets only
    removal(
        5,
        "Every required criterion is answered.",
        at("scoring", "a_sheet_needs_a_declaration_whole_answers_and_the_open_round"),
        Cut(f"{ACTIONS}scoring.py", "            if criterion.required:\n", "            if False:\n"),
    ),
    removal(
        5,
        "A reason that is owed is as long as was asked for.",
        at("scoring", "a_sheet_needs_a_declaration_whole_answers_and_the_open_round"),
        Cut(
            f"{ACTIONS}scoring.py",
            "len(reason) < max(criterion.reason_min_chars, 1):",
            "not reason:",
        ),
    ),
    removal(
        5,
        "A reason is owed at a low level.",
        at("scoring", "a_reason_is_owed_where_the_forum_so_decided", ""),
        Cut(
            f"{RULES}scoring.py",
            "return bool(criterion.reason_rule is ReasonRule.AT_OR_BELOW and at is not None and value <= at)",
            "return False",
        ),
    ),
    removal(
        5,
        "A reason is owed always where the forum so decided.",
        at("scoring", "a_reason_is_owed_where_the_forum_so_decided", ""),
        Cut(
            f"{RULES}scoring.py",
            "    if criterion.reason_rule is ReasonRule.ALWAYS:\n        return True\n",
        ),
    ),
    removal(
        5,
        "A draft counts for nothing.",
        at("counting", "a_sheet_only_begun_counts_for_nothing_and_for_no_quorum"),
        Cut(
            f"{QUERIES}counting.py",
            "return ScoreSheet.state == SheetState.SUBMITTED, ScoreSheet.voided_at.is_(None)",
            "return ScoreSheet.voided_at.is_(None), ScoreSheet.voided_at.is_(None)",
        ),
        Cut(
            f"{QUERIES}counting.py",
            "(counted if counts else advisory)[proposal_id]",
            "counted[proposal_id]",
        ),
    ),
    removal(
        5,
        "A draft is a sheet that is still missing.",
        at("counting", "a_sheet_only_begun_counts_for_nothing_and_for_no_quorum"),
        Cut(f"{QUERIES}rounds.py", "        ScoreSheet.state.in_(DONE),\n"),
    ),
    # ------------------------------------------------------------------------------------------------ 6: time is up
    removal(
        6,
        "At its end a round takes no sheet and no draft.",
        at("time_is_up", "an_instant_before_the_end_it_is_taken_and_at_the_end_refused", "sqlite-submit"),
        Cut(
            f"{ACTIONS}scoring.py",
            "    require_open(found, work.now)\n    if not rounds.declared",
            "    if not rounds.declared",
        ),
    ),
    removal(
        6,
        "At its end a round takes no declaration.",
        at("time_is_up", "an_instant_before_the_end_it_is_taken_and_at_the_end_refused", "sqlite-declare"),
        Cut(
            f"{ACTIONS}scoring.py",
            "    require_open(found, work.now)\n    if rounds.declared",
            "    if rounds.declared",
        ),
    ),
    removal(
        6,
        "At its end nobody takes back that they stand aside.",
        at("standing_aside", "standing_aside_is_taken_back_by_who_said_it_while_the_round_is_open"),
        Cut(f"{ACTIONS}standing_aside.py", "    require_open(found, work.now)\n"),
    ),
    removal(
        6,
        "The end itself is too late: there is no grace.",
        at("time_is_up", "an_instant_before_the_end_it_is_taken_and_at_the_end_refused", "sqlite-submit"),
        Cut("app/process/rules.py", "now >= self.closes_at:", "now > self.closes_at:"),
    ),
    removal(
        6,
        "Before its beginning a round takes nothing either.",
        at("time_is_up", "an_instant_before_its_beginning_a_round_takes_nothing"),
        Cut("app/process/rules.py", "self.opens_at is None or now < self.opens_at:", "self.opens_at is None:"),
    ),
    # -------------------------------------------------------------------------------------- 7: abstaining and recusal
    removal(
        7,
        "Who abstains is in no mean.",
        at("abstaining", "who_abstains_counts_in_the_base_and_not_in_the_means"),
        Cut(
            f"{ACTIONS}scoring.py",
            "sheet.counts, sheet.submitted_at, sheet.abstain_reason = False,",
            "sheet.counts, sheet.submitted_at, sheet.abstain_reason = True,",
        ),
        Cut(
            f"{QUERIES}counting.py",
            "return ScoreSheet.state == SheetState.SUBMITTED,",
            'return ScoreSheet.state.in_(("submitted", "abstained")),',
        ),
    ),
    removal(
        7,
        "Who abstains stays in the base of the quorum.",
        at("abstaining", "who_abstains_counts_in_the_base_and_not_in_the_means"),
        Cut(
            f"{QUERIES}counting.py",
            "        aside[folio] += votes\n",
            "        aside[folio] += votes\n"
            "    gone = select(Proposal.folio).join(ScoreSheet, ScoreSheet.proposal_id == Proposal.id)\n"
            "    gone = gone.where(ScoreSheet.round_id == found.id, ScoreSheet.state == SheetState.ABSTAINED)\n"
            "    for folio in session.scalars(gone):\n"
            "        aside[folio] += 1\n",
        ),
    ),
    removal(
        7,
        "Who stands aside leaves the base of the quorum.",
        at("results", "who_stands_aside_leaves_the_base_and_who_abstains_stays_in_it", ""),
        Cut(f"{RULES}results.py", "max(base - recused, 0)", "base"),
    ),
    removal(
        7,
        "A seat with a voice that stands aside leaves no base.",
        at("abstaining", "who_abstains_counts_in_the_base_and_not_in_the_means"),
        Cut(f"{QUERIES}counting.py", "        aside[folio] += votes\n", "        aside[folio] += 1\n"),
    ),
    removal(
        7,
        "A seat leaves the base only where nobody of it can score.",
        at("standing_aside", "the_alternate_enters_for_who_stands_aside"),
        Cut(f"{QUERIES}counting.py", "if seat.id in aside.get(row.proposal_id, ()) and (", "if ("),
    ),
    removal(
        7,
        "Of what was shared out only a seat that had it leaves the base.",
        at("recounting", "a_round_by_lot_recounts_with_the_quorum_of_those_it_was_given_to"),
        Cut(
            f"{QUERIES}counting.py",
            " and (places is None or (row.proposal_id, seat.id) in places)",
        ),
    ),
    # --------------------------------------------------------------------------------------- 8: exact, and the same
    removal(
        8,
        "What decides is compared exactly, not as a number with a point.",
        at("results", "the_mark_is_met_exactly_and_missed_by_a_hair", ""),
        Cut(
            f"{RULES}results.py",
            "total[0] * mark.denominator >= mark.numerator * total[1]",
            "total[0] / total[1] >= float(mark)",
        ),
    ),
    removal(
        8,
        "Ranks are by totals that nobody rounded.",
        at("results", "a_rank_is_by_what_nobody_rounded", ""),
        Cut(f"{RULES}results.py", "    total = -(result.total or 0)\n", "    total = -round(result.total or 0)\n"),
    ),
    removal(
        8,
        "A number is rounded half up, and only to be shown.",
        "tests/kit/test_text.py::test_numbers_are_rounded_half_up",
        Cut(
            "app/kit/text.py",
            "whole = floor(abs(exact) * 10**decimals + Fraction(1, 2))",
            "whole = round(abs(exact) * 10**decimals)",
        ),
    ),
    removal(
        8,
        "The order in which sheets are read changes nothing, not even the hash.",
        at("results", "order_makes_no_difference_and_computing_again_gives_the_same", ""),
        Cut(
            f"{RULES}results.py",
            OF_EACH_SHEET,
            OF_EACH_SHEET.replace("sorted(", "list(", 1),
        ),
    ),
    removal(
        8,
        "The hash is of every score.",
        at("results", "the_hash_is_another_when_anything_that_decides_is", ""),
        Cut(
            f"{RULES}results.py",
            OF_EACH_SHEET,
            "len(scored.sheets),",
        ),
    ),
    removal(
        8,
        "The hash is of everything that was adopted.",
        at("results", "the_hash_is_another_when_anything_that_decides_is", ""),
        Cut(
            f"{RULES}results.py",
            '[str(getattr(config, name)) for name in sorted(Config.__dataclass_fields__) if name != "criteria"],',
            "[],",
        ),
    ),
    removal(
        8,
        "The hash is of every weight.",
        at("results", "the_hash_is_another_when_anything_that_decides_is", ""),
        Cut(
            f"{RULES}results.py",
            "*map(str, (c.weight, c.low, c.high, c.min_mean))",
            "*map(str, (c.low, c.high, c.min_mean))",
        ),
    ),
    removal(
        8,
        "What was counted stays what it was when proposals move on.",
        at("counting", "what_is_stored_is_what_the_rules_say_and_stays_when_proposals_move_on"),
        Cut(
            f"{QUERIES}counting.py",
            '    listed = [(uuid.UUID(key), folio) for key, folio in kept.inputs["proposals"]]\n',
            "    from app.forum.queries import rounds\n\n"
            "    listed = [(key, folio) for key, folio, _ in rounds.scorable(session, found)]\n",
        ),
    ),
    removal(
        8,
        "A later count supersedes the earlier one, which stays.",
        at("counting", "a_conflict_found_after_the_close_is_a_new_count_and_the_earlier_one_stays"),
        Cut(
            f"{ACTIONS}counting.py",
            "    work.session.add(kept)\n    work.session.flush()\n    if at_once",
            "    if before:\n        before.inputs, before.because, kept = inputs, because, before\n"
            "    work.session.add(kept)\n    work.session.flush()\n    if at_once",
        ),
    ),
    # -------------------------------------------------------------------------------------------------- 9: decisions
    removal(
        9,
        "Leaving the rule needs its own reason.",
        at("deciding", "leaving_the_rule_needs_its_own_reason"),
        Cut(
            "app/decisions/actions/deciding.py",
            "if leaves and len(verdict.override_reason.strip()) < rules.SHORTEST_REASON:",
            "if False:",
        ),
    ),
    removal(
        9,
        "A decision says whether it followed the rule.",
        at("deciding", "leaving_the_rule_needs_its_own_reason"),
        Cut(
            "app/decisions/actions/deciding.py",
            "says.outcome == outcome if says.outcome else _told(verdict)",
            "True if says.outcome else _told(verdict)",
        ),
    ),
    removal(
        9,
        "Every outcome has its public reason.",
        at("deciding", "down_the_list_yes_no_and_doubtful"),
        Cut(
            "app/decisions/actions/deciding.py",
            "    if silent and verdict.provenance is Provenance.NATIVE:",
            "    if False:",
        ),
    ),
    removal(
        9,
        "An outcome that goes on has its public reason too.",
        at("deciding", "a_line_carries_its_kinds_of_reasons_and_what_comes_next"),
        Cut(
            "app/decisions/actions/deciding.py",
            "    if silent and verdict.provenance is Provenance.NATIVE:",
            '    if silent and verdict.outcome.startswith("not_"):',
        ),
    ),
    removal(
        9,
        "With too few sheets nothing is decided.",
        at("deciding", "nothing_is_decided_while_the_round_is_open_or_without_sheets"),
        Cut("app/decisions/actions/deciding.py", "    if not says.has_quorum:\n", "    if False:\n"),
    ),
    removal(
        9,
        "A proposal has its quorum or the rule says nothing of it.",
        at("results", "who_stands_aside_leaves_the_base_and_who_abstains_stays_in_it", ""),
        Cut(
            f"{RULES}results.py",
            "judged.verdict if len(sheets) >= needed and sheets else RoundVerdict.NO_QUORUM",
            "judged.verdict",
        ),
    ),
    removal(
        9,
        "A session without its quorum decides nothing.",
        at("deciding", "a_quorum_that_fails_once_holds_with_an_alternate"),
        Cut(f"{ACTIONS}deciding.py", "    if not standing.holds:\n", "    if False:\n"),
    ),
    removal(
        9,
        "A session without its quorum does not follow the rule for all either.",
        at("deciding", "what_is_in_doubt_or_without_a_quorum_is_not_settled_by_the_rule"),
        Cut(
            f"{ACTIONS}deciding.py",
            "    require_quorum(work, meeting)\n    found = sort_out",
            "    found = sort_out",
        ),
    ),
    removal(
        9,
        "Publishing creates what each author is owed, in the same transaction.",
        "tests/decisions/test_publishing_whole.py::test_a_publication_that_fails_half_way_leaves_nothing[sqlite]",
        Cut(
            "app/decisions/actions/publishing.py",
            "            work.owe(author.person_id, stage.id, author.part, subject)\n",
            "            del subject, author\n",
        ),
    ),
    removal(
        9,
        "A publication that fails half-way leaves nothing.",
        "tests/decisions/test_publishing_whole.py::test_a_publication_that_fails_half_way_leaves_nothing[sqlite]",
        Cut(
            "app/decisions/actions/publishing.py",
            "        for author in authors[decision.proposal_id]:\n",
            '        work.record("decisions.published", stage.subject)\n'
            "        finish(work)\n"
            "        for author in authors[decision.proposal_id]:\n",
        ),
        Cut(
            "app/decisions/actions/publishing.py",
            "from app.work.transaction import Subject\n",
            "from app.work.transaction import Subject, finish\n",
        ),
    ),
    removal(
        9,
        "A decision moves its proposal when it is published, not when it is taken.",
        "tests/decisions/test_publishing_whole.py::test_a_publication_that_fails_half_way_leaves_nothing[sqlite]",
        Cut(
            "app/decisions/actions/deciding.py",
            "    work.session.add(decision)\n    seal =",
            "    work.session.add(decision)\n    proposal.state = rules.STATE_OF[outcome]\n    seal =",
        ),
    ),
    removal(
        9,
        "Until it is published a decision is sealed in the history.",
        at("deciding", "the_chair_records_what_the_rule_says"),
        Cut("app/decisions/actions/deciding.py", "        sealed_by=seal,\n"),
    ),
    # ---------------------------------------------------------------------------------------------- 10: discussion
    removal(
        10,
        "A discussion keeps the first scores as they were.",
        at("discussion", "the_first_scores_stay_and_the_change_is_told"),
        Cut(
            f"{ACTIONS}discussing.py",
            "        copy = copies[sheet.id] = ScoreSheet(id=ids.new_id(), round_id=made.id, state=sheet.state)\n",
            "        copy = copies[sheet.id] = sheet\n        sheet.round_id = made.id\n",
        ),
    ),
    removal(
        10,
        "A discussion begins from the first scores.",
        at("discussion", "the_first_scores_stay_and_the_change_is_told"),
        Cut(f"{ACTIONS}discussing.py", "    work.session.add_all(copies.values())\n", "    copies.clear()\n"),
    ),
    removal(
        10,
        "While a round is discussed the first results are what is read.",
        at("discussion", "meanwhile_the_first_results_are_read_and_the_new_scores_are_blind"),
        Cut("app/forum/doors.py", "if before is not None and rounds.is_blind(found, view.now):", "if False:"),
    ),
    removal(
        10,
        "It is told how many sheets were changed.",
        at("discussion", "the_first_scores_stay_and_the_change_is_told"),
        Cut(
            f"{RULES}discussion.py",
            "n = sum(earlier.get(sheet.evaluator) != sheet.values for sheet in second[0][folio])",
            "n = len(second[0][folio])",
        ),
    ),
    removal(
        10,
        "It is told by how much the points moved.",
        at("discussion", "the_first_scores_stay_and_the_change_is_told"),
        Cut(f"{RULES}discussion.py", "sum(moved, Fraction(0)) / len(moved) if moved else None", "None"),
    ),
    removal(
        10,
        "Members are told by whom.",
        at("discussion", "meanwhile_the_first_results_are_read_and_the_new_scores_are_blind"),
        Cut(
            "app/forum/pages/rounds.py",
            "        first=discussing.first_levels(view.session, found, proposal.id) if not aside else {},\n",
            "        first={},\n",
        ),
    ),
    removal(
        10,
        "A round is discussed only with a public reason.",
        at("discussion", "a_discussion_is_refused_where_nothing_could_come_of_it"),
        Cut(f"{ACTIONS}discussing.py", "if len(reason.strip()) < SHORTEST_REASON:", "if False:"),
    ),
    # -------------------------------------------------------------------------------- 11: the history, nothing deleted
    removal(
        11,
        "A sheet that is handed in leaves its entry in the history.",
        at("scoring", "drafts_leave_no_entry_and_sheets_a_sealed_one"),
        Cut(
            f"{ACTIONS}scoring.py",
            '    work.record(\n        "sheet.submitted",',
            '    dict(\n        verb="sheet.submitted",\n        subject=',
        ),
    ),
    removal(
        11,
        "An abstention leaves its entry in the history.",
        at("abstaining", "an_abstention_is_taken_back_until_the_end_and_what_was_filled_in_is_there"),
        Cut(
            f"{ACTIONS}scoring.py",
            '    work.record("sheet.abstained", proposal.subject, **_sealed(work, found, sheet))\n',
        ),
    ),
    removal(
        11,
        "An abstention taken back leaves its entry in the history.",
        at("abstaining", "an_abstention_is_taken_back_until_the_end_and_what_was_filled_in_is_there"),
        Cut(
            f"{ACTIONS}scoring.py",
            '        work.record("sheet.abstention_taken_back", proposal.subject, **_sealed(work, found, sheet))\n',
            "        pass\n",
        ),
    ),
    removal(
        11,
        "Standing aside leaves its entry in the history.",
        at("scoring", "standing_aside_keeps_the_sheet_and_counts_it_no_more"),
        Cut(
            f"{ACTIONS}standing_aside.py",
            'work.record("seat.recused", proposal.subject, because=f"recusal:{recusal.id}", seat=seat.number, **said)',
            "del said",
        ),
    ),
    removal(
        11,
        "What is written into a transaction is appended to the history before it is committed.",
        "tests/guards/test_acts_are_recorded.py::test_a_transaction_that_says_nothing_is_caught_at_its_commit[sqlite-pause]",
        Cut("app/work/transaction.py", "    append(work.session, work.notes)\n"),
    ),
    removal(
        11,
        "Who stands aside no longer loses no row of it.",
        at("nothing_is_deleted", "only_drafts_lose_rows", ""),
        Cut(
            f"{ACTIONS}standing_aside.py",
            "        row.taken_back_at = work.now\n",
            "        work.session.delete(row)\n",
        ),
    ),
    removal(
        11,
        "What was adopted loses nothing.",
        at("nothing_is_deleted", "what_was_adopted_loses_nothing"),
        Cut(
            f"{ACTIONS}criteria.py",
            "    _require_draft(draft)\n    _take_out",
            "    _take_out",
        ),
    ),
)
