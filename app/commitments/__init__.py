"""The plan: commitments with their milestones, the rounds in which institutions report, and how far each is."""
