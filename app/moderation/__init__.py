"""Moderation: the rules in plain words, reports of a text, and holding one back for two working days at most.

Holding is not a state of a proposal. While it lasts the text is set aside and a stump stands in its place in the rows
themselves, so that no page, search, file or API can show a word of it; letting go puts every word back.
"""
