"""A program of its own that sets papers: data in by standard input, a PDF out. It knows no database and no secret."""
