"""The archive of a mailing list, read as it is: no database, no network, one message at a time."""

from potluck.exchange.mbox.reader import history

__all__ = ["history"]
