"""Who: persons and how to reach them, roles that hold somewhere and from-to, and the one table of permissions."""
