"""Technical tables: whether a proposal can be carried out, asked of the institution that would carry it out."""
