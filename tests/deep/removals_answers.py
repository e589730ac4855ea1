"""The fourteen invariants of how everybody is answered by mail, clause by clause, each with the lines that keep it."""

from __future__ import annotations

from tests.deep.removing import Cut, Removal, removal

INVARIANTS_OF_ANSWERING = 14
DRAFTING, APPROVING = "app/feedback/actions/drafting.py", "app/feedback/actions/approving.py"
QUERIES, LETTERS, RULES = "app/feedback/queries.py", "app/feedback/letters.py", "app/feedback/rules.py"
LEDGER, CLAIMS, REPORTS = "app/duties/ledger.py", "app/post_office/claims.py", "app/post_office/reports.py"
MAIL, RENDERING, TRANSPORT = "app/mail/rules.py", "app/mail/rendering.py", "app/mail/transport.py"
WEBHOOK = "app/post_office/webhook.py"
EVERY_REASON = "the_reason_of_every_decision_arrives_in_the_readers_language"


def at(file: str, test: str, which: str = "sqlite") -> str:
    """A test on SQLite, by the folder and the name of its file."""
    folder, _, name = file.partition("/")
    return f"tests/{folder}/test_{name}.py::test_{test}" + (f"[{which}]" if which else "")


OF_ANSWERING: tuple[Removal, ...] = (
    # ------------------------------------------------------------------------- 1: everybody is owed
    removal(
        1,
        "Publishing a decision owes each author an answer.",
        at("feedback/actions", "drafting_again_makes_no_second_letter"),
        Cut(
            "app/decisions/actions/publishing.py",
            "            work.owe(author.person_id, stage.id, author.part, subject)\n",
            "            del subject\n",
        ),
    ),
    removal(
        1,
        "A refusal at the door owes an answer too.",
        at("feedback/actions", "a_refusal_at_the_door_is_answered_too"),
        Cut(
            "app/proposals/actions/examining.py",
            "        work.owe(author.person_id, proposal.stage_id, author.part, subject)\n",
            "        del author\n",
        ),
    ),
    removal(
        1,
        "Whoever came to a meeting is owed its answer.",
        at(
            "prioritisation/answering",
            "an_address_nobody_confirmed_gets_a_letter_that_names_no_one_and_says_how_to_stop",
        ),
        Cut(
            "app/meetings/actions/attending.py",
            "        work.owe(person_id, stage_id, Part.PARTICIPANT, meeting.subject)\n",
            "        del person_id\n",
        ),
    ),
    removal(
        1,
        "A stage that owes an answer is not concluded.",
        at("feedback/actions", "whoever_left_no_mail_is_reached_by_other_means"),
        Cut("app/feedback/obstacles.py", "    if not owed:\n        return []\n", "    return []\n"),
    ),
    removal(
        1,
        "What the provider accepted covers what it stands for.",
        at("post_office/review", "an_accepted_letter_covers_its_duty_and_a_bounce_reopens_it"),
        Cut(CLAIMS, "        ledger.covered_by(work.session, row.id, work.now)\n"),
    ),
    removal(
        1,
        "What comes back is owed again.",
        at("post_office/review", "an_accepted_letter_covers_its_duty_and_a_bounce_reopens_it"),
        Cut(REPORTS, "        ledger.reopened_by(work.session, letter.id, work.now)\n", "        pass\n"),
    ),
    removal(
        1,
        "What came back goes into the next letter to the same person.",
        at("feedback/actions", "what_came_back_is_told_again_with_what_changed"),
        Cut(DRAFTING, "if gone and not _came_back(latest[key], sent)}", "if gone}"),
    ),
    removal(
        1,
        "What comes back after another letter took its place is not lost.",
        at("feedback/actions", "what_comes_back_late_is_told_again_but_no_decision_that_was_replaced"),
        Cut(QUERIES, "        or_(Letter.state != LetterState.SUPERSEDED, ~came_back),\n"),
    ),
    # ------------------------------------------------------------------------- 2: the reason is in it
    removal(
        2,
        "A decision without a reason blocks its letter.",
        at("feedback/actions", "a_decision_without_reason_blocks_its_letter"),
        Cut(
            DRAFTING,
            "    if any(not section.reason for section in sections):\n        return None, Blocked.NO_REASON\n",
        ),
    ),
    removal(
        2,
        "The words of the reason stand in what arrives.",
        at("feedback/reasons_arrive", EVERY_REASON, "sqlite-smtp"),
        Cut(LETTERS, "    return opening_of(section.override_reason or section.reason, MAIN_REASON)", '    return ""'),
        Cut(LETTERS, '        "reason": section.reason,\n', '        "reason": "",\n'),
    ),
    # ------------------------------------------------------------------------- 3: one letter and edition
    removal(
        3,
        "What a letter stands for is not drafted again.",
        at("feedback/actions", "drafting_again_makes_no_second_letter"),
        Cut(QUERIES, "kinds, may_be_written, ~_is_carried())", "kinds, may_be_written)"),
    ),
    removal(
        3,
        "A decision that changes takes back the letter that has not left.",
        at("feedback/actions", "a_decision_that_changes_before_sending_cancels_the_letter"),
        Cut(DRAFTING, "            cancel(work, latest)\n", "            pass\n"),
    ),
    removal(
        3,
        "After a letter that has left the next says first that it replaces it.",
        at("feedback/actions", "a_decision_that_changes_after_sending_is_told_first"),
        Cut(
            DRAFTING,
            "        replaces_on=replaces.approved_at if replaces is not None else None,\n",
            "        replaces_on=None,\n",
        ),
    ),
    removal(
        3,
        "The letter that is replaced is marked as replaced.",
        at("feedback/actions", "a_decision_that_changes_after_sending_is_told_first"),
        Cut(APPROVING, '        earlier.state = LETTER.after(earlier.state, "supersede")\n', "        pass\n"),
    ),
    removal(
        3,
        "A draft of which a part was answered meanwhile is written anew.",
        at("feedback/actions", "a_draft_whose_older_half_was_handed_over_meanwhile_is_written_anew"),
        Cut(QUERIES, "        or_(Letter.state != LetterState.DRAFT, ~is_outdated),\n"),
    ),
    removal(
        3,
        "A draft of which everything was answered meanwhile does not leave.",
        at("feedback/actions", "a_draft_is_given_up_when_the_letter_before_it_arrived_after_all"),
        Cut(APPROVING, "    letters = _without_answered(letters, duties, owed)\n"),
        Cut(APPROVING, "    if not all(set(duties[letter.id]) <= owed for letter in letters):\n", "    if False:\n"),
    ),
    removal(
        3,
        "A decision that was replaced is not told after the one that replaced it.",
        at("feedback/actions", "what_comes_back_late_is_told_again_but_no_decision_that_was_replaced"),
        Cut(LEDGER, "    return [duty for duty in duties if duty.id not in outdated]\n", "    return duties\n"),
    ),
    removal(
        3,
        "The newer decision answers what is owed about the older.",
        at("feedback/actions", "whoever_was_told_the_newer_decision_is_not_told_the_older_after_it"),
        Cut(LEDGER, '        covered += _move(_older_than(session, covered), "cover", now)\n', "        pass\n"),
    ),
    # ------------------------------------------------------------------------- 4: one person, one letter
    removal(
        4,
        "All that is owed to a person at a stage stands in one letter.",
        at("feedback/actions", "several_proposals_of_one_person_are_one_letter_and_joined_ones_are_not_lost"),
        Cut(
            DRAFTING,
            "for section in sections[person]]",
            "for section in sections[person][:1]]",
        ),
    ),
    # ------------------------------------------------------------------------- 5: strict rendering
    removal(
        5,
        "A value that is missing is an error and never a gap.",
        at("mail/rendering", "an_unknown_value_is_an_error_and_never_a_gap", ""),
        Cut("app/kit/templates.py", "            undefined=StrictUndefined,\n"),
    ),
    removal(
        5,
        "A letter with a value still to be filled in is not posted.",
        at("post_office/worker", "a_letter_with_a_value_missing_is_not_posted"),
        Cut(
            "app/mail/outbox.py",
            "    if rendered.late:\n        raise ValueError(f\"not filled in: {', '.join(sorted(rendered.late))}\")\n",
        ),
    ),
    removal(
        5,
        "What people type forms no link.",
        at("mail/rendering", "mail_shows_what_was_typed_and_has_no_link_outside_our_origin", "es-www.evil.cl"),
        Cut(RENDERING, "    return text if is_ours else unlinked(text)\n", "    return plain(text)\n"),
    ),
    removal(
        5,
        "What people type is no link in the real letter either.",
        at("feedback/hostile_words", "nothing_typed_does_anything_in_the_letter_that_arrives", "sqlite-0"),
        Cut(RENDERING, "    return text if is_ours else unlinked(text)\n", "    return plain(text)\n"),
    ),
    removal(
        5,
        "An address is one mailbox and nothing else.",
        at("mail/composing", "what_is_not_one_mailbox_is_refused", ""),
        Cut(
            "app/mail/composing.py",
            "    if not _LOCAL.fullmatch(local) or not _DOMAIN.fullmatch(domain):\n"
            '        raise BadAddress("not an address that every mail server takes")\n',
        ),
    ),
    removal(
        5,
        "A letter that is blocked is not approved with the rest.",
        at("feedback/actions", "a_decision_without_reason_blocks_its_letter"),
        Cut(
            QUERIES,
            "        Letter.stage_id == stage_id, Letter.state == LetterState.DRAFT, Letter.blocked_because.is_(None)\n"
            "    )\n    if after",
            "        Letter.stage_id == stage_id, Letter.state == LetterState.DRAFT\n    )\n    if after",
        ),
    ),
    removal(
        5,
        "One that is blocked is not approved by name.",
        at("feedback/actions", "a_decision_without_reason_blocks_its_letter"),
        Cut(APPROVING, "    if stuck:\n        raise Conflict(", "    if False:\n        raise Conflict("),
    ),
    # ------------------------------------------------------------------------- 6: what is approved is sent
    removal(
        6,
        "What leaves is what was approved, byte for byte.",
        at("feedback/actions", "what_is_approved_is_what_is_sent"),
        Cut(APPROVING, "            text=letter.text,\n", "            text=letter.text.strip(),\n"),
    ),
    removal(
        6,
        "Whoever wrote a letter does not approve it.",
        at("feedback/actions", "who_wrote_a_letter_does_not_approve_it"),
        Cut(RULES, "    if hands.last != approver:\n        return None\n", "    return None\n"),
    ),
    removal(
        6,
        "An official alone waits a day.",
        at("feedback/actions", "an_official_alone_waits_a_day_and_is_marked"),
        Cut(RULES, "    if now < hands.since + LONE_WAIT:\n", "    if False:\n"),
    ),
    removal(
        6,
        "A letter approved by who wrote it is marked.",
        at("feedback/actions", "an_official_alone_waits_a_day_and_is_marked"),
        Cut(
            APPROVING,
            "    letter.is_lone_approval = rules.is_lone(letter.hands, work.actor.person_id)\n",
            "    letter.is_lone_approval = False\n",
        ),
    ),
    removal(
        6,
        "What is changed after the approval needs another one.",
        at("feedback/actions", "editing_after_approval_needs_another_approval"),
        Cut(DRAFTING, "    if letter.state is LetterState.APPROVED:\n        reopen_quietly(work, letter)\n"),
        Cut(
            DRAFTING,
            "    if letter.state is not LetterState.DRAFT:\n        raise WrongState(",
            "    if False:\n        raise WrongState(",
        ),
    ),
    # ------------------------------------------------------------------------- 7: a test first
    removal(
        7,
        "A letter sent to oneself is marked as a test.",
        at("feedback/pages", "a_test_to_oneself_is_marked_and_counts_for_nothing"),
        Cut("app/feedback/pages/letters.py", 'subject=f"[TEST] {words.subject}"', "subject=words.subject"),
    ),
    removal(
        7,
        "A test counts for nothing.",
        at("feedback/pages", "a_test_to_oneself_is_marked_and_counts_for_nothing"),
        Cut(
            "app/feedback/pages/letters.py",
            "        process_id=process.id,\n    )\n    post_trial",
            "        process_id=process.id,\n        letter_id=found.id,\n    )\n    post_trial",
        ),
    ),
    # ------------------------------------------------------------------------- 8: one worker each
    removal(
        8,
        "A letter that a worker holds is not taken by another.",
        at("post_office/killed_worker", "two_workers_never_send_one_letter_twice"),
        Cut(
            CLAIMS,
            "        .where(OutboxMessage.state == state, OutboxMessage.next_try_at <=",
            "        .where(OutboxMessage.state.in_((state, OutboxState.CLAIMED)), OutboxMessage.next_try_at <=",
        ),
        Cut(
            CLAIMS,
            '(bindparam("found", expanding=True)), OutboxMessage.state.in_(CLAIMABLE))\n',
            '(bindparam("found", expanding=True)))\n',
        ),
        Cut(
            CLAIMS,
            "row is None or row.claim_token != held.token or row.state is not OutboxState.CLAIMED",
            "row is None",
        ),
        Cut(
            "app/mail/moves.py",
            ', OutboxMessage.state == bindparam("its_state"))',
            ",)",
        ),
        Cut(
            "app/mail/moves.py",
            "    its = (OutboxMessage.claim_token == bindparam(holder),) if holder else ()\n",
            "    its = ()\n",
        ),
    ),
    removal(
        8,
        "What a dead worker may have sent is not sent again.",
        at("post_office/killed_worker", "a_lease_that_ran_out_gives_back_what_had_not_left"),
        Cut(
            CLAIMS,
            "        if state is OutboxState.CLAIMED:\n            values = _free(",
            "        if state:\n            values = _free(",
        ),
        Cut(
            MAIL,
            'Move((_S.CLAIMED, _S.ATTEMPTING), "wait", _S.RETRY_WAIT)',
            'Move((_S.CLAIMED, _S.ATTEMPTING, _S.UNKNOWN), "wait", _S.RETRY_WAIT)',
        ),
    ),
    # ------------------------------------------------------------------------- 9: trying again
    removal(
        9,
        "A letter in doubt is never sent again by itself.",
        at("post_office/worker", "what_may_have_left_is_never_sent_again_by_itself", "sqlite-answer1"),
        Cut(
            CLAIMS,
            '        name = "lose_sight"\n',
            '        name = "wait"\n        values["next_try_at"] = database_now(work)\n',
        ),
    ),
    removal(
        9,
        "After six tries a letter is given up.",
        at("post_office/worker", "after_six_tries_it_is_given_up"),
        Cut(MAIL, "    return tries < MAX_TRIES\n", "    return True\n"),
    ),
    removal(
        9,
        "What the provider refuses for good is not tried again.",
        at("post_office/faults", "each_fault_ends_in_its_state_and_holds_up_nobody"),
        Cut(
            TRANSPORT,
            "    return Refused(reason, ours=status in {401, 403, 404, 405})\n",
            "    return TryAgain(reason, None)\n",
        ),
    ),
    removal(
        9,
        "Waiting grows with every try.",
        at("mail/rules", "waiting_grows_fourfold_and_never_beyond_six_hours", ""),
        Cut(
            MAIL,
            "    full = min(FIRST_WAIT * float(WAIT_FACTOR ** (max(tries, 1) - 1)), LONGEST_WAIT)\n",
            "    full = FIRST_WAIT\n",
        ),
    ),
    removal(
        9,
        "The provider is not asked again before it said.",
        at("mail/rules", "waiting_is_never_shorter_than_the_provider_asked_for", ""),
        Cut(MAIL, "    return max(jittered, min(retry_after or timedelta(), LONGEST_WAIT))\n", "    return jittered\n"),
    ),
    removal(
        9,
        "What is paused is not taken.",
        at("post_office/holding", "what_is_paused_is_not_even_claimed", "sqlite-stage"),
        Cut(
            CLAIMS,
            "        .where(~pausing.is_held_back(), *of)\n",
            "        .where(*of)\n",
        ),
    ),
    removal(
        9,
        "What is paused after it was taken goes back.",
        at("post_office/holding", "a_letter_already_claimed_goes_back_untouched"),
        Cut(CLAIMS, "    if is_paused:\n", "    if False:\n"),
    ),
    removal(
        9,
        "All workers together keep one pace.",
        at("post_office/holding", "two_workers_keep_one_pace_and_a_receipt_waits_for_neither"),
        Cut(CLAIMS, "if lane >= LANE_OF_ANSWERS][:pace]", "if lane >= LANE_OF_ANSWERS]"),
    ),
    removal(
        9,
        "Of many letters the rest wait until somebody has looked at the first.",
        at("feedback/campaign", "of_twenty_one_the_last_waits_for_a_look"),
        Cut(APPROVING, "waits=place >= share.at_once)", "waits=False)"),
    ),
    # ------------------------------------------------------------------------- 10: what is reported
    removal(
        10,
        "Only what is signed is heard.",
        at("post_office/webhook", "only_what_is_signed_and_fresh_is_heard"),
        Cut(
            WEBHOOK,
            '            return bool(checker.verify_signature(body.decode("utf-8"), signature, timestamp))\n',
            "            return True\n",
        ),
    ),
    removal(
        10,
        "An old report is not heard.",
        at("post_office/webhook", "only_what_is_signed_and_fresh_is_heard"),
        Cut(
            WEBHOOK, "    return abs(now - datetime.fromtimestamp(int(timestamp), UTC)) <= FRESH\n", "    return True\n"
        ),
    ),
    removal(
        10,
        "Without a key nobody is heard.",
        at("post_office/webhook", "without_a_key_nobody_is_heard"),
        Cut(
            WEBHOOK,
            "        if checker is None or not signature",
            "        if checker is None:\n            return True\n        if not signature",
        ),
    ),
    removal(
        10,
        "A bounce after delivery changes nothing.",
        at("mail/rules", "reports_in_any_order_lead_to_one_state", ""),
        Cut(
            MAIL,
            'Move((_S.ACCEPTED, _S.DROPPED), "bounce", _S.BOUNCED)',
            'Move((_S.ACCEPTED, _S.DROPPED, _S.DELIVERED), "bounce", _S.BOUNCED)',
        ),
    ),
    removal(
        10,
        "A mailbox that is dead or complains is written to no more.",
        at("post_office/webhook", "hard_bounces_and_complaints_stop_the_address", "sqlite-told0-reasons0"),
        Cut(REPORTS, "        moves.stop(work.session, letter.to_address, reason, work.now)\n", "        pass\n"),
    ),
    removal(
        10,
        "A stopped address gets no answer by mail.",
        at("post_office/worker", "a_stopped_address_gets_only_what_it_should", "sqlite-duty-hard_bounce-0"),
        Cut(
            CLAIMS,
            '    return ", ".join(sorted(stops)) if is_stopped(row.kind, stops) else None\n',
            "    return None\n",
        ),
    ),
    removal(
        10,
        "Confirming an address lifts its stop.",
        at("post_office/worker", "confirming_an_address_lifts_its_stop"),
        Cut("app/mail/moves.py", "    session.execute(statement.values(lifted_at=now))\n", "    del statement\n"),
    ),
    # ------------------------------------------------------------------------- 11: what is owed, what is news
    removal(
        11,
        "What is owed is not switched off by a preference.",
        at("post_office/worker", "a_stopped_address_gets_only_what_it_should", "sqlite-duty-optout_optional-1"),
        Cut(
            MAIL,
            "    return bool(reasons & {StopReason.HARD_BOUNCE, StopReason.COMPLAINT})\n",
            "    return bool(reasons)\n",
        ),
    ),
    removal(
        11,
        "Only news say how to stop them.",
        at("mail/rendering", "only_an_optional_letter_says_how_to_stop_it", ""),
        Cut(
            RENDERING,
            "        if (self.kind is LetterKind.OPTIONAL) != (self.unsubscribe_url is not None):\n",
            "        if False:\n",
        ),
    ),
    # ------------------------------------------------------------------------- 12: subjects
    removal(
        12,
        "A subject tells the outcome.",
        at("feedback/reasons_arrive", EVERY_REASON, "sqlite-smtp"),
        Cut(LETTERS, '            "in_subject": IN_SUBJECT[first.outcome],\n', '            "in_subject": "",\n'),
    ),
    removal(
        12,
        "A subject names the process and the folio first.",
        at("feedback/reasons_arrive", EVERY_REASON, "sqlite-smtp"),
        Cut(LETTERS, '            "folios": _label(first, language),\n', '            "folios": "",\n'),
    ),
    # ------------------------------------------------------------------------- 13: what is kept
    removal(
        13,
        "A letter is read by whom it was written to and by nobody else.",
        at("my/desk", "a_letter_is_read_by_whom_it_was_written_to"),
        Cut(
            "app/my/queries.py",
            "        OutboxMessage.person_id == person_id,\n        OutboxMessage.state != OutboxState.DRAFT,\n",
            "        OutboxMessage.state != OutboxState.DRAFT,\n",
        ),
    ),
    removal(
        13,
        "Words and addresses are dropped after their time.",
        at("post_office/worker", "texts_and_addresses_are_dropped_after_their_time"),
        Cut(
            CLAIMS,
            "        work.session.execute(statement.values(**empty, headers={}, last_error=None))\n",
            "        del statement, empty\n",
        ),
    ),
    removal(
        13,
        "What a person asked for to be forgotten is in no reason that is kept.",
        at("post_office/worker", "a_reason_that_is_kept_names_no_address"),
        Cut(CLAIMS, '    return reason.replace(address, "[address]") if address else reason\n', "    return reason\n"),
    ),
    # ------------------------------------------------------------------------- 14: the default
    removal(
        14,
        "Nothing leaves the machine unless it is set.",
        at("mail/transport", "nothing_leaves_the_machine_by_default", ""),
        Cut("app/settings.py", '"sendgrid", "memory"] = "file"', '"sendgrid", "memory"] = "smtp"'),
    ),
)
