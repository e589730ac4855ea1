"""Two small processes to try at once: a town's consultation and a rehearsal of a forum's plan; all of it made up."""
