"""One actor, one moment, one transaction: everything that changes the database goes through here."""

from app.work.transaction import Work, transaction, wholesale

__all__ = ["Work", "transaction", "wholesale"]
