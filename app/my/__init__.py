"""A person's own desk: what is theirs here, and what they may take along, change and have forgotten."""
