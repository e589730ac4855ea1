"""What pages, letters and exports read about meetings."""
