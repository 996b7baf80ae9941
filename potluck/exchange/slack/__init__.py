"""A Slack export, read as it is: no database, no network, one conversation at a time."""

from potluck.exchange.slack.reader import history

__all__ = ["history"]
