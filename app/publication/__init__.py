"""What anybody may see: the front page, a process, its proposals, each one's whole story, open data."""
