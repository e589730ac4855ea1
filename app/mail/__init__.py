"""Letters on paper of bits: the outbox row, what it may become, how it is rendered and how it leaves the house."""
