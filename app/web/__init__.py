"""What every page shares: the edge of the house, forms, refusals, guards, the two-second cache and limits.

This package knows neither accounts nor processes; `main` hands it the three functions it needs (see `house`).
"""
