"""Tools that know nothing of proposals, forums or letters."""
