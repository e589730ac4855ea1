"""The forum's rules as plain functions: quorum of seats, criteria, results of a round, how far the scorers agreed."""
