"""What a commitment must say, how far it is, and what warns its readers."""
