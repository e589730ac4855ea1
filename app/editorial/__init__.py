"""What the office writes for everybody: news, pages, the library, the register of outreach, the networks' pages.

Nothing here is ever quietly exchanged: a correction keeps the earlier version readable, what is taken away leaves its
title and the public reason behind.
"""
