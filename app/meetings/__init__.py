"""Anything people come to: awareness sessions, sessions of the forum, prioritisation tables, technical tables.

A meeting is convened, people register without an account, come, are counted once, and its minutes are published.
"""
