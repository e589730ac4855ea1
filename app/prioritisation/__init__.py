"""Themes, the tables at which citizens prioritise, their ballots and rankings, and what is decided after them."""
