"""Reading the plan: its commitments, what they say, what was reported, and how far they are."""
