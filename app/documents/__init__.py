"""Files that people attach: told by content, cleaned, stored once, served only by the slice that owns them."""
