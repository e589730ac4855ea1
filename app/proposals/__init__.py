"""Intake: from a citizen's five answers to an admitted proposal; and JOURNEY, the one table of what may become of it."""
