"""When: a process, its stages and windows, its territories, and the public acts that move them."""
