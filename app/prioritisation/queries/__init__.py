"""Reading what was grouped, prioritised and decided after the tables."""
