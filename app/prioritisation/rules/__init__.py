"""Comparing texts, and counting ballots: plain functions whose results anybody can compute again."""
