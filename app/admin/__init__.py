"""The office's desk: what is due this week, over every process a person works in."""
