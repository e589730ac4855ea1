"""A house in which every wall has a hole."""
