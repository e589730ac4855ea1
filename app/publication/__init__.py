"""What anybody may see: the front page, a process, its proposals, one proposal's whole story, open data, verification."""
