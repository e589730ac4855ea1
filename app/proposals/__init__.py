"""Intake: from a citizen's five answers to an admitted proposal; and JOURNEY, what may become of it."""
