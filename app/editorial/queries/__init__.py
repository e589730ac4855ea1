"""Reading what the office has written and entered."""
