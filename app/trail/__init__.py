"""What happened, for ever: one hash chain per process, verifiable by anyone, holding nothing personal."""
