"""Reading the forum: seats, sessions, criteria, rounds; nobody reads a score before its round is closed."""
