"""The forum as a body: its seats and sessions, the criteria it adopts, its score sheets, results and decisions."""
