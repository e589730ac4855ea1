"""Reading technical tables, and what institutions were asked and answered."""
