"""Who is owed an answer: the ledger of duties, and which letter covered which."""
