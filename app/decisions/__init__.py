"""What a body decided, and why: deciding bodies, decisions, publishing them together, reason codes."""
