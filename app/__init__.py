"""Minga runs a co-creation process from a citizen's proposal to a reasoned answer.

The packages, in the order in which they may import one another, from the ground up:

settings    all configuration, read once from the environment
kit         nothing of the domain: database, clock, ids, refusals, lifecycles, search, templates, languages
trail       what happened, for ever: one hash chain per process
mail        the outbox: letters as they will be sent, and the transports that carry them
people      who: persons, contacts, roles that hold somewhere and from-to, the one table of permissions
duties      who is owed an answer, and which letter covered it
work        one actor, one moment, one transaction; jobs with a lease and progress
web         what every page shares: the edge, forms, refusals, guards, cache, limits
post_office the worker that sends, and what the provider reports back
accounts    sign-in by link and code and by OIDC, sessions, granting roles, erasing a person
process     when: the process, its stages and windows, its territories, concluding a stage
documents   files people attach: told by content, cleaned, stored once
editorial   what the office writes: news, pages, the library, the register of outreach, the networks' pages
proposals   intake: form, receipt, revisions, admission, merging
meetings    anything people come to: convening, registering, who came, minutes
decisions   what a body decided, and why; publishing decisions together
forum       the forum as a body: seats, sessions, quorum, criteria, score sheets, results
technical_tables can it be done: tables, requests to institutions, their answers
commitments the plan: commitments, milestones, rounds of monitoring, how far each is
moderation  texts that are reported, held back for two working days at most, and reviewed
feedback    the reasoned answer: letters, approval, stage reports
publication every public page and reading that gathers several stages; open data; verification
admin       the office's desk: what is due this week
demo        two processes to try at once, played through the real actions
cli, main   the command line and the web program, which put the parts together
"""
